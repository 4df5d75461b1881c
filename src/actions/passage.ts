/** The passage through the door: what a session that is met goes through before it is marked as begun and opens. */
import type { Facts, Session } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Begun, Memory, TakeTurn } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { pause } from '../time/pause.js';
import type { SignIns } from './sign-ins.js';

/** The door does not go on without the wipe turn before this: its holder may be wiping. */
const TURN_PATIENCE: Duration = 10_000;
/** A session that is met while another page signs in is that page's to open, for so long. */
const SIGN_IN_PATIENCE: Duration = 10_000;

/** What the begun key names is looked for in the mirror for so long, and so often. */
const LATER_PATIENCE: Duration = 1_000;
const LOOK: Duration = 100;

/** Where no session has begun yet. */
export const NOBODY: Begun = { id: '', order: 0 };

export interface PassageParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly signIns: SignIns;
  readonly takeTurn: TakeTurn;
  readonly hasBackend: boolean;
  readonly sweep: (sessionId: string, anew: boolean) => Promise<unknown>;
  readonly askAgain: () => void;
  /** Another session is the one to be opened. */
  readonly meet: (facts: Facts, begun: Begun) => void;
  /** The begun session whose leavings this page has swept for a sign-in of its own. */
  readonly cleared: () => Begun | undefined;
  /** The sessions that this page knew of before: when it swept for a sign-in of its own, and when it met this one. */
  readonly former: () => readonly (Session | undefined)[];
  /** Marks the session as begun, and opens it. */
  readonly mark: (session: Session) => void;
  /** Opens a session that has begun. */
  readonly open: (session: Session) => void;
  /** Test seam: the one door. */
  readonly oneDoor?: boolean;
}

/**
 * Leads a session through: `begunWhenAsked` is the begun key as it was when the server was asked, `before` the session that
 * the mirror spoke of then.
 */
export type Pass = (session: Session, begunWhenAsked: Begun | undefined, before?: Session) => Promise<void>;

export function createPassage(parts: PassageParts): Pass {
  const { clock, ledger, memory, signIns, mark, open } = parts;
  /** What was waited for last: not twice for the same. */
  let waited: string | undefined;

  async function pass(session: Session, begunWhenAsked: Begun | undefined, before?: Session): Promise<void> {
    if (parts.oneDoor === false) return open(session);
    const begun = memory.begun();
    if (begun?.id !== session.id && !sameBegun(begun, begunWhenAsked)) return parts.askAgain();
    // While another page signs in nothing opens newly: what it would fill was just swept, and it may be over in a moment.
    const wait = `${session.id} ${signIns.last()}`;
    if (signIns.isElsewhere() && !signIns.isFor(session, begun) && waited !== wait) {
      await signIns.over(session, SIGN_IN_PATIENCE);
      waited = wait;
      // The answer is as old as the wait was long.
      if (parts.hasBackend && memory.begun()?.id !== session.id) return parts.askAgain();
    }
    const known = memory.begun();
    if (known?.id === session.id) return open(session);
    if (!sameBegun(known, begun)) return lookAgain(session, before);
    const later = begun && !parts.hasBackend && begun.order > session.order ? await findLater(begun) : undefined;
    if (later && begun) return parts.meet(later, begun);
    const cleared = parts.cleared();
    // Without a server a session starts when the person has signed in, so always after it.
    const isAnother = parts.hasBackend && signIns.isAfter(session);
    const isCleared = cleared !== undefined && sameBegun(begun ?? NOBODY, cleared) && !isAnother;
    if (isCleared && !isReopened(session, begun, before)) return mark(session);
    if (begun === undefined && isFirstHere(session, before)) return mark(session);
    const isSwept = signIns.isFor(session, begun);
    if (isSwept && !isReopened(session, begun, before)) return mark(session);
    const isThrough = await parts.takeTurn('wipe', TURN_PATIENCE, async () => {
      const now = memory.begun();
      const signIn = signIns.state();
      const announced = signIns.announced();
      if (now?.id === session.id) open(session);
      else if (!sameBegun(now, begun)) return false;
      else {
        await parts.sweep(now?.id ?? before?.id ?? session.id, !isSwept && signIn !== undefined);
        if (!sameBegun(memory.begun(), begun) || signIns.isElsewhere(signIn)) return false;
        if (signIns.announced() !== announced) return false;
        mark(session);
      }
      return true;
    });
    if (!isThrough) await lookAgain(session, before);
  }

  /** Another door was passed meanwhile. Without a server there is nobody to ask whose session it is now. */
  async function lookAgain(session: Session, before: Session | undefined): Promise<void> {
    if (parts.hasBackend) return parts.askAgain();
    if (ledger.facts().session?.id === session.id) await pass(session, memory.begun(), before);
  }

  /**
   * Whether the session before was shown open after it had been swept for this one, and was another person's. What it left
   * goes, and with it what was written for this one: of the two, that can be had again.
   */
  function isReopened(session: Session, begun: Begun | undefined, before: Session | undefined): boolean {
    const receipt = memory.receipt();
    if (begun === undefined || receipt?.sessionId !== begun.id || !receipt.opened) return false;
    // A tombstone names nobody, so one of them may not say whose that session was.
    const known = [ledger.standing().shown, before, ...parts.former()].filter((one) => one?.id === begun.id);
    return !known.some((one) => one && isSamePerson(one, session, parts.hasBackend));
  }

  /**
   * Without a server the order decides: a later session that has begun is the one. An older write may just have put it out
   * of the mirror; its own tab puts it back.
   */
  async function findLater({ id }: Begun): Promise<Facts | undefined> {
    const until = clock.read().monotonic + LATER_PATIENCE;
    for (;;) {
      const kept = memory.read()?.facts;
      if (kept?.session?.id === id) return kept;
      if (clock.read().monotonic >= until) return undefined;
      await pause(clock, LOOK);
    }
  }

  /** Nothing speaks of an earlier session, nor of a sign-in: a first run, or storage emptied. */
  function isFirstHere(session: Session, before: Session | undefined): boolean {
    return (before === undefined || before.id === session.id) && signIns.last() === undefined;
  }

  return pass;
}

/**
 * Whether it is still this session that is to be opened here. While it was on its way another tab may have ended it, or
 * another person's session may have come, by which this page is over.
 */
export function isWanted(session: Session, { ledger, memory }: Pick<PassageParts, 'ledger' | 'memory'>): boolean {
  const kept = memory.read()?.facts;
  if (kept?.session?.id === session.id && kept.end) ledger.learn({ session, end: kept.end });
  const known = ledger.facts();
  return known.session?.id === session.id && !known.end && ledger.standing().replacedAt === undefined;
}

/** Nothing was begun in this browser, or it is over and wiped: no page opens it, or has anything to do about it. */
export function isAllOver(memory: Memory): boolean {
  const [begun, receipt, kept] = [memory.begun(), memory.receipt(), memory.read()?.facts];
  if (!begun) return kept?.session === undefined;
  const isWiped = receipt?.sessionId === begun.id && receipt.complete;
  return isWiped && kept?.session?.id === begun.id && kept.end !== undefined;
}

/** With a backend a person is known by the subject alone; without one, a missing subject counts as the same person. */
export function isSamePerson(a: Session, b: Session, hasBackend: boolean): boolean {
  if (a.subject === undefined || b.subject === undefined) return !hasBackend;
  return a.subject === b.subject;
}

function sameBegun(a: Begun | undefined, b: Begun | undefined): boolean {
  return a?.id === b?.id && a?.order === b?.order;
}
