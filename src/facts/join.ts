/** How two sets of facts become one: commutative, associative, idempotent, and an upper bound of both. */
import { earlier, later } from '../time/instant.js';
import { END_REASONS, type Facts, type Lease, type Session, type Tombstone } from './facts.js';
import type { Policy } from './policy.js';
import { canonicalPolicy } from './policy-wire.js';
import { samePolicy } from './same-policy.js';

/**
 * Merges what two parties know.
 *
 * Messages may be lost, late, repeated or out of order: whoever joins the same facts in any order knows the same.
 */
export function join(a: Facts, b: Facts): Facts {
  if (!a.session) return b;
  if (!b.session) return a;
  const sessions = compareSessions(a.session, b.session);
  if (sessions !== 0) return sessions > 0 ? a : b;

  const joined: { -readonly [K in keyof Facts]: Facts[K] } = { session: joinSession(a.session, b.session) };
  set(joined, 'lastActivityAt', later(a.lastActivityAt, b.lastActivityAt));
  set(joined, 'authenticatedAt', later(a.authenticatedAt, b.authenticatedAt));
  set(joined, 'acr', joinAcr(a, b));
  set(joined, 'lease', joinLease(a.lease, b.lease));
  set(joined, 'policy', joinPolicy(a.policy, b.policy));
  set(joined, 'lockedAt', later(a.lockedAt, b.lockedAt));
  set(joined, 'end', joinEnd(a.end, b.end));
  return joined;
}

/** Whether `a` knows at least as much as `b`: joining `b` in would change nothing. */
export function includes(a: Facts, b: Facts): boolean {
  return sameFacts(join(a, b), a);
}

/** Whether two sets of facts say the same. */
export function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a === b ||
    (a.session?.id === b.session?.id &&
      a.session?.order === b.session?.order &&
      a.session?.startedAt === b.session?.startedAt &&
      a.session?.subject === b.session?.subject &&
      a.lastActivityAt === b.lastActivityAt &&
      a.authenticatedAt === b.authenticatedAt &&
      a.acr === b.acr &&
      sameLease(a.lease, b.lease) &&
      samePolicy(a.policy, b.policy) &&
      a.lockedAt === b.lockedAt &&
      sameEnd(a.end, b.end))
  );
}

/** Which of two sessions is outermost: positive if `a`, negative if `b`, 0 if they are one. */
export function compareSessions(a: Pick<Session, 'id' | 'order'>, b: Pick<Session, 'id' | 'order'>): number {
  if (a.order !== b.order) return a.order - b.order;
  if (a.id === b.id) return 0;
  return a.id > b.id ? 1 : -1;
}

function set<K extends keyof Facts>(facts: { -readonly [P in keyof Facts]: Facts[P] }, key: K, value: Facts[K]): void {
  if (value !== undefined) facts[key] = value;
}

function joinSession(a: Session, b: Session): Session {
  if (a.startedAt === b.startedAt && a.subject === b.subject) return a;
  const subject = [a.subject, b.subject].filter((one) => one !== undefined).sort()[0];
  return {
    id: a.id,
    order: a.order,
    startedAt: a.startedAt <= b.startedAt ? a.startedAt : b.startedAt,
    ...(subject === undefined ? {} : { subject }),
  };
}

function joinAcr(a: Facts, b: Facts): string | undefined {
  const at = a.authenticatedAt ?? Number.NEGATIVE_INFINITY;
  const bt = b.authenticatedAt ?? Number.NEGATIVE_INFINITY;
  if (at !== bt) return at > bt ? a.acr : b.acr;
  if (a.acr === undefined || b.acr === undefined) return a.acr ?? b.acr;
  return a.acr >= b.acr ? a.acr : b.acr;
}

function joinLease(a: Lease | undefined, b: Lease | undefined): Lease | undefined {
  if (!a || !b) return a ?? b;
  if (a.rev !== b.rev) return a.rev > b.rev ? a : b;
  if (sameLease(a, b)) return a;
  const idleExpiry = earlier(a.idleExpiry, b.idleExpiry);
  const absoluteExpiry = earlier(a.absoluteExpiry, b.absoluteExpiry);
  const extensionsLeft = fewer(a.extensionsLeft, b.extensionsLeft);
  const lastActivityAt = earlier(a.lastActivityAt, b.lastActivityAt);
  const longestPause = Math.max(a.longestPause ?? 0, b.longestPause ?? 0);
  return {
    rev: a.rev,
    ...(idleExpiry === undefined ? {} : { idleExpiry }),
    ...(absoluteExpiry === undefined ? {} : { absoluteExpiry }),
    ...(extensionsLeft === undefined ? {} : { extensionsLeft }),
    ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
    ...(longestPause === 0 ? {} : { longestPause }),
    ...(a.whileLocked || b.whileLocked ? { whileLocked: true } : {}),
  };
}

function fewer(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function joinPolicy(a: Policy | undefined, b: Policy | undefined): Policy | undefined {
  if (!a || !b) return a ?? b;
  if (samePolicy(a, b)) return a;
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return canonicalPolicy(a) <= canonicalPolicy(b) ? a : b;
}

function joinEnd(a: Tombstone | undefined, b: Tombstone | undefined): Tombstone | undefined {
  if (!a || !b) return a ?? b;
  const first = compareEnds(a, b) <= 0 ? a : b;
  const told = a.told || b.told;
  return first.told === told ? first : { ...first, told };
}

function compareEnds(a: Tombstone, b: Tombstone): number {
  if (a.at !== b.at) return a.at - b.at;
  const rank = END_REASONS.indexOf(a.reason) - END_REASONS.indexOf(b.reason);
  if (rank !== 0) return rank;
  const [one, other] = [a.detail ?? '', b.detail ?? ''];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Whether two leases say the same. */
export function sameLease(a: Lease | undefined, b: Lease | undefined): boolean {
  return (
    a === b ||
    (a?.rev === b?.rev &&
      a?.idleExpiry === b?.idleExpiry &&
      a?.absoluteExpiry === b?.absoluteExpiry &&
      a?.extensionsLeft === b?.extensionsLeft &&
      a?.lastActivityAt === b?.lastActivityAt &&
      a?.longestPause === b?.longestPause &&
      a?.whileLocked === b?.whileLocked)
  );
}

function sameEnd(a: Tombstone | undefined, b: Tombstone | undefined): boolean {
  return a === b || (a?.at === b?.at && a?.reason === b?.reason && a?.detail === b?.detail && a?.told === b?.told);
}
