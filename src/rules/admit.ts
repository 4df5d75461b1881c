/** What may become a fact: the door for this tab's own observations, and for what tabs and the mirror say. */
import { type Facts, isLocked, type Lease, NOTHING, type Session } from '../facts/facts.js';
import { compareSessions, includes, join, sameLease } from '../facts/join.js';
import { plus, type Reading, type ServerTime } from '../time/instant.js';
import { absoluteDeadline, deadlines, lockEnd } from './deadlines.js';
import type { Leads } from './leads.js';
import type { Standing } from './standing.js';
import { isCovered, isOpen, type SessionView } from './view.js';

/**
 * What was heard but not believed: a reason to ask, not a fact.
 *
 * A claim is known by its `key`, the exact value that was said, so that one the server has refuted asks no second time.
 */
export interface Claim {
  readonly about: 'this-session' | 'other-session';
  readonly key: string;
  /** The later deadline it speaks of: it postpones the end of this session, and never opens it. */
  readonly until?: ServerTime;
  /** The leads of the newer policy it speaks of: while it is asked about, nobody is warned by longer ones. */
  readonly leads?: Leads;
}

/** What a tab makes of facts it heard: what it takes as known, and what it must ask about. */
export interface Hearing {
  readonly learn: Facts;
  readonly claims: readonly Claim[];
}

/**
 * The door of admission: the person's act as a fact, if the session was open at that instant in this tab's view.
 *
 * While an idle warning is shown, only an answer to it counts; else people lose the button they reach for.
 */
export function observation(facts: Facts, viewThen: SessionView, at: ServerTime, answers: boolean): Facts | undefined {
  if (!facts.session || !isOpen(viewThen) || viewThen.session.id !== facts.session.id) return undefined;
  if (viewThen.phase === 'warning' && viewThen.deadline.cause === 'idle' && !answers) return undefined;
  if (at <= (facts.lastActivityAt ?? facts.session.startedAt)) return undefined;
  return { session: facts.session, lastActivityAt: at };
}

/** What this tab knows while it listens. */
export interface Listener {
  readonly facts: Facts;
  readonly standing: Standing;
  readonly view: SessionView;
  readonly reading: Reading | undefined;
}

/**
 * What a tab with a backend makes of what another tab or the mirror says (`docs/architecture.md` K6).
 *
 * Earlier deadlines, a lock and a tombstone count at once. More time counts if the policy makes it possible and no cover
 * comes down by it. The rest are claims. A page that has shown nothing yet learns it all, for it opens nothing on it.
 */
export function hearing(heard: Facts, listener: Listener): Hearing {
  const { facts, standing } = listener;
  if (!heard.session) return { learn: NOTHING, claims: [] };
  if (!facts.session) {
    if (!standing.none) return { learn: heard, claims: [] };
    if (heard.end) return { learn: NOTHING, claims: [] };
    const claim = otherSession(heard.session);
    // This browser's secret was superseded, and was asked about in vain: what is said since the next authentication is news.
    return {
      learn: NOTHING,
      claims: [standing.superseded ? { ...claim, key: `${claim.key} ${heard.authenticatedAt}` } : claim],
    };
  }
  if (heard.session.id !== facts.session.id) return hearOther(heard, heard.session, facts, standing);
  if (includes(facts, heard)) return { learn: NOTHING, claims: [] };
  if (heard.session.order !== facts.session.order) {
    return { learn: NOTHING, claims: [{ about: 'this-session', key: `order ${heard.session.order}` }] };
  }
  if (facts.end) return { learn: heard.end ? { session: facts.session, end: heard.end } : NOTHING, claims: [] };
  if (standing.opened !== facts.session.id) return { learn: heard, claims: [] };
  return hearSame(heard, facts.session, listener);
}

/**
 * What a tab without a backend makes of it: the tabs are all there is, and the same session joins whole. A later
 * session is a claim, settled by the mirror; an earlier one is old news.
 */
export function hearingAlone(heard: Facts, facts: Facts): Hearing {
  if (!heard.session || includes(facts, heard)) return { learn: NOTHING, claims: [] };
  if (!facts.session || compareSessions(heard.session, facts.session) === 0) return { learn: heard, claims: [] };
  const later = compareSessions(heard.session, facts.session) > 0;
  return { learn: NOTHING, claims: later ? [otherSession(heard.session)] : [] };
}

function hearOther(heard: Facts, theirs: Session, { session: ours, end }: Facts, standing: Standing): Hearing {
  const shows = (ours && standing.opened === ours.id) || standing.shown !== undefined;
  // A page that says that a session is over is covered, and is not uncovered by what is said of the next one.
  if (!shows && !standing.none && !end) return { learn: heard, claims: [] };
  const isNews = !heard.end || !ours || compareSessions(theirs, ours) > 0;
  return { learn: NOTHING, claims: isNews ? [otherSession(theirs)] : [] };
}

/** The claim that another session is this browser's. */
export function otherSession({ id, order }: Session): Claim {
  return { about: 'other-session', key: `session ${id} ${order}` };
}

function hearSame(heard: Facts, session: Session, listener: Listener): Hearing {
  const { facts, view, reading } = listener;
  const now = reading?.latest;
  const covered = isCovered(view);
  let learn: Facts = { session };
  const claims: Claim[] = [];
  const claim = (key: string, until?: ServerTime) =>
    claims.push({ about: 'this-session', key, ...(until === undefined ? {} : { until }) });

  if (heard.end) learn = join(learn, { session, end: heard.end });
  if (heard.lockedAt !== undefined && heard.lockedAt > (facts.lockedAt ?? 0)) {
    // Counts at once, and is asked about: the server may know of a later authentication, or of no lock at all.
    learn = join(learn, { session, lockedAt: heard.lockedAt });
    claim(`locked ${heard.lockedAt}`, lockEnd(heard));
  }
  const { lease } = heard;
  if (lease && (!facts.lease || lease.rev >= facts.lease.rev) && !sameLease(lease, facts.lease)) {
    // The end of a lock is no deadline of a session that is not locked. And one that goes with the opening of ours is no news without
    // it: the lock would look as if the server did not know of it, and be told anew.
    const isOurs = isLocked(join(facts, learn));
    const fits = lease.whileLocked ? isOurs : !isOurs || isLocked(heard);
    if (fits && (isShorter(lease, facts) || (!covered && isPossible(lease, facts, now))))
      learn = join(learn, { session, lease });
    else claim(`lease ${JSON.stringify(lease)}`, lease.idleExpiry ?? lease.absoluteExpiry);
  }
  if (heard.authenticatedAt !== undefined && heard.authenticatedAt > (facts.authenticatedAt ?? 0)) {
    const { authenticatedAt, acr } = heard;
    if (!covered && now !== undefined && authenticatedAt <= now) {
      learn = join(learn, { session, authenticatedAt, ...(acr === undefined ? {} : { acr }) });
    } else claim(`authenticated ${authenticatedAt}`);
  }
  const { policy } = heard;
  if (policy && policy.version > (facts.policy?.version ?? -1)) {
    const { version, warnBefore, warnBeforeAbsolute } = policy;
    claims.push({
      about: 'this-session',
      // Versions are a session's own: the next one may count from the start.
      key: `policy ${session.id} ${version}`,
      leads: { version, warnBefore, warnBeforeAbsolute },
    });
  }
  if (heard.lastActivityAt !== undefined && heard.lastActivityAt > (facts.lastActivityAt ?? 0)) {
    // With a server activity moves no deadline: what cannot be yet is left aside, and is no question to it.
    const { lastActivityAt } = heard;
    if (now !== undefined && lastActivityAt <= now) learn = join(learn, { session, lastActivityAt });
  }
  return { learn: includes(facts, learn) ? NOTHING : learn, claims };
}

/** Whether a lease gives no more time than the known one does. */
function isShorter(lease: Lease, facts: Facts): boolean {
  return (
    notLater(lease.idleExpiry, facts.lease?.idleExpiry) && notLater(lease.absoluteExpiry, facts.lease?.absoluteExpiry)
  );
}

function notLater(heard: ServerTime | undefined, known: ServerTime | undefined): boolean {
  return known === undefined || (heard !== undefined && heard <= known);
}

/** Whether a server that follows the known policy could have issued this lease by `now`. */
function isPossible(lease: Lease, facts: Facts, now: ServerTime | undefined): boolean {
  const { policy, session } = facts;
  if (now === undefined || !policy || !session) return false;
  if (lease.whileLocked) return false;
  const { idleTimeout, absoluteTimeout } = policy;
  const idleLimit = idleTimeout === null ? undefined : plus(now, idleTimeout);
  const absoluteStart = policy.absoluteFrom === 'auth_time' ? now : session.startedAt;
  const absoluteLimit = absoluteTimeout === null ? undefined : plus(absoluteStart, absoluteTimeout);
  return notLater(lease.idleExpiry, idleLimit) && notLater(lease.absoluteExpiry, absoluteLimit);
}

/**
 * How long heard deadlines postpone the end of a session that this tab believes to be over: at most one idle limit past
 * our own deadline, and never past the absolute one (`docs/architecture.md` K8).
 */
export function postponement(claims: readonly Claim[], facts: Facts): ServerTime | undefined {
  const until = claims.reduce<ServerTime | undefined>(
    (latest, { until: at }) => (at !== undefined && (latest === undefined || at > latest) ? at : latest),
    undefined,
  );
  // While locked, the end of the lock.
  const own = deadlines(facts).idle;
  const idleTimeout = facts.policy?.idleTimeout ?? null;
  if (until === undefined || own === undefined || idleTimeout === null) return undefined;
  const bounds = [until, plus(own, idleTimeout), absoluteDeadline(facts)].filter((at) => at !== undefined);
  return bounds.reduce((first, at) => (at < first ? at : first));
}
