/** What to do about a refusal for want of authentication: authenticate, send again, or see that it is a loop. */
import { type Duration, type ServerTime, seconds } from '../time/instant.js';
import { type Authentication, type Requirement, satisfies } from './freshness.js';

/** How one request has fared, when it is refused for want of authentication. */
export interface Attempt {
  /** The newest authentication that was known as it was sent. */
  readonly authenticatedAt: ServerTime;
  /** What its earlier challenges asked for, each answered by an authentication since. */
  readonly answered: readonly Requirement[];
}

export type StepUp =
  /** Ask the person. */
  | 'authenticate'
  /** Somebody has authenticated while the request was under way: it may pass now. */
  | 'send-again'
  /** The authentication that the server asks for is there, and it asks again: no second prompt. */
  | 'loop';

/**
 * No server can ask for an authentication more recent than this: the person has only just answered. Without a grace
 * `max_age=0` asks for ever (qauth-labs/qauth#192).
 */
const JUST_NOW: Duration = seconds(5);

/** A server may ask in steps, first for a recent authentication and then for a strong one; not without end. */
const MOST_ANSWERS = 3;

/** The next step. `now` is the latest that server time can be, so that doubt asks the person rather than giving up. */
export function stepUp(asked: Requirement, attempt: Attempt, newest: Authentication, now: ServerTime): StepUp {
  if (attempt.answered.length >= MOST_ANSWERS || attempt.answered.some((one) => isSame(one, asked))) return 'loop';
  const isNewer = newest.authenticatedAt > attempt.authenticatedAt;
  if (isFresh(asked, newest, now)) return isNewer ? 'send-again' : 'loop';
  // Whether a newer one has the claims, the scope or the factors, the server alone can tell.
  return isNewer && isAnswered(asked, newest, now) ? 'send-again' : 'authenticate';
}

/** Whether an authentication is what is asked for. Of one from just now, the client will not have it that it is too old. */
export function isFresh(asked: Requirement, newest: Authentication, now: ServerTime): boolean {
  return satisfies(newest, lenient(asked), now);
}

/** Whether an authentication is what was asked for, as far as the client can tell; `at` is when it was asked for. */
export function isAnswered(asked: Requirement, newest: Authentication, at: ServerTime): boolean {
  return isFresh(judgeable(asked), newest, at);
}

function lenient(asked: Requirement): Requirement {
  return asked.maxAge === undefined ? asked : { ...asked, maxAge: Math.max(asked.maxAge, JUST_NOW) };
}

/** The part that the client can judge. */
function judgeable({ maxAge, acrValues }: Requirement): Requirement {
  return { ...(maxAge === undefined ? {} : { maxAge }), ...(acrValues === undefined ? {} : { acrValues }) };
}

/** Each of them, so that a new member cannot be forgotten here. */
const MEMBERS: Readonly<Record<keyof Requirement, true>> = {
  maxAge: true,
  acrValues: true,
  claims: true,
  scope: true,
  factors: true,
};

function isSame(one: Requirement, other: Requirement): boolean {
  const members = Object.keys(MEMBERS) as (keyof Requirement)[]; // the type admits no others
  return members.every((member) => one[member] === other[member]);
}
