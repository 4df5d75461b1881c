/** What went wrong in a history, and when: so that an excuse reaches no further than its cause. */
import type { Lease } from '../../../src/facts/facts.js';
import type { Conditions } from '../../../src/testing/conditions.js';
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

  /** The other forgeries repeat the lease that the server has issued, or one that it had issued before. */
  function noteForgery(deed: Deed & { readonly type: 'forge message' | 'forge mirror' }): void {
    if (deed.what !== 'later lease' && deed.what !== 'impossible lease') return;
    const { lease } = forge(getWorld(), deed) as { readonly lease?: Lease };
    if (lease === undefined) return;
    if (lease.idleExpiry !== undefined) deadlines.add(lease.idleExpiry);
    if (deed.what === 'impossible lease' && lease.absoluteExpiry !== undefined) deadlines.add(lease.absoluteExpiry);
    leases.add(keyOf(lease));
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
