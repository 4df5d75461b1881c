/** The wipe: runs each wiper on its own, limited in time, and keeps a receipt until nothing is left to do. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Memory, TakeTurn, WipeReceipt, WipeResult, Wiper } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { runWiper } from './run-wiper.js';
import type { SignIns } from './sign-ins.js';

/** A shared wiper does not go on without the wipe turn before this: the holder's wipers have run out of time by then. */
const TURN_PATIENCE: Duration = 12_000;

export interface WipeParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: TakeTurn;
  readonly signIns: SignIns;
  readonly wipers: readonly Wiper[];
  /** Asks the server, from now on. */
  readonly ask: () => Promise<boolean>;
  readonly hasBackend: boolean;
  readonly report: Report;
  /** Test seam: the scopes of wipers. */
  readonly scopes?: boolean;
}

export interface Wipe {
  /** Clears what this tab keeps of a session it showed. */
  tab(sessionId: string): Promise<readonly WipeResult[]>;
  /** The session is shown open: what was cleared of it in this tab may be there again. */
  opened(sessionId: string): void;
  /** Clears what all tabs share, of a session that is over, unless a later one has begun. */
  shared(sessionId: string): Promise<readonly WipeResult[]>;
  /** Sweeps what earlier sessions left, for the door, which holds the wipe turn; `anew`, whatever the receipt says. */
  sweep(sessionId: string, anew?: boolean): Promise<readonly WipeResult[]>;
  /** Whether another session's door has been passed since. */
  isOvertaken(sessionId: string): boolean;
  /** Clears what was left where the server says that nobody is signed in; whether there is nothing left to clear. */
  leavings(): Promise<boolean>;
  /** Both once more: something was written that had been under way as the session ended. */
  again(sessionId: string): Promise<void>;
  /** Both, for `signOut`. */
  all(sessionId: string): Promise<WipeReceipt>;
}

export function createWipe(parts: WipeParts): Wipe {
  const { ledger, memory, signIns, report } = parts;
  const tabDone = new Map<string, Promise<readonly WipeResult[]>>();
  const sharedUnderWay = new Map<string, Promise<readonly WipeResult[]>>();
  const tabWipers = parts.wipers.filter((wiper) => wiper.scope === 'tab');
  const sharedWipers = parts.wipers.filter((wiper) => wiper.scope === 'shared');

  const isOvertaken = (sessionId: string) => {
    const begun = memory.begun();
    return parts.scopes !== false && begun !== undefined && begun.id !== sessionId;
  };

  function announce(sessionId: string, results: readonly WipeResult[], because: string): void {
    const named = (keep: (result: WipeResult) => boolean) => results.filter(keep).map(({ name }) => name);
    const wiped = named(({ outcome }) => outcome === 'wiped');
    const left = named(({ outcome }) => outcome !== 'wiped');
    if (wiped.length > 0) report({ type: 'tokens-wiped', sessionId, wipers: wiped, because });
    if (left.length > 0) report({ type: 'wipe-incomplete', sessionId, wipers: left, because });
  }

  /** Runs those shared wipers that no receipt names yet, and writes the receipt. */
  async function runShared(
    sessionId: string,
    mayRun: () => boolean,
    because: string,
    anew = false,
  ): Promise<readonly WipeResult[]> {
    const before = anew ? new Set<string>() : receiptOf(sessionId);
    const open = sharedWipers.filter(({ name }) => !before.has(name));
    // Whoever shows the session open while this runs says so in the receipt.
    const began = parts.clock.read().wall;
    if (mayRun()) memory.setReceipt({ sessionId, done: [...before], complete: false, began });
    const results = await Promise.all(open.map((wiper) => runWiper(wiper, sessionId, mayRun, parts)));
    const done = new Set([...before, ...results.filter(({ outcome }) => outcome === 'wiped').map(({ name }) => name)]);
    const kept = memory.receipt();
    const isFilledAgain = kept?.sessionId === sessionId && kept.opened === true;
    const complete = !isFilledAgain && sharedWipers.every(({ name }) => done.has(name));
    if (mayRun() && !isFilledAgain) memory.setReceipt({ sessionId, done: [...done], complete, began });
    if (complete) ledger.stand({ wiped: sessionId });
    if (complete && mayRun()) signIns.forget();
    announce(sessionId, results, because);
    return results;
  }

  function receiptOf(sessionId: string): ReadonlySet<string> {
    const receipt = memory.receipt();
    return new Set(receipt?.sessionId === sessionId ? receipt.done : []);
  }
  const isComplete = (sessionId: string) => {
    const done = receiptOf(sessionId);
    return sharedWipers.every(({ name }) => done.has(name)) && memory.receipt()?.sessionId === sessionId;
  };

  /** Whether mirror and begun key both name the session, and nobody asks about another one (`docs/architecture.md` W1). */
  function isNamed(sessionId: string): boolean {
    return (
      memory.read()?.facts.session?.id === sessionId && memory.begun()?.id === sessionId && !ledger.standing().doubted
    );
  }

  /** The begun key names another session, and the server says that this browser holds none later than this one. */
  function restoreBegun(sessionId: string): void {
    const { session } = ledger.facts();
    const { held } = ledger.standing();
    if (session?.id === sessionId && held === sessionId && isOvertaken(sessionId)) {
      memory.setBegun({ id: session.id, order: session.order });
    }
  }

  /** What somebody who signs in writes is no earlier session's: their own sweep comes first, and nobody else's after it. */
  const isArriving = () => parts.scopes !== false && signIns.isUnderWay();

  const isOver = (sessionId: string) => {
    const { session, end } = ledger.facts();
    return session?.id === sessionId && end !== undefined && ledger.standing().replacedAt === undefined;
  };

  async function shared(sessionId: string): Promise<readonly WipeResult[]> {
    if (isComplete(sessionId)) {
      ledger.stand({ wiped: sessionId });
      return [];
    }
    if (isArriving()) return [];
    // A page that is gone had signed somebody in: what it wrote may be a living session's.
    const isSure = isNamed(sessionId) && !signIns.hasSignedIn();
    if (!isSure && parts.hasBackend) {
      const before = memory.begun()?.id;
      if (!(await parts.ask())) return [];
      // Somebody who signs in has swept what the key named: it stays as they found it.
      if (isArriving()) return [];
      if (memory.begun()?.id === before) restoreBegun(sessionId);
    }
    return parts.takeTurn('wipe', TURN_PATIENCE, async () => {
      if (!isOver(sessionId) && parts.scopes !== false) return [];
      if (isArriving()) return [];
      if (isComplete(sessionId)) {
        ledger.stand({ wiped: sessionId });
        return [];
      }
      return runShared(sessionId, () => !isOvertaken(sessionId) && !isArriving(), 'session-ended');
    });
  }

  async function leavings(): Promise<boolean> {
    const begun = memory.begun();
    const sessionId = begun?.id ?? signIns.last();
    if (sessionId === undefined) return true;
    const isClear = () => isComplete(sessionId) && signIns.last() === undefined;
    const isStillSo = () => memory.begun()?.id === begun?.id && ledger.standing().none && !isArriving();
    if (!isClear()) {
      // Somebody may have signed in since the server was asked.
      if (isArriving() || !(await parts.ask())) return false;
      await parts.takeTurn('wipe', TURN_PATIENCE, async () => {
        if (!isClear() && isStillSo()) await runShared(sessionId, isStillSo, 'session-ended', signIns.hasLeft());
      });
    }
    // Also of a session that the begun one has overtaken, or that was never here.
    const { session, end } = ledger.facts();
    if (isClear() && session && end) ledger.stand({ wiped: session.id });
    return isClear();
  }

  const self: Wipe = {
    tab(sessionId) {
      let running = tabDone.get(sessionId);
      if (!running) {
        running = Promise.all(tabWipers.map((wiper) => runWiper(wiper, sessionId, () => true, parts))).then(
          (results) => {
            announce(sessionId, results, 'session-ended');
            return results;
          },
        );
        tabDone.set(sessionId, running);
      }
      return running;
    },
    opened: (sessionId) => void tabDone.delete(sessionId),
    shared(sessionId) {
      let running = sharedUnderWay.get(sessionId);
      if (!running) {
        running = shared(sessionId).finally(() => sharedUnderWay.delete(sessionId));
        sharedUnderWay.set(sessionId, running);
      }
      return running;
    },
    async sweep(sessionId, anew = false) {
      if (isComplete(sessionId) && !anew) return [];
      const key = memory.begun()?.id;
      const known = signIns.state();
      // Whoever signs in sweeps first, in this page too; what they write is not this sweep's, however slow its wipers are.
      const announced = signIns.announced();
      const mayRun = () =>
        memory.begun()?.id === key && !signIns.isElsewhere(known) && signIns.announced() === announced;
      return runShared(sessionId, mayRun, 'swept-at-sign-in', anew);
    },
    leavings,
    isOvertaken,
    async again(sessionId) {
      // What a later session has written since is its own.
      if (!isOver(sessionId) || isOvertaken(sessionId)) return;
      await Promise.all([tabDone.get(sessionId), sharedUnderWay.get(sessionId)]);
      tabDone.delete(sessionId);
      const receipt = memory.receipt();
      if (receipt?.sessionId === sessionId) memory.setReceipt({ sessionId, done: [], complete: false });
      await self.all(sessionId);
    },
    async all(sessionId) {
      const results = (await Promise.all([self.tab(sessionId), self.shared(sessionId)])).flat();
      const complete = isComplete(sessionId) && results.every(({ outcome }) => outcome === 'wiped');
      return { sessionId, complete, results };
    },
  };
  return self;
}
