/** The wipe: runs each wiper on its own, limited in time, and keeps a receipt until nothing is left to do. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Memory, TakeTurn, WipeReceipt, WipeResult, Wiper } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, elapsed } from '../time/instant.js';

/** How long one wiper may take. */
const WIPER_LIMIT: Duration = 10_000;
/** A shared wiper does not go on without the wipe turn before this: the holder's wipers have run out of time by then. */
const TURN_PATIENCE: Duration = 12_000;

export interface WipeParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: TakeTurn;
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
  /** Clears what all tabs share, of a session that is over, unless a later one has begun. */
  shared(sessionId: string): Promise<readonly WipeResult[]>;
  /** Sweeps what earlier sessions left, for the door; the caller holds the wipe turn. */
  sweep(sessionId: string): Promise<readonly WipeResult[]>;
  /** Both, for `signOut`. */
  all(sessionId: string): Promise<WipeReceipt>;
}

export function createWipe(parts: WipeParts): Wipe {
  const { clock, ledger, memory, report } = parts;
  const tabDone = new Map<string, Promise<readonly WipeResult[]>>();
  const sharedUnderWay = new Map<string, Promise<readonly WipeResult[]>>();
  const tabWipers = parts.wipers.filter((wiper) => wiper.scope === 'tab');
  const sharedWipers = parts.wipers.filter((wiper) => wiper.scope === 'shared');

  /** Whether another session's door has been passed since. */
  const isOvertaken = (sessionId: string) => {
    const begun = memory.begun();
    return parts.scopes !== false && begun !== undefined && begun.id !== sessionId;
  };

  async function runOne(wiper: Wiper, sessionId: string, mayRun: () => boolean): Promise<WipeResult> {
    const began = clock.read();
    const result = (outcome: WipeResult['outcome'], problem?: unknown): WipeResult => ({
      name: wiper.name,
      scope: wiper.scope,
      outcome,
      ...(problem === undefined ? {} : { problem: problem instanceof Error ? problem.message : String(problem) }),
      took: elapsed(began, clock.read()),
    });
    if (!mayRun()) return result('overtaken');
    const limit = new AbortController();
    const stopWatching = memory.watch(() => {
      if (!mayRun()) limit.abort();
    });
    let callOff = () => {};
    const timeout = new Promise<WipeResult>((resolve) => {
      callOff = clock.wait(WIPER_LIMIT, () => limit.abort());
      limit.signal.addEventListener('abort', () => resolve(result(mayRun() ? 'timed-out' : 'overtaken')), {
        once: true,
      });
    });
    const work = (async () => wiper.wipe({ sessionId, signal: limit.signal }))().then(
      () => result('wiped'),
      (problem: unknown) => result('failed', problem),
    );
    const outcome = await Promise.race([work, timeout]);
    callOff();
    stopWatching();
    return outcome;
  }

  function announce(sessionId: string, results: readonly WipeResult[], because: string): void {
    const named = (keep: (result: WipeResult) => boolean) => results.filter(keep).map(({ name }) => name);
    const wiped = named(({ outcome }) => outcome === 'wiped');
    const left = named(({ outcome }) => outcome !== 'wiped');
    if (wiped.length > 0) report({ type: 'tokens-wiped', sessionId, wipers: wiped, because });
    if (left.length > 0) report({ type: 'wipe-incomplete', sessionId, wipers: left, because });
  }

  /** Runs those shared wipers that no receipt names yet, and writes the receipt. */
  async function runShared(sessionId: string, mayRun: () => boolean, because: string): Promise<readonly WipeResult[]> {
    const before = receiptOf(sessionId);
    const open = sharedWipers.filter(({ name }) => !before.has(name));
    const results = await Promise.all(open.map((wiper) => runOne(wiper, sessionId, mayRun)));
    const done = new Set([...before, ...results.filter(({ outcome }) => outcome === 'wiped').map(({ name }) => name)]);
    const complete = sharedWipers.every(({ name }) => done.has(name));
    if (mayRun()) memory.setReceipt({ sessionId, done: [...done], complete });
    if (complete) ledger.stand({ wiped: sessionId });
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

  const isOver = (sessionId: string) => {
    const { session, end } = ledger.facts();
    return session?.id === sessionId && end !== undefined && ledger.standing().replacedAt === undefined;
  };

  async function shared(sessionId: string): Promise<readonly WipeResult[]> {
    if (isComplete(sessionId)) {
      ledger.stand({ wiped: sessionId });
      return [];
    }
    if (!isNamed(sessionId) && parts.hasBackend) {
      if (!(await parts.ask())) return [];
      restoreBegun(sessionId);
    }
    return parts.takeTurn('wipe', TURN_PATIENCE, async () => {
      if (!isOver(sessionId) && parts.scopes !== false) return [];
      if (isComplete(sessionId)) {
        ledger.stand({ wiped: sessionId });
        return [];
      }
      return runShared(sessionId, () => !isOvertaken(sessionId), 'session-ended');
    });
  }

  const self: Wipe = {
    tab(sessionId) {
      let running = tabDone.get(sessionId);
      if (!running) {
        running = Promise.all(tabWipers.map((wiper) => runOne(wiper, sessionId, () => true))).then((results) => {
          announce(sessionId, results, 'session-ended');
          return results;
        });
        tabDone.set(sessionId, running);
      }
      return running;
    },
    shared(sessionId) {
      let running = sharedUnderWay.get(sessionId);
      if (!running) {
        running = shared(sessionId).finally(() => sharedUnderWay.delete(sessionId));
        sharedUnderWay.set(sessionId, running);
      }
      return running;
    },
    async sweep(sessionId) {
      if (isComplete(sessionId)) return [];
      const key = memory.begun()?.id;
      return runShared(sessionId, () => memory.begun()?.id === key, 'swept-at-sign-in');
    },
    async all(sessionId) {
      const results = (await Promise.all([self.tab(sessionId), self.shared(sessionId)])).flat();
      const complete = isComplete(sessionId) && results.every(({ outcome }) => outcome === 'wiped');
      return { sessionId, complete, results };
    },
  };
  return self;
}
