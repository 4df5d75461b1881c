/** What the script tag's attributes say: each is read exactly, or named in a problem. Nothing is guessed. */
import { readShortcut } from './screen/lock-shortcut.js';
import { type Duration, hours, minutes, seconds } from './time/instant.js';

/** What a page asked for with its script tag. */
export interface ScriptSettings {
  readonly name: string;
  /** Where the session document is; absent: the local policy alone. */
  readonly backend?: string;
  /** Where a person signs in. */
  readonly signIn?: string;
  /** The server's call by which a person proves anew who they are; absent: they sign in again. */
  readonly reauthenticate?: string;
  /** The name under which the person is signed in. */
  readonly username?: string;
  /** The keys that lock the page. */
  readonly lockShortcut?: string;
  /** The page needs no session: nothing on it is covered. */
  readonly publicPage: boolean;
  /** Rules where there is no server, and until a server has spoken; absent: no limit was given. */
  readonly policy?: {
    readonly idleTimeout?: Duration;
    readonly absoluteTimeout?: Duration;
    readonly warnBefore?: Duration;
    readonly warnBeforeAbsolute?: Duration;
  };
  readonly warningAnsweredBy?: 'choice' | 'activity';
  /** The id of the element with the session document. */
  readonly initial?: string;
  /** Whose signed policies are taken, and no others; absent: policies are taken as they come. */
  readonly signedPolicies?: {
    /** Where the keys are: a path of this site, or an address of another one. */
    readonly keys: string;
    readonly issuer: string;
    readonly audience: string;
  };
  readonly wipe: {
    /** Prefixes of keys. */
    readonly localStorage: readonly string[];
    readonly sessionStorage: readonly string[];
    /** Names. */
    readonly cookies: readonly string[];
    readonly indexedDatabases: readonly string[];
    readonly caches: readonly string[];
  };
}

/** The settings, or everything that is wrong with the attributes: one sentence each, ready to be shown to a developer. */
export type ScriptAttributesRead =
  | { readonly settings: ScriptSettings }
  | { readonly problems: readonly [string, ...string[]] };

/** As long as a policy may say at most (`docs/server-contract.md` section 1). */
const LONGEST: Duration = hours(366 * 24);
/** Names become parts of storage keys, channels and locks. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const UNITS = { s: seconds, m: minutes, h: hours } as const;

type Reader<T> = (value: string, pageUrl: string) => T;

/** A value that cannot be read: the message says what is expected. */
class Unreadable extends Error {}

/** All attributes there are. What is not listed here is unknown, and unknown is an error: it may be a misspelt limit. */
const readers = {
  'data-name': name,
  'data-backend': address,
  'data-sign-in': address,
  'data-reauthenticate': address,
  'data-username': username,
  'data-lock-shortcut': shortcut,
  'data-public': flag,
  'data-idle-timeout': duration,
  'data-absolute-timeout': duration,
  'data-warn-before': duration,
  'data-warn-before-absolute': duration,
  'data-warning-answered-by': answer,
  'data-initial': elementId,
  'data-policy-keys': keysAddress,
  'data-policy-issuer': claim,
  'data-policy-audience': claim,
  'data-wipe-local-storage': words,
  'data-wipe-session-storage': words,
  'data-wipe-cookies': words,
  'data-wipe-indexed-databases': words,
  'data-wipe-caches': words,
} as const satisfies { readonly [attribute: string]: Reader<unknown> };

type Attribute = keyof typeof readers;

/** None of them means anything without the others. */
const SIGNED = ['data-policy-keys', 'data-policy-issuer', 'data-policy-audience'] as const;

type Values = { readonly [A in Attribute]?: ReturnType<(typeof readers)[A]> };

/**
 * Reads a script tag's `data-*` attributes, given as pairs of name and value; `pageUrl` is what addresses are relative to.
 *
 * Never throws. One bad attribute is enough for no settings at all.
 */
export function readScriptAttributes(
  attributes: Iterable<readonly [name: string, value: string]>,
  pageUrl: string,
): ScriptAttributesRead {
  const values: { [A in Attribute]?: unknown } = {};
  const problems: string[] = [];
  for (const [attribute, value] of attributes) {
    if (!isAttribute(attribute)) {
      problems.push(`${attribute} is unknown. Known are ${Object.keys(readers).join(', ')}.`);
      continue;
    }
    try {
      values[attribute] = readers[attribute](value, pageUrl);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(`${attribute}=${quoted(value)} ${error.message}`);
    }
  }
  // Each value was read by its own attribute's reader.
  const read = values as Values;
  const [first, ...others] = problems.length > 0 ? problems : contradictions(read);
  return first === undefined ? { settings: settings(read) } : { problems: [first, ...others] };
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(readers, name);
}

/** What is wrong between attributes that are each right. */
function contradictions(read: Values): string[] {
  const idle = read['data-idle-timeout'];
  const absolute = read['data-absolute-timeout'];
  const local = read['data-backend'] === undefined;
  const found: string[] = [];
  if (local && idle === undefined && absolute === undefined) {
    found.push('data-backend, data-idle-timeout and data-absolute-timeout are all missing: no session would ever end.');
  }
  if (!local && read['data-sign-in'] === undefined && !read['data-public']) {
    found.push('data-sign-in is missing: where should somebody go whose session has ended?');
  }
  if (local && read['data-initial'] !== undefined) {
    found.push('data-initial is the word of a server, and data-backend is missing.');
  }
  if (local && read['data-reauthenticate'] !== undefined) {
    found.push('data-reauthenticate is a call of a server, and data-backend is missing.');
  }
  if (read['data-username'] !== undefined && read['data-reauthenticate'] === undefined) {
    found.push('data-username has no effect without data-reauthenticate.');
  }
  const claims = SIGNED.filter((attribute) => read[attribute] !== undefined);
  if (claims.length > 0 && claims.length < SIGNED.length) {
    found.push(`${SIGNED.join(', ')} belong together, and only ${claims.join(' and ')} is given.`);
  }
  if (local && claims.length > 0) {
    found.push(`${claims[0]} is about the policies of a server, and data-backend is missing.`);
  }
  for (const [lead, limit] of [
    ['data-warn-before', 'data-idle-timeout'],
    ['data-warn-before-absolute', 'data-absolute-timeout'],
  ] as const) {
    const before = read[lead];
    const longest = read[limit];
    if (before === undefined) continue;
    if (longest === undefined) found.push(`${lead} has no effect without ${limit}.`);
    if (longest !== undefined && before > longest / 2) found.push(`${lead} is more than half of ${limit}.`);
  }
  return found;
}

function settings(read: Values): ScriptSettings {
  const policy = {
    ...given('idleTimeout', read['data-idle-timeout']),
    ...given('absoluteTimeout', read['data-absolute-timeout']),
    ...given('warnBefore', read['data-warn-before']),
    ...given('warnBeforeAbsolute', read['data-warn-before-absolute']),
  };
  const { 'data-policy-keys': keys, 'data-policy-issuer': issuer, 'data-policy-audience': audience } = read;
  return {
    name: read['data-name'] ?? 'script-tag',
    publicPage: read['data-public'] ?? false,
    ...given('backend', read['data-backend']),
    ...given('signIn', read['data-sign-in']),
    ...given('reauthenticate', read['data-reauthenticate']),
    ...given('username', read['data-username']),
    ...given('lockShortcut', read['data-lock-shortcut']),
    ...given('warningAnsweredBy', read['data-warning-answered-by']),
    ...given('initial', read['data-initial']),
    ...(keys && issuer && audience ? { signedPolicies: { keys, issuer, audience } } : {}),
    ...(Object.keys(policy).length > 0 ? { policy } : {}),
    wipe: {
      localStorage: read['data-wipe-local-storage'] ?? [],
      sessionStorage: read['data-wipe-session-storage'] ?? [],
      cookies: read['data-wipe-cookies'] ?? [],
      indexedDatabases: read['data-wipe-indexed-databases'] ?? [],
      caches: read['data-wipe-caches'] ?? [],
    },
  };
}

/** The member, unless there is no value for it. */
function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  // A computed key loses its literal type.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

function duration(value: string): Duration {
  const [, digits, unit] = /^(\d{1,8})([smh])$/.exec(value) ?? [];
  if (digits === undefined || unit === undefined) {
    throw new Unreadable('is no duration. Write a whole number and s, m or h: 90s, 15m, 8h.');
  }
  // The expression admits no other unit.
  const length = UNITS[unit as keyof typeof UNITS](Number(digits));
  if (length === 0) throw new Unreadable('is zero. Leave the attribute out for no limit.');
  if (length > LONGEST) throw new Unreadable('is longer than 366 days.');
  return length;
}

/** An address of the web, made absolute: a `<base>` that comes later must not move it, and `javascript:` is none. */
function address(value: string, pageUrl: string): string {
  const parsed = value.trim() === '' || !URL.canParse(value, pageUrl) ? undefined : new URL(value, pageUrl);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new Unreadable('is no address. Write a path or a URL: /session.');
  }
  return parsed.href;
}

/** Whoever can change the keys can sign policies: from another site they come encrypted, or not at all. */
function keysAddress(value: string, pageUrl: string): string {
  const { origin, protocol, pathname, search } = new URL(address(value, pageUrl));
  if (origin === new URL(pageUrl).origin) return pathname + search;
  if (protocol !== 'https:') throw new Unreadable('is of another site, and no https address.');
  return origin + pathname + search;
}

function claim(value: string): string {
  if (value === '') throw new Unreadable('is empty. Write what the claim has to be.');
  return value;
}

function name(value: string): string {
  if (!NAME.test(value))
    throw new Unreadable('is no name. Use up to 64 letters, digits, dots, hyphens and underscores.');
  return value;
}

function username(value: string): string {
  if (value.trim() === '' || value.length > 320) throw new Unreadable('is no name. Use up to 320 characters.');
  return value;
}

function shortcut(value: string): string {
  const read = readShortcut(value);
  if (typeof read === 'string') throw new Unreadable(read);
  return value;
}

function flag(value: string): true {
  if (value !== '' && value !== 'true')
    throw new Unreadable('takes no value. Leave the attribute out to switch it off.');
  return true;
}

function answer(value: string): 'choice' | 'activity' {
  if (value !== 'choice' && value !== 'activity') throw new Unreadable('is neither choice nor activity.');
  return value;
}

function elementId(value: string): string {
  const [, id] = /^#(\S{1,200})$/.exec(value) ?? [];
  if (id === undefined) throw new Unreadable('names no element. Write a hash and an id: #session.');
  return id;
}

function words(value: string): readonly string[] {
  const found = value.split(/\s+/).filter((word) => word !== '');
  if (found.length === 0) throw new Unreadable('is empty. Name what to wipe, with spaces between.');
  return found;
}

/** The value as somebody would find it in the page, cut short where it is long. */
function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
