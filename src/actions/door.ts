/** The one door: whoever first opens a session sweeps what earlier ones left, marks it as begun, and then opens. */
import type { Report } from '../events.js';
import type { Facts, Session } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Begun, Memory, TakeTurn } from '../ports.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import type { DeviceTime, Duration } from '../time/instant.js';
import { pause } from '../time/pause.js';
import { startedAlone } from './local-session.js';
import { createPassage, isAllOver, isSamePerson, isWanted, NOBODY } from './passage.js';
import type { SignIns } from './sign-ins.js';

/** `begin()` and the door do not go on without the wipe turn before this: its holder may be wiping. */
const TURN_PATIENCE: Duration = 10_000;

/** What one tab stores, another may not see at once. */
const STORAGE_LAG: Duration = 200;
/** Two processes read the wall clock this differently. */
const SKEW: Duration = 20;

export interface DoorParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: TakeTurn;
  readonly hasBackend: boolean;
  readonly wipeTab: (sessionId: string) => Promise<unknown>;
  /** Sweeps what earlier sessions left; `anew`, whatever the receipt says. */
  readonly sweep: (sessionId: string, anew: boolean) => Promise<unknown>;
  /** Sweeps what an earlier page of this tab has left. */
  readonly sweepTab: () => Promise<void>;
  readonly signIns: SignIns;
  /** The begun key has changed since the server was asked: ask again. */
  readonly askAgain: () => void;
  /** Tells the server of the ends it does not know. */
  readonly tell: () => void;
  readonly report: Report;
  /** Test seam: the one door. */
  readonly oneDoor?: boolean;
}

export interface Door {
  /**
   * Meets a session that the server (or, without one, the mirror) names: opens it, or ends this page if it is another
   * person's. `begunWhenAsked` is the begun key as it was when the question was sent, at `sentAt`.
   */
  meet(facts: Facts, begunWhenAsked: Begun | undefined, sentAt?: DeviceTime): void;
  /** The session is shown open: what was wiped of it may be there again. */
  opened(sessionId: string): void;
  /** Runs `work` as the sign-in of this tab: what is met meanwhile is bound anew, whoever it is. */
  binding<T>(work: () => Promise<T>): Promise<T>;
  /** Sweeps what earlier sessions left, before tokens of a new one are written. */
  clear(): Promise<void>;
  /** The app has signed the person in. */
  signedIn(): void;
  /** Resolves when no session is on its way through the door. */
  settled(): Promise<void>;
}

export function createDoor(parts: DoorParts): Door {
  const { ledger, memory, signIns } = parts;
  let bindings = 0;
  /** What the session shown has been reported to be replaced by. */
  let replacedBy: string | undefined;
  let passing: { readonly id: string; readonly done: Promise<void> } | undefined;
  /** The begun session whose leavings `clear` has swept: the next session through the door needs no second sweep. */
  let cleared: Begun | undefined;
  /** The session that was known then: by now another tab may have written the next one down. */
  let signedInOver: Session | undefined;
  /** The session that this page knew of before the one that it has met last. */
  let former: Session | undefined;
  const pass = createPassage({
    ...parts,
    meet,
    mark,
    open,
    cleared: () => cleared,
    former: () => [signedInOver, former],
  });

  function meet(facts: Facts, begunWhenAsked: Begun | undefined, sentAt?: DeviceTime): void {
    const { session } = facts;
    if (!session) return;
    const { shown, replacedAt } = ledger.standing();
    if (bindings === 0) {
      if (replacedAt !== undefined) return;
      if (shown && shown.id !== session.id && !isSamePerson(shown, session, parts.hasBackend)) return replace(facts);
    }
    if (memory.untold().some(({ id }) => id === session.id)) return outlive(facts);
    if (shown && shown.id !== session.id && replacedBy !== session.id) {
      replacedBy = session.id;
      if (!startedAlone(shown.id) || !startedAlone(session.id)) void parts.wipeTab(shown.id);
      parts.report({ type: 'session-replaced', from: shown.id, to: session.id });
    }
    const before = memory.read()?.facts.session;
    const known = ledger.facts().session;
    if (known && known.id !== session.id) former = known;
    // First, for what a replaced page learns is not told to the others.
    ledger.stand({ none: false, replacedAt: undefined });
    ledger.overrule(facts);
    if (facts.end) return;
    if (passing?.id === session.id) return;
    // What was just swept is not filled again: if the sign-in comes to nothing, the server is asked anew.
    if (signIns.isBefore(sentAt)) return;
    const done = pass(session, begunWhenAsked, before).finally(() => {
      if (passing?.done === done) passing = undefined;
    });
    passing = { id: session.id, done };
  }

  /** The server names a session that ended here and does not know it yet: it stays ended, and the server is told. */
  function outlive(facts: Facts): void {
    const untold = memory.untold().find(({ id }) => id === facts.session?.id);
    const at = ledger.reading()?.now ?? facts.session?.startedAt;
    if (!untold || at === undefined) return;
    ledger.overrule({ ...facts, end: { reason: untold.reason, at, told: false } });
    parts.tell();
  }

  /** Another person's session: this page is over, and the shared stores are theirs. */
  function replace(facts: Facts): void {
    const { shown } = ledger.standing();
    ledger.stand({ replacedAt: ledger.reading()?.now ?? facts.session?.startedAt });
    ledger.overrule(facts);
    if (!shown || !facts.session) return;
    parts.report({ type: 'session-replaced', from: shown.id, to: facts.session.id });
    void parts.wipeTab(shown.id);
  }

  function mark(session: Session): void {
    if (!isWanted(session, parts)) return;
    memory.setBegun({ id: session.id, order: session.order });
    signIns.forget();
    open(session);
  }

  function open(session: Session): void {
    if (!isWanted(session, parts)) return;
    replacedBy = undefined;
    if (cleared !== undefined && cleared.id !== session.id) signIns.met();
    // While somebody signs in, what was swept for them stays swept, whatever an older answer opens meanwhile.
    if (bindings === 0) cleared = undefined;
    voidReceipt(session.id);
    ledger.stand({ opened: session.id, shown: ledger.facts().session, wiped: undefined, waited: false, none: false });
  }

  /** Nobody signs in here any more. */
  function unbind(): void {
    cleared = undefined;
    signIns.close();
    const view = ledger.view();
    if (isOpen(view)) voidReceipt(view.session.id);
    else if (view.phase === 'pending') parts.askAgain();
  }

  /** A receipt is void once its session had an open view after it. */
  function voidReceipt(sessionId: string): void {
    const receipt = memory.receipt();
    if (receipt?.sessionId === sessionId && !receipt.opened)
      memory.setReceipt({ sessionId, done: [], complete: false, opened: true });
    if (ledger.standing().wiped === sessionId) ledger.stand({ wiped: undefined });
  }

  return {
    meet,
    opened(sessionId) {
      const { wall } = parts.clock.read();
      voidReceipt(sessionId);
      // Another tab may have begun to wipe before, which could not be seen yet.
      parts.clock.wait(STORAGE_LAG, () => {
        if ((memory.receipt()?.began ?? 0) <= wall + SKEW) voidReceipt(sessionId);
      });
    },
    async binding(work) {
      bindings += 1;
      try {
        return await work();
      } finally {
        bindings -= 1;
        if (bindings === 0) unbind();
      }
    },
    async clear() {
      const left = signIns.last();
      const isOver = left === undefined && isAllOver(memory);
      signIns.announce();
      await parts.sweepTab();
      // By then no page fills anew what is swept now, and none that is at work on what was before goes on.
      if (!isOver) await pause(parts.clock, STORAGE_LAG);
      await parts.takeTurn('wipe', TURN_PATIENCE, async () => {
        const begun = memory.begun();
        const before = begun?.id ?? memory.read()?.facts.session?.id ?? left;
        if (before !== undefined) await parts.sweep(before, left !== undefined);
        cleared = begun ?? NOBODY;
        signedInOver = memory.read()?.facts.session ?? ledger.facts().session;
        signIns.signingIn(begun);
      });
    },
    signedIn: signIns.signedIn,
    settled: async () => {
      while (passing) await passing.done;
    },
  };
}
