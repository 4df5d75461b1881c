/** The person's acts as facts: each taken as it was, strong or weak, and let in by the door of admission. */
import type { Ledger } from '../ledger.js';
import type { ActivitySource, Store } from '../ports.js';
import { observation } from '../rules/admit.js';
import { isOpen, type SessionView } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, plus, type ServerTime, serverTime } from '../time/instant.js';

/** An act is heard of within this time, as soon as the event is dispatched. */
const THIS_MOMENT: Duration = 50;
/** What comes and goes with a phase, a cover or a dialog, has brought focus, selection and scroll position back by then. */
const SETTLING: Duration = 300;

export interface ActsParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly activity: Pick<ActivitySource, 'take'>;
  /** What this tab keeps over a reload: the last strong evidence. */
  readonly own: Store;
  readonly name: string;
  /** Whether any act answers an idle warning. */
  readonly anyActAnswers: boolean;
  /** The person was seen to act in this tab. */
  readonly acted: () => void;
  /** Test seam: the door of admission. */
  readonly isGuarded?: boolean;
}

export interface Acts {
  /** Takes the listener's latest stamps in. `slept` is how long the device slept since the last taking. */
  fold(slept: Duration): void;
  /** The person acts now, as somebody else has seen; `answers` where it answers a warning. */
  note(answers: boolean): void;
  /** What was done up to now was done to a page that was not open: it counts for nothing. */
  discard(): void;
  /** The phase has changed: what then happens in the page by itself, and scripts could cause as well, is our own doing. */
  settle(): void;
  /** The person has signed in: strong evidence, wherever it was seen. */
  vouch(): void;
  /** Takes an instant as activity, though nobody acted: a hold. */
  observe(at: ServerTime): void;
  /** When the person was last seen to act in this tab. */
  lastReal(): ServerTime | undefined;
  /** Reads what was kept over a reload. */
  recall(): void;
}

export function createActs(parts: ActsParts): Acts {
  const { clock, ledger, own } = parts;
  const key = `nightlatch:${parts.name}:strong`;
  let lastReal: ServerTime | undefined;
  let lastStrong: ServerTime | undefined;
  /** The last sleep, and when it was noticed, by the monotonic clock. */
  let lastSleep = { length: 0, noticedAt: Number.NEGATIVE_INFINITY };
  let settledAt = Number.NEGATIVE_INFINITY;

  /** Lets an act in that happened `ago`: judged by the latest it can have been, and dated by the earliest. */
  function admit(ago: Duration, at: ServerTime, answers: boolean): boolean {
    const reading = ledger.reading();
    if (!reading) return false;
    const fact = observation(ledger.facts(), viewThen(plus(reading.latest, -ago)), at, answers);
    if (fact) ledger.learn(fact);
    return fact !== undefined;
  }

  function viewThen(at: ServerTime): SessionView {
    const start = ledger.facts().session?.startedAt;
    return ledger.viewAt(parts.isGuarded === false && start !== undefined ? start : at);
  }

  function acted(at: ServerTime): void {
    lastReal = at;
    parts.acted();
  }

  function keepStrong(at: ServerTime): void {
    if (lastStrong !== undefined && at <= lastStrong) return;
    lastStrong = at;
    try {
      own.set(key, String(at));
    } catch {
      // Blocked storage: after a reload weak evidence counts for nothing, which closes rather than opens.
    }
  }

  /** Weak evidence reaches at most one idle limit beyond the last strong evidence; without any it counts for nothing. */
  function reachOfWeak(at: ServerTime): ServerTime | undefined {
    const idleTimeout = ledger.facts().policy?.idleTimeout ?? null;
    if (lastStrong === undefined) return undefined;
    if (idleTimeout === null) return at;
    const reach = plus(lastStrong, idleTimeout);
    return at <= reach ? at : reach;
  }

  return {
    fold(slept) {
      const now = clock.read().monotonic;
      if (slept > 0) lastSleep = { length: slept, noticedAt: now };
      const { strong, weak } = parts.activity.take();
      const reading = ledger.reading();
      if (!reading || (strong === undefined && weak === undefined)) return;
      // A stamp from before a sleep is as much older as the sleep was long, also where it is only heard of later: an activation
      // outlives the sleep. One of the very moment of waking is from after it.
      const { length, noticedAt } = lastSleep;
      const age = (stamp: number) => Math.max(0, now - stamp) + (noticedAt - stamp < THIS_MOMENT ? 0 : length);
      const take = (stamp: number, at: ServerTime | undefined) => {
        if (at !== undefined && admit(age(stamp), at, parts.anyActAnswers)) acted(at);
      };
      const at = (stamp: number) => plus(reading.earliest, -age(stamp));
      if (strong !== undefined) {
        keepStrong(at(strong));
        take(strong, at(strong));
      }
      if (weak !== undefined && weak > settledAt) take(weak, reachOfWeak(at(weak)));
    },
    note(answers) {
      const reading = ledger.reading();
      if (!reading || !isOpen(ledger.view())) return;
      keepStrong(reading.earliest);
      acted(reading.earliest);
      admit(0, reading.earliest, answers);
    },
    discard: () => void parts.activity.take(),
    settle() {
      settledAt = clock.read().monotonic + SETTLING;
    },
    vouch() {
      const reading = ledger.reading();
      if (reading) keepStrong(reading.earliest);
    },
    observe: (at) => void admit(0, at, false),
    lastReal: () => lastReal,
    recall() {
      try {
        const stored = Number(own.get(key) ?? Number.NaN);
        lastStrong = Number.isFinite(stored) && stored > 0 ? serverTime(stored) : undefined;
      } catch {
        lastStrong = undefined;
      }
    },
  };
}
