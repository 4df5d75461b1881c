/** The one door: whoever first opens a session sweeps what earlier ones left, marks it as begun, and then opens. */
import type { Report } from '../events.js';
import type { Facts, Session } from '../facts/facts.js';
import type { Ledger } from '../ledger.js';
import type { Begun, Memory, TakeTurn } from '../ports.js';
import { isOpen } from '../rules/view.js';
import type { Duration } from '../time/instant.js';
import { startedAlone } from './local-session.js';

/** `begin()` and the door do not go on without the wipe turn before this: its holder may be wiping. */
const TURN_PATIENCE: Duration = 10_000;

/** Where no session has begun yet. */
const NOBODY: Begun = { id: '', order: 0 };

export interface DoorParts {
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: TakeTurn;
  readonly hasBackend: boolean;
  readonly wipeTab: (sessionId: string) => Promise<unknown>;
  readonly sweep: (sessionId: string) => Promise<unknown>;
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
   * person's. `begunWhenAsked` is the begun key as it was when the question was sent.
   */
  meet(facts: Facts, begunWhenAsked: Begun | undefined): void;
  /** Runs `work` as the sign-in of this tab: what is met meanwhile is bound anew, whoever it is. */
  binding<T>(work: () => Promise<T>): Promise<T>;
  /** Sweeps what earlier sessions left, before tokens of a new one are written. */
  clear(): Promise<void>;
  /** Resolves when no session is on its way through the door. */
  settled(): Promise<void>;
}

export function createDoor(parts: DoorParts): Door {
  const { ledger, memory } = parts;
  let bindings = 0;
  let passing: { readonly id: string; readonly done: Promise<void> } | undefined;
  /** The begun session whose leavings `clear` has swept: the next session through the door needs no second sweep. */
  let cleared: Begun | undefined;

  function meet(facts: Facts, begunWhenAsked: Begun | undefined): void {
    const { session } = facts;
    if (!session) return;
    const { shown, replacedAt } = ledger.standing();
    if (bindings === 0) {
      if (replacedAt !== undefined) return;
      if (shown && shown.id !== session.id && !isSamePerson(shown, session, parts.hasBackend)) return replace(facts);
    }
    if (memory.untold().some(({ id }) => id === session.id)) return outlive(facts);
    if (shown && shown.id !== session.id) {
      if (!startedAlone(shown.id) || !startedAlone(session.id)) void parts.wipeTab(shown.id);
      parts.report({ type: 'session-replaced', from: shown.id, to: session.id });
    }
    const before = memory.read()?.facts.session;
    // First, for what a replaced page learns is not told to the others.
    ledger.stand({ none: false, replacedAt: undefined });
    ledger.overrule(facts);
    if (facts.end) return;
    if (passing?.id === session.id) return;
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

  async function pass(session: Session, begunWhenAsked: Begun | undefined, before?: Session): Promise<void> {
    const begun = memory.begun();
    if (parts.oneDoor === false || begun?.id === session.id) return open(session);
    if (!sameBegun(begun, begunWhenAsked)) return parts.askAgain();
    if (begun === undefined && isFirstHere(session, before)) return mark(session);
    if (cleared !== undefined && sameBegun(begun ?? NOBODY, cleared)) return mark(session);
    await parts.takeTurn('wipe', TURN_PATIENCE, async () => {
      const now = memory.begun();
      if (now?.id === session.id) return open(session);
      if (!sameBegun(now, begun)) return parts.askAgain();
      await parts.sweep(now?.id ?? before?.id ?? session.id);
      if (sameBegun(memory.begun(), begun)) mark(session);
      else parts.askAgain();
    });
  }

  /** Neither mirror nor begun key speaks of an earlier session: a first run, or storage emptied. */
  function isFirstHere(session: Session, before: Session | undefined): boolean {
    return before === undefined || before.id === session.id;
  }

  function mark(session: Session): void {
    if (ledger.facts().session?.id !== session.id || ledger.facts().end) return;
    memory.setBegun({ id: session.id, order: session.order });
    open(session);
  }

  function open(session: Session): void {
    const facts = ledger.facts();
    if (facts.session?.id !== session.id || facts.end) return;
    // While somebody signs in, what was swept for them stays swept, whatever an older answer opens meanwhile.
    if (bindings === 0) cleared = undefined;
    voidReceipt(session.id);
    ledger.stand({ opened: session.id, shown: facts.session, wiped: undefined, waited: false, none: false });
  }

  /** A receipt is void once its session had an open view after it. */
  function voidReceipt(sessionId: string): void {
    if (memory.receipt()?.sessionId === sessionId) memory.setReceipt({ sessionId, done: [], complete: false });
    if (ledger.standing().wiped === sessionId) ledger.stand({ wiped: undefined });
  }

  return {
    meet,
    async binding(work) {
      bindings += 1;
      try {
        return await work();
      } finally {
        bindings -= 1;
        cleared = undefined;
        const view = ledger.view();
        if (isOpen(view)) voidReceipt(view.session.id);
      }
    },
    clear: () =>
      parts.takeTurn('wipe', TURN_PATIENCE, async () => {
        const begun = memory.begun();
        const before = begun?.id ?? memory.read()?.facts.session?.id;
        if (before !== undefined) await parts.sweep(before);
        cleared = memory.begun() ?? NOBODY;
      }),
    settled: async () => {
      while (passing) await passing.done;
    },
  };
}

/** With a backend a person is known by the subject alone; without one, a missing subject counts as the same person. */
function isSamePerson(a: Session, b: Session, hasBackend: boolean): boolean {
  if (a.subject === undefined || b.subject === undefined) return !hasBackend;
  return a.subject === b.subject;
}

function sameBegun(a: Begun | undefined, b: Begun | undefined): boolean {
  return a?.id === b?.id && a?.order === b?.order;
}
