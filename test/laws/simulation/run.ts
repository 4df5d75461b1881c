/** Runs one history: performs its steps on the simulated world, lets everything settle, and returns the verdict. */
import type { SessionView } from '../../../src/rules/view.js';
import { type Coverage, createCoverage } from './coverage.js';
import { forge } from './forge.js';
import type { History } from './history.js';
import type { CreateLatch, Switch } from './latch.js';
import type { Violation } from './oracle/kinds.js';
import { createOracle } from './oracle.js';
import { createTrace } from './trace.js';
import { createWorld, type SimWorld, type Watcher } from './world.js';

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly excused: ReadonlyMap<string, number>;
  readonly ends: ReadonlyMap<string, number>;
  readonly coverage: Coverage;
}

export interface RunOptions {
  readonly createLatch: CreateLatch;
  readonly switchedOff?: ReadonlySet<Switch>;
  /** Hears of everything that happens, line by line. */
  readonly trace?: (line: string) => void;
  /** Whether to let everything settle and judge the outcome. Default: true. */
  readonly settle?: boolean;
}

/** Longer than the largest back-off: from here on all tabs must agree. */
const SETTLE = 75_000;
/** A tab that is opened when all has settled sees what the others see after this. */
const NEWCOMER = 15_000;

/** A last look, and what follows from it. */
const LAST_LOOK = 10_000;
/** No history comes near this many; one that does has two parts that answer each other for ever. */
const MOST_EVENTS = 60_000;

export async function run(history: History, options: RunOptions): Promise<Verdict> {
  let world: SimWorld | undefined;
  const there = (): SimWorld => world as SimWorld;
  const oracle = createOracle(there);
  const coverage = createCoverage(there);
  const watchers: Watcher[] = [coverage.watcher, oracle.watcher];
  if (options.trace) watchers.unshift(createTrace(there, options.trace));
  const watcher = merge(watchers);
  world = createWorld({
    history,
    createLatch: options.createLatch,
    watcher,
    forge,
    ...(options.switchedOff ? { switchedOff: options.switchedOff } : {}),
  });
  const { clock } = world;

  let events = 0;

  async function pass(duration: number): Promise<void> {
    const until = clock.read().monotonic + duration;
    while (clock.step(until - clock.read().monotonic)) {
      await drain();
      watcher.settled();
      events += 1;
      if (events === MOST_EVENTS)
        oracle.accuse('h', undefined, `a storm: ${events} events in ${Math.round(clock.passed() / 1_000)} s`);
      if (events >= MOST_EVENTS) return;
    }
    clock.advance(Math.max(0, until - clock.read().monotonic));
  }

  async function perform(deed: Parameters<SimWorld['perform']>[0]): Promise<void> {
    there().perform(deed);
    await drain();
    watcher.settled();
  }

  for (let tab = 0; tab < history.tabs; tab += 1) {
    world.openTab();
    await drain();
    watcher.settled();
  }
  for (const { after, deed } of history.steps) {
    await pass(after);
    await perform(deed);
  }
  if (options.settle !== false) {
    // What was begun is done: a page that is being stopped is stopped.
    await pass(10);
    await perform({
      type: 'network',
      change: {
        state: 'up',
        requestDelay: [20, 60],
        replyDelay: [20, 60],
        requestLoss: 0,
        replyLoss: 0,
        requestRepeats: 0,
        streamLoss: 0,
      },
    });
    await perform({
      type: 'conditions',
      change: {
        messageLoss: 0,
        messageRepeats: 0,
        messageDelay: [1, 5],
        storageDelay: [0, 5],
        storageEventLoss: 0,
        storage: 'ok',
        channel: 'ok',
        turns: 'ok',
        turnDelay: [0, 2],
        hiddenTimers: [0, 0],
      },
    });
    await perform({ type: 'wiper', mood: 'quick' });
    for (const room of world.living()) {
      const tab = world.living().indexOf(room);
      if (room.page.state() === 'stopped') await perform({ type: 'resume', tab });
      if (room.page.state() === 'parked') await perform({ type: 'restore', tab });
      await perform({ type: 'show', tab });
      await pass(50);
    }
    for (const room of world.living()) room.page.online();
    await pass(SETTLE);
    world.openTab();
    await drain();
    await pass(NEWCOMER);
    // A lock may just have fallen due, in some tabs a moment before others; and a last look is over in a few seconds.
    const isIn = (phase: SessionView['phase']): boolean =>
      there()
        .living()
        .some(({ shown }) => shown.phase === phase);
    if (isIn('locked') && (isIn('active') || isIn('warning'))) await pass(LAST_LOOK);
    // What has ended just now is yet to be wiped.
    if (isIn('expired') || oracle.hasJustEnded(LAST_LOOK)) await pass(LAST_LOOK);
    // Another tab says that it is open, and no answer decides: the tombstone waits for that, one idle limit at most (K8).
    if (isIn('expired') && oracle.isSuperseded()) await pass(longestIdle(there()) + LAST_LOOK);
    if (oracle.isYetToBeHeard(SETTLE)) await pass(SETTLE);
    oracle.finish();
  }
  coverage.finish(oracle);
  return { violations: oracle.violations, excused: oracle.excused, ends: oracle.ends, coverage: coverage.coverage };
}

function longestIdle({ server }: SimWorld): number {
  return Math.max(0, ...server.sessions().map(({ policy }) => policy.idleTimeout ?? 0));
}

/**
 * Lets every promise settle that can: microtasks run until there are none, and only then the tick that one of them
 * has asked for.
 */
export function drain(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

function merge(all: readonly Watcher[]): Watcher {
  const names: readonly (keyof Watcher)[] = [
    'deed',
    'loaded',
    'viewed',
    'reported',
    'carried',
    'posted',
    'fated',
    'stored',
    'opened',
    'wiped',
    'tabWiped',
    'roused',
    'signingIn',
    'signedIn',
    'settled',
  ];
  return Object.fromEntries(
    names.map((name) => [
      name,
      // Each member is called with the arguments of its own type, three at most: they come from a caller of that member.
      (a: unknown, b: unknown, c: unknown) => {
        for (const one of all) (one[name] as (a: unknown, b: unknown, c: unknown) => void)(a, b, c);
      },
    ]),
  ) as unknown as Watcher;
}
