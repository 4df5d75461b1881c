/** Waiting until no other tab asks, the person or a provider. A tab that stands still, was closed or has crashed is waited for some seconds. */
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import type { Askers } from './askers.js';

/** A turn that nobody has is granted sooner than this. */
const GRANT: Duration = 200;
/** A tab that lives answers sooner than this, and one that is only busy the second time. */
const ANSWER: Duration = 800;
const TRIES = 2;
/** Whoever waits asks this long after the last answer. */
const AGAIN: Duration = seconds(3);
/** Where tabs cannot hear each other, nobody knows whether the holder of the turn lives. */
const DEAF_PATIENCE: Duration = seconds(30);
/** Of several that find nobody there, the one that the person sees goes on first, and the others hear of it. */
const COURTESY: Duration = 300;
const OUT_OF_SIGHT: Duration = seconds(1);

export interface InTurnParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly isVisible: () => boolean;
  /** How long one that asks has to answer that it lives; it is asked twice. Default: 0.8 s. */
  readonly answer?: Duration;
  readonly askers: Pick<Askers, 'isElsewhere' | 'heardAt' | 'inquire' | 'forget' | 'rest' | 'wake'>;
  /** Queues for the turn. It keeps two tabs from beginning at once; whoever has it may stand still. */
  readonly queue: (signal: AbortSignal, granted: () => Promise<void>) => Promise<void>;
}

/**
 * Works when no other tab that lives asks the person: at once where the turn is granted, and nobody is known to. It is told
 * whether it had to wait. `waited` ends the waiting, and `signal` calls it off.
 */
export type InTurn = (
  work: (hasWaited: boolean) => Promise<void>,
  waited: AbortSignal,
  signal: AbortSignal,
) => Promise<void>;

export function createInTurn({ clock, random, isVisible, answer = ANSWER, askers, queue }: InTurnParts): InTurn {
  const now = (): number => clock.read().monotonic;

  /** How long one that finds nobody there leaves it to others. */
  function courtesy(isGranted: boolean): Duration {
    const among = isGranted ? 0 : COURTESY * (1 + random());
    return isVisible() ? among : OUT_OF_SIGHT + among * 4;
  }

  /** Asks the others who asks the person; whether one has answered. */
  async function isAnswered(isFree: () => boolean, signal: AbortSignal): Promise<boolean> {
    const askedAt = now();
    const until = askedAt + (askers.inquire() ? answer : DEAF_PATIENCE);
    while (now() < until && askers.heardAt() < askedAt && !isFree() && !signal.aborted) {
      await askers.rest(until - now(), signal);
    }
    return askers.heardAt() >= askedAt;
  }

  /** Whether it had to wait. */
  async function untilFree(isGranted: () => boolean, signal: AbortSignal): Promise<boolean> {
    const isFree = (): boolean => isGranted() && !askers.isElsewhere();
    if (!isGranted() && !askers.isElsewhere()) await askers.rest(GRANT, signal);
    let hasWaited = false;
    let wasGranted = isGranted();
    for (let misses = 0; !signal.aborted && !isFree(); hasWaited = true) {
      // A turn that is granted while somebody is known to ask: their tab may be gone.
      const isSuspect = isGranted() && !wasGranted;
      wasGranted = isGranted();
      const quiet = askers.heardAt() + AGAIN - now();
      if (misses === 0 && quiet > 0 && askers.isElsewhere() && !isSuspect) {
        await askers.rest(quiet, signal);
        continue;
      }
      misses = (await isAnswered(isFree, signal)) ? 0 : misses + 1;
      if (misses < TRIES || isFree()) continue;
      const heardBefore = askers.heardAt();
      await askers.rest(courtesy(isGranted()), signal);
      misses = 0;
      if (askers.heardAt() > heardBefore) continue;
      askers.forget();
      return true;
    }
    return hasWaited;
  }

  return async (work, waited, signal) => {
    const queueing = new AbortController();
    let isGranted = false;
    let giveBack = (): void => {};
    const isOver = new Promise<void>((resolve) => {
      giveBack = resolve;
    });
    void queue(queueing.signal, () => {
      isGranted = true;
      askers.wake();
      return isOver;
    });
    try {
      const hasWaited = await untilFree(() => isGranted, waited);
      if (!signal.aborted) await work(hasWaited);
    } finally {
      giveBack();
      queueing.abort();
    }
  };
}
