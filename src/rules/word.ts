/** The server's first-hand word: what a document makes of what was known. */
import type { EndReason, Facts, Lease } from '../facts/facts.js';
import { sameLease } from '../facts/join.js';
import { type Duration, later, plus, type Reading, type ServerTime } from '../time/instant.js';
import { deadlines, firstDeadline } from './deadlines.js';

/** What a session document says, in the SDK's words. The port `SessionDocument` has these members, and more. */
export interface Word {
  readonly serverTime: ServerTime;
  readonly session: NonNullable<Facts['session']>;
  readonly rev: number;
  readonly authenticatedAt: ServerTime;
  readonly acr?: string;
  readonly lastActivityAt?: ServerTime;
  readonly idleExpiry?: ServerTime;
  readonly absoluteExpiry?: ServerTime;
  readonly lockedAt?: ServerTime;
  readonly extensionsLeft?: number;
  readonly longestPause?: Duration;
  readonly policy?: NonNullable<Facts['policy']>;
}

/** The facts that a document states. */
export function factsOf(word: Word): Facts {
  const lease: Lease = {
    rev: word.rev,
    ...(word.idleExpiry === undefined ? {} : { idleExpiry: word.idleExpiry }),
    ...(word.absoluteExpiry === undefined ? {} : { absoluteExpiry: word.absoluteExpiry }),
    ...(word.extensionsLeft === undefined ? {} : { extensionsLeft: word.extensionsLeft }),
    ...(word.lastActivityAt === undefined ? {} : { lastActivityAt: word.lastActivityAt }),
    ...(word.longestPause ? { longestPause: word.longestPause } : {}),
    ...(word.lockedAt === undefined ? {} : { whileLocked: true }),
  };
  return {
    session: word.session,
    authenticatedAt: word.authenticatedAt,
    lease,
    ...(word.acr === undefined ? {} : { acr: word.acr }),
    ...(word.lastActivityAt === undefined ? {} : { lastActivityAt: word.lastActivityAt }),
    ...(word.policy === undefined ? {} : { policy: word.policy }),
    ...(word.lockedAt === undefined ? {} : { lockedAt: lockInstant(word.lockedAt, word.authenticatedAt) }),
  };
}

/** What the server says is locked is so: where its clock was set back, its lock seems older than the authentication before. */
function lockInstant(lockedAt: ServerTime, authenticatedAt: ServerTime): ServerTime {
  return later(lockedAt, plus(authenticatedAt, 1)) ?? lockedAt;
}

/** What is known after the server has spoken, and what it lowered. */
export interface Overruling {
  readonly facts: Facts;
  readonly lowered: readonly string[];
}

/**
 * The server's word over what was known (`docs/architecture.md` K2).
 *
 * It replaces session, lease, policy and authentication, whatever order, rev and version say. Of the same session,
 * activity and a lock that the server does not know yet stay, up to its own time; and a tombstone stays for good.
 */
export function overruling(known: Facts, word: Word): Overruling {
  const said = factsOf(word);
  if (known.session?.id !== word.session.id) return { facts: said, lowered: [] };
  const lastActivityAt = later(said.lastActivityAt, notAfter(known.lastActivityAt, word.serverTime));
  const lockedAt = later(said.lockedAt, notAfter(known.lockedAt, word.serverTime));
  const policy = said.policy ?? known.policy;
  return {
    facts: {
      ...said,
      ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
      ...(lockedAt === undefined ? {} : { lockedAt }),
      ...(policy === undefined ? {} : { policy }),
      ...(known.end === undefined ? {} : { end: known.end }),
    },
    lowered: [
      ...(word.session.order < known.session.order ? ['order'] : []),
      ...(known.lease && word.rev < known.lease.rev ? ['rev'] : []),
      // One rev is one lease: another one under it was not the server's.
      ...(known.lease?.rev === word.rev && !sameLease(known.lease, said.lease) ? ['lease'] : []),
      ...(known.policy && said.policy && said.policy.version < known.policy.version ? ['version'] : []),
      ...(word.authenticatedAt < (known.authenticatedAt ?? 0) ? ['auth_time'] : []),
    ],
  };
}

/** Why a session is over of which the server only says that there is none: the deadline that has passed, if one has. */
export function reasonForNone(facts: Facts, reading: Reading | undefined): EndReason {
  const first = firstDeadline(deadlines(facts));
  return first && reading && first.at <= reading.latest ? first.cause : 'unknown';
}

function notAfter(at: ServerTime | undefined, limit: ServerTime): ServerTime | undefined {
  return at !== undefined && at <= limit ? at : undefined;
}
