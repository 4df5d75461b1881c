/** The question who somebody is, without a face: what the person is asked in place, and what became of their answer. */
import { isNightlatchError } from '../errors.js';
import type { Session } from '../facts/facts.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { PasskeyReply, PasskeyWay, ProofQuestion } from '../ways.js';
import { createCell } from './cell.js';
import { createAutofill } from './sign-in-autofill.js';
import { createRefusals } from './sign-in-refusals.js';
import type { OpenSignIn, SignInPrompt, SignInState, SignInWay } from './sign-in-state.js';
import { isThere, type SignInWays, waysFor } from './sign-in-ways.js';
import type { PageVisibility } from './visibility.js';

/** What a question works with: one way at least. With both, the passkey comes first where the person has one. */
export interface SignInPromptOptions extends SignInWays {
  /** The name by which the person signs in. Shown, and what password managers go by. The SDK itself knows a pseudonym only. */
  readonly username?: (session: Session) => string | undefined;
  /**
   * Whether somebody looks at the page: where nobody does, no passkey is offered anew in the field for the password. Default: it can be
   * seen and has the focus.
   */
  readonly visibility?: PageVisibility;
  readonly clock?: Clock;
}

const CLOSED: SignInState = { open: false };

/**
 * Makes the question. `<nightlatch-sign-in>` is its face: give the prompt to `createScreen`, and its `reauthenticate` to the latch.
 *
 * It decides nothing. When a proof was taken, the latch asks the server; for the same person, and as recent as was asked for.
 *
 * @example
 * const prompt = createSignInPrompt({ password: password({ url: '/session/reauthenticate' }) });
 * const latch = createNightlatch({ backend, reauthenticate: prompt.reauthenticate });
 * createScreen(latch, { signInPrompt: prompt, signInUrl: '/sign-in' }).start();
 */
export function createSignInPrompt(options: SignInPromptOptions): SignInPrompt {
  if (!options.password && !options.passkey)
    throw new TypeError('createSignInPrompt needs a way: password, passkey or both');
  const state = createCell<SignInState>(CLOSED);
  let clock: Clock | undefined;
  let asked = 0;
  let settle: { resolve(): void; reject(reason: unknown): void } | undefined;
  /** Of a question that stands ready: what begins the re-authentication, whether it has been called, and the answer that waits for it. */
  let begin: (() => Promise<unknown>) | undefined;
  let isBegun = false;
  let waiting: { readonly way: SignInWay; prove(): Promise<PasskeyReply> } | undefined;
  let question: ProofQuestion | undefined;
  let callOffLooking = (): void => {};
  /** Of the browser's own dialog. */
  let asking = new AbortController();
  const time = (): Clock => {
    clock ??= options.clock ?? createSystemClock();
    return clock;
  };
  const refusals = createRefusals(state, time);
  const offerInAutofill = createAutofill({
    state,
    time,
    visibility: options.visibility,
    chosen(now, prove) {
      const asks = question;
      if (asks) answer(now, 'passkey', () => prove(question ?? asks));
    },
  });

  /** Whoever asked has an answer. The question closes; or stays until it is known what came of it, where it has begun that itself. */
  function end(number: number, how: 'resolve' | 'reject', reason?: unknown): void {
    const now = state.get();
    if (!isBegun || !now.open || now.number !== number) return close(number, how, reason);
    const over = settle;
    settle = undefined;
    over?.[how](reason);
  }

  /** Ends what is asked, if it is still this. */
  function close(number: number, how: 'resolve' | 'reject', reason?: unknown): void {
    const now = state.get();
    if (!now.open || now.number !== number) return;
    const over = settle;
    settle = undefined;
    begin = undefined;
    isBegun = false;
    waiting = undefined;
    question = undefined;
    refusals.forget();
    callOffLooking();
    asking.abort();
    state.set(CLOSED);
    over?.[how](reason);
  }

  async function prove(now: OpenSignIn, way: SignInWay, work: Promise<PasskeyReply>): Promise<void> {
    const { number } = now;
    const mine = asking;
    refusals.forget();
    state.set({ ...without(now), pending: true });
    const reply = await work.catch((reason: unknown) => {
      if (!mine.signal.aborted) end(number, 'reject', reason);
    });
    const then = state.get();
    if (!reply || !then.open || then.number !== number) return;
    // What the server makes of it, and whose session it is now, the latch finds out for itself.
    if (reply.type === 'accepted' || reply.type === 'settled') return end(number, 'resolve');
    refusals.tell(then, way, reply);
  }

  /** The person has answered: the server hears of it, once somebody has asked. */
  function answer(now: OpenSignIn, way: SignInWay, work: () => Promise<PasskeyReply>): void {
    if (!begin || settle) return void prove(now, way, work());
    waiting = { way, prove: work };
    isBegun = true;
    state.set({ ...without(now), pending: true });
    begin().then(
      () => standReady(now.number),
      (problem: unknown) => standReady(now.number, problem),
    );
  }

  /** What was begun is over, and the question is still needed: it can be answered again. */
  function standReady(number: number, problem?: unknown): void {
    const now = state.get();
    if (!now.open || now.number !== number) return;
    isBegun = false;
    waiting = undefined;
    const ready = { ...now, offered: true, pending: false };
    const isSilent = isNightlatchError(problem) && problem.code === 'ERR_BACKEND_UNREACHABLE';
    state.set(isSilent ? { ...ready, problem: { type: 'unreachable' } } : ready);
  }

  /** Which way the question is asked, once it is known whether there is a passkey. */
  async function look(number: number, way: PasskeyWay, asked: ProofQuestion, hasPassword: boolean): Promise<void> {
    const looking = isThere(time(), way, asked);
    callOffLooking = looking.callOff;
    offerInAutofill({ number, passkey: way, question: asked, there: looking.there });
    const there = await looking.found;
    const now = state.get();
    if (!now.open || now.number !== number) return;
    if (there) return state.set({ ...now, way: 'passkey', ...(hasPassword ? { other: 'password' } : {}) });
    state.set(hasPassword ? { ...now, way: 'password' } : { ...now, way: 'passkey', problem: { type: 'unusable' } });
  }

  function show(next: ProofQuestion, { password, passkey }: SignInWays, start?: () => Promise<unknown>): number {
    const number = ++asked;
    question = next;
    begin = start;
    isBegun = false;
    asking = new AbortController();
    const name = options.username?.(next.session);
    const known = name === undefined || name === '' ? {} : { username: name };
    const way = passkey ? 'looking' : 'password';
    const offered = start !== undefined;
    state.set({ open: true, number, session: next.session, ...known, way, offered, pending: false });
    if (passkey) void look(number, passkey, next, password !== undefined);
    return number;
  }

  /** Takes over the question that stands ready, with all that was typed; its number, unless there is none that fits. */
  function takeOver(next: ProofQuestion, ways: SignInWays): number | undefined {
    const now = state.get();
    const isFit = ways.password === options.password && ways.passkey === options.passkey;
    if (!now.open || !now.offered || !isFit || now.session.id !== next.session.id) return undefined;
    question = next;
    state.set({ ...now, offered: false });
    return now.number;
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    offer(session, start) {
      if (state.get().open) return () => {};
      const number = show({ requirement: { maxAge: 0 }, session }, options, start);
      // Where it was begun, the latch finds out for itself how it stands.
      return () => close(number, 'resolve');
    },
    reauthenticate(requirement, { signal, session }) {
      const ways = waysFor(options, requirement);
      if (!ways.password && !ways.passkey) {
        return Promise.reject(new Error(`there is no way here to authenticate by ${requirement.acrValues}`));
      }
      if (signal.aborted) return Promise.reject(signal.reason);
      const next = { requirement, session };
      let number = takeOver(next, ways);
      const before = state.get();
      if (number === undefined && before.open) {
        close(before.number, 'reject', aborted('another question was asked'));
      }
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        number ??= show(next, ways);
        const mine = number;
        signal.addEventListener('abort', () => end(mine, 'reject', signal.reason), { once: true });
        const now = state.get();
        const given = waiting;
        waiting = undefined;
        if (given && now.open) void prove(now, given.way, given.prove());
      });
    },
    submit(typed) {
      const now = state.get();
      const { password } = options;
      const asks = question;
      if (!now.open || !asks || now.pending || now.way !== 'password' || !password || typed === '') return false;
      answer(now, 'password', () => password.prove(typed, question ?? asks));
      return true;
    },
    askPasskey() {
      const now = state.get();
      const { passkey } = options;
      const asks = question;
      if (!now.open || !asks || now.pending || now.way !== 'passkey' || !passkey) return false;
      answer(now, 'passkey', () => passkey.prove(question ?? asks, asking.signal));
      return true;
    },
    takeOther() {
      const now = state.get();
      if (!now.open || now.other === undefined || now.way === 'looking') return;
      // The browser's dialog is in the way; a password that is with the server is not called off, nor what is just begun.
      if (now.pending && (now.way === 'password' || now.offered)) return;
      asking.abort();
      asking = new AbortController();
      refusals.forget();
      state.set({ ...without(now), pending: false, way: now.other, other: now.way });
    },
    cancel() {
      const now = state.get();
      if (now.open && !now.offered) close(now.number, 'reject', aborted('the person has closed the question'));
    },
  };
}

/** Without what was said of an earlier answer, and without the offer, which is called off. */
function without({ problem: _, passkeyInAutofill: __, ...rest }: OpenSignIn): OpenSignIn {
  return rest;
}

const aborted = (message: string): DOMException => new DOMException(message, 'AbortError');
