/** What a session may do with its time, and which of two values is the stricter. */
import { minutes, seconds } from '../time/durations.js';

/** Durations are milliseconds; null: no such limit. */
export interface Limits {
  /** How long nobody may act. */
  readonly idleTimeout: number | null;
  /** How long a session may last at all. */
  readonly absoluteTimeout: number | null;
  readonly absoluteFrom: 'session_start' | 'auth_time';
  /** How long before the idle deadline the person is warned. */
  readonly warnBefore: number;
  /** How long before the absolute deadline the person is warned. */
  readonly warnBeforeAbsolute: number;
  /** How often a busy browser reports activity. */
  readonly touchEvery: number;
  /** How often a browser without a stream asks. */
  readonly pollEvery: number;
  /** How long after the last real activity a hold (an upload, a film) still counts. */
  readonly holdMax: number;
  readonly onIdle: 'end' | 'lock';
  /** How long a session may stay locked; null: until the absolute limit. */
  readonly lockTimeout: number | null;
  readonly extendable: boolean;
  /** How many extensions one session gets; null: any number. WCAG 2.2.1 asks for at least ten. */
  readonly maxExtensions: number | null;
  /** How many times one session may get a new secret, by authentication or by time; null: any number. */
  readonly maxRenewals: number | null;
}

/** What holds where no rule says anything (docs/server-contract.md, 1). */
export const defaultLimits: Limits = {
  idleTimeout: null,
  absoluteTimeout: null,
  absoluteFrom: 'session_start',
  warnBefore: seconds(120),
  warnBeforeAbsolute: minutes(10),
  touchEvery: seconds(60),
  pollEvery: seconds(60),
  holdMax: 0,
  onIdle: 'end',
  lockTimeout: null,
  extendable: true,
  maxExtensions: null,
  // More than a working day of authenticating every five minutes; what comes after that is no working day.
  maxRenewals: 200,
};

/** In the order in which people read them. */
export const limitNames = Object.keys(defaultLimits) as readonly (keyof Limits)[]; // keyof: the object has no others

/** Negative where `a` is the stricter. */
type Order<T> = (a: T, b: T) => number;

const orNever = (duration: number | null): number => duration ?? Number.POSITIVE_INFINITY;

/** Not by subtraction: two limits that are none are equal. */
const shorter: Order<number | null> = (a, b) =>
  Math.sign(Number(orNever(a) > orNever(b)) - Number(orNever(a) < orNever(b)));

/** Of two leads the longer: nobody is warned later because a second rule warns too. */
const longer: Order<number> = (a, b) => b - a;

const first =
  <T>(...words: readonly T[]): Order<T> =>
  (a, b) =>
    words.indexOf(a) - words.indexOf(b);

const orders: { readonly [Name in keyof Limits]: Order<Limits[Name]> } = {
  idleTimeout: shorter,
  absoluteTimeout: shorter,
  absoluteFrom: first<Limits['absoluteFrom']>('session_start', 'auth_time'),
  warnBefore: longer,
  warnBeforeAbsolute: longer,
  touchEvery: shorter,
  pollEvery: shorter,
  holdMax: shorter,
  onIdle: first<Limits['onIdle']>('end', 'lock'),
  lockTimeout: shorter,
  extendable: first<boolean>(false, true),
  maxExtensions: shorter,
  maxRenewals: shorter,
};

/** Whether `a` leaves the person less than `b` does. */
export function isStricter<Name extends keyof Limits>(name: Name, a: Limits[Name], b: Limits[Name]): boolean {
  return orders[name](a, b) < 0;
}
