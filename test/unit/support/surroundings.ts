/** What one part of a tab has around it: a clock, a ledger, a memory, turns, and whoever listens. */
import { createSignIns, type SignIns } from '../../../src/actions/sign-ins.js';
import type { Happening, Report } from '../../../src/events.js';
import type { Facts } from '../../../src/facts/facts.js';
import { createLedger, type Ledger } from '../../../src/ledger.js';
import type { Memory, Reply, TakeTurn } from '../../../src/ports.js';
import type { Standing } from '../../../src/rules/standing.js';
import { createMirror } from '../../../src/tabs/mirror.js';
import { createTakeTurn } from '../../../src/tabs/take-turn.js';
import { createFakeBrowser, type FakeBrowser, type FakePage } from '../../../src/testing/fake-tabs.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { type Duration, type Reading, serverTime } from '../../../src/time/instant.js';
import { OPEN, SHOWING } from './facts.js';
import { settle } from './tabs.js';

export interface Surroundings {
  readonly clock: ManualClock;
  readonly browser: FakeBrowser;
  readonly page: FakePage;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly takeTurn: TakeTurn;
  readonly signIns: SignIns;
  readonly happened: Happening[];
  readonly report: Report;
  /** How far server time is from what the wall clock says, at the earliest and at the latest. */
  readonly doubt: { earliest: Duration; latest: Duration };
  /** When the pages noticed that a clock was set, by the monotonic clock. */
  wokeAt: number;
  /** Called after each change of the ledger. */
  onChange: () => void;
  /** A memory and turns of another page of the same browser. */
  neighbour(): Pick<Surroundings, 'page' | 'memory' | 'takeTurn' | 'signIns'>;
  /** Lets time pass, timer by timer, with promises settling in between. */
  pass(duration: Duration): Promise<void>;
}

/** A tab that shows an open session, unless told otherwise. Server time is what the wall clock says. */
export function createSurroundings(facts: Facts = OPEN, standing: Standing = SHOWING): Surroundings {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock });
  const happened: Happening[] = [];
  const report: Report = (happening) => void happened.push(happening);
  const doubt = { earliest: 0, latest: 0 };
  const readTime = (): Reading => {
    const { wall } = clock.read();
    return {
      now: serverTime(wall),
      earliest: serverTime(wall + doubt.earliest),
      latest: serverTime(wall + doubt.latest),
    };
  };
  const around = (page: FakePage) => {
    const memory = createMirror({
      name: 'test',
      store: page.world.shared,
      clock,
      now: () => readTime().now,
      report,
      isSigningIn: () => signIns.isElsewhere(),
    });
    const signIns = createSignIns({
      clock,
      random: page.world.random,
      memory,
      reading: readTime,
      awakeFor: () => clock.read().monotonic - self.wokeAt,
    });
    return { page, memory, takeTurn: createTakeTurn(page.world.turns, clock, 'nightlatch:test'), signIns };
  };
  const self: Surroundings = {
    clock,
    browser,
    ...around(browser.openTab().page),
    happened,
    report,
    doubt,
    wokeAt: Number.NEGATIVE_INFINITY,
    onChange: () => undefined,
    ledger: createLedger(readTime, () => self.onChange()),
    neighbour: () => around(browser.openTab().page),
    pass: (duration) => pass(clock, duration),
  };
  self.ledger.stand(standing);
  self.ledger.learn(facts);
  return self;
}

/** Lets time pass on a clock, timer by timer, with promises settling in between. */
export async function pass(clock: ManualClock, duration: Duration): Promise<void> {
  const until = clock.read().monotonic + duration;
  await settle();
  while (clock.step(until - clock.read().monotonic)) await settle();
  clock.advance(until - clock.read().monotonic);
  await settle();
}

/** An answer that is none. */
export const SILENCE: Reply = { type: 'unknown', problem: 'silence' };

/** Whether a promise has settled by now, and as what. */
export async function outcome<T>(promise: Promise<T>): Promise<T | 'pending' | Error> {
  let is: T | 'pending' | Error = 'pending';
  promise.then(
    (value) => {
      is = value;
    },
    (problem: unknown) => {
      is = problem instanceof Error ? problem : new Error(String(problem));
    },
  );
  await settle();
  return is;
}
