/** The question who somebody is, without a face: what the person is asked in place, and what became of their answer. */
import type { Session } from '../facts/facts.js';
import type { Requirement } from '../rules/freshness.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import { type Duration, seconds, serverTime } from '../time/instant.js';
import type { PasskeyReply, PasskeyWay, PasswordWay, ProofQuestion } from '../ways.js';
import { createCell } from './cell.js';
import type { OpenSignIn, SignInState, SignInWay } from './sign-in-state.js';

/** The question, without a face. */
export interface SignInPrompt {
  /** The latch's option of this name. Resolves when the server has taken a proof, and rejects when the person cancels. */
  reauthenticate(
    requirement: Requirement,
    how: { readonly signal: AbortSignal; readonly session: Session },
  ): Promise<void>;
  getState(): SignInState;
  /** Calls back with `(state, previous)` on each change, not at once. */
  subscribe(listener: (state: SignInState, previous: SignInState) => void): () => void;
  /** The person's answer. Returns false where it does not count: nothing is asked, or one is with the server. */
  submit(password: string): boolean;
  /** Has the browser ask for the passkey. Returns false where it does not count. */
  askPasskey(): boolean;
  /** The person would rather use the other way. */
  takeOther(): void;
  /** The person will not answer. */
  cancel(): void;
}

/** What a question works with: one way at least. With both, the passkey comes first where the person has one. */
export interface SignInPromptOptions {
  /** How a password is proved: `password({ url })` of `nightlatch/reauth`. */
  readonly password?: PasswordWay;
  /** How a passkey is proved: `passkey({ optionsUrl, url })` of `nightlatch/reauth`. */
  readonly passkey?: PasskeyWay;
  /** The name by which the person signs in. Shown, and what password managers go by. The SDK itself knows a pseudonym only. */
  readonly username?: (session: Session) => string | undefined;
  readonly clock?: Clock;
}

/** Whoever waits for as long as they were told gets in: a second more than the server says, for the way there. */
const SURELY: Duration = seconds(1);

/** Whoever has no passkey, or whose server is slow, is not kept waiting for longer before the password is asked for. */
const LOOKING: Duration = seconds(3);

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
  let question: ProofQuestion | undefined;
  let callOffWait = (): void => {};
  /** Of the browser's own dialog. */
  let asking = new AbortController();
  const time = (): Clock => {
    clock ??= options.clock ?? createSystemClock();
    return clock;
  };

  /** Ends what is asked, if it is still this. */
  function close(number: number, how: 'resolve' | 'reject', reason?: unknown): void {
    const now = state.get();
    if (!now.open || now.number !== number) return;
    const over = settle;
    settle = undefined;
    question = undefined;
    callOffWait();
    asking.abort();
    state.set(CLOSED);
    over?.[how](reason);
  }

  async function prove(now: OpenSignIn, way: SignInWay, work: Promise<PasskeyReply>): Promise<void> {
    const { number } = now;
    const mine = asking;
    callOffWait();
    state.set({ ...without(now), pending: true });
    const reply = await work.catch((reason: unknown) => {
      if (!mine.signal.aborted) close(number, 'reject', reason);
    });
    const then = state.get();
    if (!reply || !then.open || then.number !== number) return;
    // What the server makes of it, and whose session it is now, the latch finds out for itself.
    if (reply.type === 'accepted' || reply.type === 'settled') return close(number, 'resolve');
    tell(then, way, reply);
  }

  function tell(now: OpenSignIn, way: SignInWay, reply: Untaken): void {
    const rest = { ...without(now), pending: false };
    if (reply.type !== 'wrong' && reply.type !== 'too-many') return state.set({ ...rest, problem: reply });
    const { retryAfter, ...refused } = reply;
    const problem = refused.type === 'wrong' ? { ...refused, way } : refused;
    if (retryAfter === undefined) return state.set({ ...rest, problem });
    const clock = time();
    const wait = retryAfter + SURELY;
    callOffWait = clock.wait(wait, () => {
      const then = state.get();
      if (then.open) state.set({ ...then, problem: { type: 'again' } });
    });
    // Not in a rule: it is shown to somebody who has the same clock before them.
    const until = serverTime(clock.read().wall + wait);
    state.set({ ...rest, problem: { ...problem, wait, until } });
  }

  /** Which way the question is asked, once it is known whether there is a passkey. */
  async function look(number: number, way: PasskeyWay, asked: ProofQuestion, hasPassword: boolean): Promise<void> {
    const there = await Promise.race([
      way.isThere(asked),
      new Promise<false>((resolve) => {
        callOffWait = time().wait(LOOKING, () => resolve(false));
      }),
    ]);
    callOffWait();
    const now = state.get();
    if (!now.open || now.number !== number) return;
    if (there) return state.set({ ...now, way: 'passkey', ...(hasPassword ? { other: 'password' } : {}) });
    state.set(hasPassword ? { ...now, way: 'password' } : { ...now, way: 'passkey', problem: { type: 'unusable' } });
  }

  return {
    getState: state.get,
    subscribe: state.subscribe,
    reauthenticate(requirement, { signal, session }) {
      const { username } = options;
      const { acrValues } = requirement;
      const fits = <Way extends { readonly acr: string }>(way: Way | undefined): Way | undefined =>
        way && (acrValues === undefined || acrValues.split(' ').includes(way.acr)) ? way : undefined;
      const passkey = fits(options.passkey);
      const hasPassword = fits(options.password) !== undefined;
      if (!passkey && !hasPassword) {
        return Promise.reject(new Error(`there is no way here to authenticate by ${acrValues}`));
      }
      if (signal.aborted) return Promise.reject(signal.reason);
      const before = state.get();
      if (before.open) close(before.number, 'reject', aborted('another question was asked'));
      const number = ++asked;
      const name = username?.(session);
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        const asked = { requirement, session };
        question = asked;
        asking = new AbortController();
        signal.addEventListener('abort', () => close(number, 'reject', signal.reason), { once: true });
        const known = name === undefined || name === '' ? {} : { username: name };
        const way = passkey ? 'looking' : 'password';
        state.set({ open: true, number, session, ...known, way, pending: false });
        if (passkey) void look(number, passkey, asked, hasPassword);
      });
    },
    submit(typed) {
      const now = state.get();
      const { password } = options;
      if (!now.open || !question || now.pending || now.way !== 'password' || !password || typed === '') return false;
      void prove(now, 'password', password.prove(typed, question));
      return true;
    },
    askPasskey() {
      const now = state.get();
      const { passkey } = options;
      if (!now.open || !question || now.pending || now.way !== 'passkey' || !passkey) return false;
      void prove(now, 'passkey', passkey.prove(question, asking.signal));
      return true;
    },
    takeOther() {
      const now = state.get();
      if (!now.open || now.other === undefined || now.way === 'looking') return;
      // The browser's dialog is in the way; a password that is with the server is not called off.
      if (now.pending && now.way === 'password') return;
      asking.abort();
      asking = new AbortController();
      callOffWait();
      state.set({ ...without(now), pending: false, way: now.other, other: now.way });
    },
    cancel() {
      const now = state.get();
      if (now.open) close(now.number, 'reject', aborted('the person has closed the question'));
    },
  };
}

type Untaken = Exclude<PasskeyReply, { readonly type: 'accepted' | 'settled' }>;

/** Without what was said of an earlier answer. */
function without({ problem: _, ...rest }: OpenSignIn): OpenSignIn {
  return rest;
}

const aborted = (message: string): DOMException => new DOMException(message, 'AbortError');
