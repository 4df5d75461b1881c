/** What went wrong in a history, and when: so that an excuse reaches no further than its cause. */
import type { Lease } from '../../../src/facts/facts.js';
import type { Conditions } from '../../../src/testing/conditions.js';
import type { FakeSession } from '../../../src/testing/fake-server.js';
import { plus } from '../../../src/time/instant.js';
import { forge } from './forge.js';
import type { Deed } from './history.js';
import type { SimWorld } from './world.js';

export interface Faults {
  /** Notes a deed, before it is done. */
  note(deed: Deed): void;
  /** Whether storage could not be used at some time from `from` to `to`, in true time. */
  wasStorageOut(from: number, to: number): boolean;
  /** When storage was last emptied, or something was forged in it. */
  storageStruckAt(): number;
  /** Whether the device slept and had its wall clock set back since then: together the two may not show. */
  hasHiddenSleep(since: number): boolean;
  /** When the wall clock was last set back. */
  setBackAt(): number;
  /** Whether a script of the origin has spoken of this deadline. */
  isForgedDeadline(at: number): boolean;
  /** Whether a script of the origin has said this of a lease. */
  isForgedLease(lease: Pick<Lease, 'rev' | 'idleExpiry'> | undefined): boolean;
}

const NEVER = Number.NEGATIVE_INFINITY;

export function createFaults(getWorld: () => SimWorld): Faults {
  const outages: { readonly from: number; to: number }[] = [];
  const deadlines = new Set<number>();
  const leases = new Set<string>();
  let struckAt = NEVER;
  let sleptAt = NEVER;
  let setBackAt = NEVER;

  const keyOf = ({ rev, idleExpiry }: Pick<Lease, 'rev' | 'idleExpiry'>): string => `${rev} ${idleExpiry}`;

  function noteStorage(storage: Conditions['storage'] | undefined, now: number): void {
    const last = outages.at(-1);
    const isOut = last !== undefined && last.to === Number.POSITIVE_INFINITY;
    if (storage === 'ok' && isOut) last.to = now;
    if (storage !== undefined && storage !== 'ok' && !isOut) outages.push({ from: now, to: Number.POSITIVE_INFINITY });
  }

  /** Most forgeries repeat a lease that the server has issued; what it has not issued is noted. */
  function noteForgery(deed: Deed & { readonly type: 'forge message' | 'forge mirror' }): void {
    const { server, jar } = getWorld();
    const session = server.sessionOf(jar.secret);
    const { lease } = forge(getWorld(), deed) as { readonly lease?: unknown };
    if (!session || !isLease(lease)) return;
    const { rev, idleExpiry, absoluteExpiry } = issued(session);
    if (lease.idleExpiry !== undefined && lease.idleExpiry !== idleExpiry) deadlines.add(lease.idleExpiry);
    if (lease.absoluteExpiry !== undefined && lease.absoluteExpiry !== absoluteExpiry)
      deadlines.add(lease.absoluteExpiry);
    if (lease.rev !== rev || lease.idleExpiry !== idleExpiry) leases.add(keyOf(lease));
  }

  return {
    note(deed) {
      const now = getWorld().clock.passed();
      if (deed.type === 'conditions') noteStorage(deed.change.storage, now);
      if (deed.type === 'clear storage' || deed.type === 'forge begun' || deed.type === 'forge mirror') struckAt = now;
      if (deed.type === 'sleep') sleptAt = now + deed.for;
      if (deed.type === 'step wall clock' && deed.by < 0) setBackAt = now;
      if (deed.type === 'forge message' || deed.type === 'forge mirror') noteForgery(deed);
    },
    wasStorageOut: (from, to) => outages.some((outage) => outage.from <= to && outage.to >= from),
    storageStruckAt: () => struckAt,
    hasHiddenSleep: (since) => sleptAt >= since && setBackAt >= since,
    setBackAt: () => setBackAt,
    isForgedDeadline: (at) => deadlines.has(at),
    isForgedLease: (lease) => lease !== undefined && leases.has(keyOf(lease)),
  };
}

function isLease(value: unknown): value is Lease {
  return typeof value === 'object' && value !== null && 'rev' in value;
}

/** The lease that the server would issue now. */
function issued(session: FakeSession): Lease {
  const { policy, lockedAt, lastActivityAt, authenticatedAt, startedAt, rev } = session;
  const [from, limit] = lockedAt === undefined ? [lastActivityAt, policy.idleTimeout] : [lockedAt, policy.lockTimeout];
  const start = policy.absoluteFrom === 'auth_time' ? authenticatedAt : startedAt;
  return {
    rev,
    ...(limit === null ? {} : { idleExpiry: plus(from, limit) }),
    ...(policy.absoluteTimeout === null ? {} : { absoluteExpiry: plus(start, policy.absoluteTimeout) }),
  };
}
