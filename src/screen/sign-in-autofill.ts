/** The passkey in the autofill of the field for the password: offered for as long as that is asked for and somebody looks at the page. */
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import type { ChosenPasskey, PasskeyWay, ProofQuestion } from '../ways.js';
import type { Cell } from './cell.js';
import type { OpenSignIn, SignInState } from './sign-in-state.js';
import { createPageFocus, type PageVisibility } from './visibility.js';

/** Whoever comes back from a dialog of their device has just answered it: that must not be called off on its way. */
const ON_ITS_WAY: Duration = seconds(1);

/** A page that lies open in front of nobody asks the server no oftener than so: then not before somebody has been away and is back. */
const MOST_RENEWED = 3;

export interface AutofillParts {
  readonly state: Cell<SignInState>;
  readonly time: () => Clock;
  /** Whether somebody looks at the page: nothing is asked of the server where nobody does. Default: by its visibility and focus. */
  readonly visibility: PageVisibility | undefined;
  /** The person has chosen it, and this proves it. */
  chosen(now: OpenSignIn, prove: ChosenPasskey): void;
}

/** What can be offered in one question. */
export interface Offerable {
  readonly number: number;
  readonly passkey: PasskeyWay;
  readonly question: ProofQuestion;
  /** Whether there is one at all; where nobody knows in time it is offered late, which interrupts nobody. */
  readonly there: Promise<boolean>;
}

/** Follows the question. Returns what tells it of a passkey, which it offers whenever that question asks for the password. */
export function createAutofill({ state, time, visibility, chosen }: AutofillParts): (one: Offerable) => void {
  let page = visibility;
  let known: Offerable | undefined;
  /** For as long as the password is asked for, without an answer. */
  let asked: AbortController | undefined;

  function look(): void {
    const now = state.get();
    const isAsked = now.open && now.number === known?.number && now.way === 'password' && !now.pending;
    if (isAsked === (asked !== undefined)) return;
    asked?.abort();
    asked = isAsked ? new AbortController() : undefined;
    if (known && asked) void offer(known, asked.signal);
  }

  /** One request after the other. What fails by itself is not tried again before the person has done something. */
  async function offer(one: Offerable, signal: AbortSignal): Promise<void> {
    if (!(await one.there)) return;
    await lookedAt(signal);
    let renewed = 0;
    for (let isStale = true; isStale && !signal.aborted; ) {
      if (renewed > MOST_RENEWED) {
        await left(signal);
        await lookedAt(signal);
        if (signal.aborted) return;
        renewed = 0;
      }
      renewed += 1;
      const request = await offerOnce(one, signal);
      const now = state.get();
      if (signal.aborted || !now.open) return;
      if (request.prove) return chosen(now, request.prove);
      const { passkeyInAutofill: _, ...rest } = now;
      state.set(rest);
      isStale = request.isStale;
    }
  }

  /** Until it is chosen, called off, or stale while somebody looks: then it makes room for the next. */
  async function offerOnce({ passkey, question }: Offerable, signal: AbortSignal) {
    const request = new AbortController();
    const callOff = (): void => request.abort();
    signal.addEventListener('abort', callOff, { once: true });
    let forget = (): void => {};
    let isStale = false;
    const waits = (goodFor: Duration): void => {
      const now = state.get();
      if (request.signal.aborted || !now.open) return;
      state.set({ ...now, passkeyInAutofill: true });
      forget = time().wait(goodFor, async () => {
        await lookedAt(request.signal);
        isStale = !request.signal.aborted;
        callOff();
      });
    };
    const prove = await passkey.awaitChoice?.(question, { signal: request.signal, waits });
    forget();
    signal.removeEventListener('abort', callOff);
    callOff();
    return { prove, isStale };
  }

  /** Resolves at once where somebody looks at the page, or nobody need any more; else a moment after they have come. */
  function lookedAt(signal: AbortSignal): Promise<void> {
    page ??= createPageFocus();
    const { isVisible, watch } = page;
    if (signal.aborted || isVisible()) return Promise.resolve();
    return new Promise((resolve) => {
      let callOff = (): void => {};
      const unwatch = watch(() => {
        callOff();
        if (isVisible()) callOff = time().wait(ON_ITS_WAY, done);
      });
      function done(): void {
        callOff();
        unwatch();
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Resolves once nobody looks at the page any more, or need. */
  function left(signal: AbortSignal): Promise<void> {
    page ??= createPageFocus();
    const { isVisible, watch } = page;
    return new Promise((resolve) => {
      const done = (): void => {
        unwatch();
        resolve();
      };
      const unwatch = watch(() => {
        if (!isVisible()) done();
      });
      signal.addEventListener('abort', done, { once: true });
    });
  }

  state.subscribe(look);
  return (one) => {
    if (!one.passkey.awaitChoice) return;
    known = one;
    look();
  };
}
