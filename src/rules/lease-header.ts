/** `Session-Lease`: what a response says of how long the session lasts (`docs/server-contract.md` section 2). */
import { type Facts, isLocked, type Lease } from '../facts/facts.js';
import { type ServerTime, serverTime } from '../time/instant.js';

/** As in the codecs: instants lie after 2001 and before 2286; what seconds put later was milliseconds already. */
const FIRST_SECOND = 1_000_000_000;
const LAST_SECOND = 10_000_000_000;
const LONGEST = 200;

/** What the header names. */
export interface LeaseHeader {
  readonly rev: number;
  readonly idleExpiry?: ServerTime;
  readonly absoluteExpiry?: ServerTime;
}

/** Reads `rev=43, idle=1795246460, absolute=1795268800`: the whole of it, or nothing. Names we do not know are left aside. */
export function readLeaseHeader(value: string | null): LeaseHeader | undefined {
  if (value === null || value.length > LONGEST) return undefined;
  const members = new Map<string, string>();
  for (const member of value.split(',')) {
    const [, name, number] = /^[ \t]*([a-z][a-z0-9_*.-]*)[ \t]*=[ \t]*(\S+)[ \t]*$/.exec(member) ?? [];
    if (name === undefined || number === undefined || members.has(name)) return undefined;
    members.set(name, number);
  }
  const rev = members.get('rev');
  if (rev === undefined || !/^\d{1,15}$/.test(rev)) return undefined;
  const idleExpiry = instant(members.get('idle'));
  const absoluteExpiry = instant(members.get('absolute'));
  if (idleExpiry === null || absoluteExpiry === null) return undefined;
  return {
    rev: Number(rev),
    ...(idleExpiry === undefined ? {} : { idleExpiry }),
    ...(absoluteExpiry === undefined ? {} : { absoluteExpiry }),
  };
}

/** An instant in Unix seconds; `null` where there is something else. */
function instant(value: string | undefined): ServerTime | null | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,11}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  return seconds >= FIRST_SECOND && seconds < LAST_SECOND ? serverTime(Math.round(seconds * 1_000)) : null;
}

/**
 * The lease that follows, if the header is news. What it does not name stays: a header is short, and a limit that was left out must
 * not be taken for one that was lifted. While locked it says nothing, for its `idle` may be the end of the lock or not.
 */
export function leaseOf(header: LeaseHeader, facts: Facts): Lease | undefined {
  const { lease } = facts;
  if (isLocked(facts) || (lease && header.rev <= lease.rev)) return undefined;
  const { whileLocked: _, ...known } = lease ?? {};
  return { ...(lease?.whileLocked ? {} : known), ...header };
}
