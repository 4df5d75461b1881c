/** What a tab knows of one session: each field, and in words how two values of it merge. */
import type { Duration, ServerTime } from '../time/instant.js';
import type { Policy } from './policy.js';

/**
 * One session from sign-in to the end. Opaque and without a secret.
 *
 * Merge: outermost. The higher `order` (then the higher `id`) replaces all facts of the other.
 */
export interface Session {
  /** The session's public name, the same through every re-authentication; never the secret in the cookie. */
  readonly id: string;
  /** A number that the server's store issues at sign-in, greater than any before. */
  readonly order: number;
  readonly startedAt: ServerTime;
  /** A pseudonym of the person. Kept out of tombstones: see `withoutSubject`. */
  readonly subject?: string;
}

/**
 * The server's word on how long the session lasts.
 *
 * Merge: the higher `rev`. Of two with one `rev`, which no honest server issues, the one that ends earlier, and lets less be done.
 */
export interface Lease {
  /** Counts the changes of this session on the server; it alone orders leases. */
  readonly rev: number;
  /** When the session ends for want of activity; while locked, when the lock ends. Absent: no such limit. */
  readonly idleExpiry?: ServerTime;
  /** When the session ends whatever the person does. Absent: no such limit. */
  readonly absoluteExpiry?: ServerTime;
  /** How many extensions are left. Absent: no count. */
  readonly extensionsLeft?: number;
  /** The last activity that the server has accepted. Absent: it does not say. */
  readonly lastActivityAt?: ServerTime;
  /** The longest that one lay back as it heard of the next, since the person authenticated. Absent: no time. */
  readonly longestPause?: Duration;
  /** Issued while the session was locked on the server, so that `idleExpiry` is the end of the lock. */
  readonly whileLocked?: true;
}

/** Why a session ended. `detail` in a tombstone keeps the server's own word where it is finer. */
export type EndReason = 'idle' | 'absolute' | 'credential' | 'revoked' | 'signed-out' | 'replaced' | 'unknown';

/**
 * The tombstone: this session is over, for good.
 *
 * Merge: once set it stays; the earliest `at`, then the rank of reasons below, then `detail` by string; `told` stays true.
 */
export interface Tombstone {
  readonly reason: EndReason;
  readonly detail?: string;
  readonly at: ServerTime;
  /** Whether the server knows. */
  readonly told: boolean;
}

/** Reasons from the one that explains most to the one that explains least: the tie-break between two tombstones. */
export const END_REASONS: readonly EndReason[] = [
  'revoked',
  'signed-out',
  'absolute',
  'credential',
  'idle',
  'replaced',
  'unknown',
];

/** All that a tab has learnt about one session. Without `session` nothing is known, and the rest is absent. */
export interface Facts {
  readonly session?: Session;
  /** When the person last acted. Merge: the later. */
  readonly lastActivityAt?: ServerTime;
  /** When the person last proved who they are. Merge: the later. */
  readonly authenticatedAt?: ServerTime;
  /** How they proved it (OpenID Connect `acr`). Merge: with `authenticatedAt`; on a tie the greater string. */
  readonly acr?: string;
  readonly lease?: Lease;
  /** Merge: the higher `version`; equal versions are equal by contract, else the smaller canonical JSON. */
  readonly policy?: Policy;
  /** When the session was locked; locked is: later than `authenticatedAt`. Merge: the later. */
  readonly lockedAt?: ServerTime;
  readonly end?: Tombstone;
}

/** Nothing is known. */
export const NOTHING: Facts = {};

/** Whether the facts say that the session is locked. */
export function isLocked(facts: Facts): boolean {
  return facts.lockedAt !== undefined && facts.lockedAt > (facts.authenticatedAt ?? Number.NEGATIVE_INFINITY);
}

/** What there is to say of a session: all of it, or, once it is over, that it is. */
export function spoken(facts: Facts): Facts {
  const { session, end } = withoutSubject(facts);
  return session && end ? { session, end } : facts;
}

/** The facts as they may be kept once the session is over: a tombstone holds nothing about the person. */
export function withoutSubject(facts: Facts): Facts {
  if (!facts.session?.subject || !facts.end) return facts;
  const { subject: _, ...session } = facts.session;
  return { ...facts, session };
}
