/** The question where there is a passkey: it comes first, and the password is one button away. */
import { beforeEach, expect, it } from 'vitest';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { OpenSignIn, SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { seconds, serverTime } from '../../../src/time/instant.js';
import type { PasskeyReply } from '../../../src/ways.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0) };

let clock: ManualClock;
let tell: (there: boolean) => void;
let answer: (reply: PasskeyReply) => void;
let asking: AbortSignal;
let typed: string[];
let prompt: SignInPrompt;

const password = {
  acr: 'pwd',
  prove: async (text: string) => {
    typed.push(text);
    return { type: 'accepted' as const };
  },
};
const passkey = {
  acr: 'phr',
  isThere: () =>
    new Promise<boolean>((resolve) => {
      tell = resolve;
    }),
  prove: (_: unknown, signal: AbortSignal) => {
    asking = signal;
    return new Promise<PasskeyReply>((resolve, reject) => {
      answer = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  },
};

beforeEach(() => {
  clock = createManualClock();
  typed = [];
  prompt = createSignInPrompt({ clock, password, passkey });
});

const ask = (acrValues?: string) =>
  prompt
    .reauthenticate(acrValues === undefined ? {} : { acrValues }, { signal: new AbortController().signal, session })
    .then(
      () => 'resolved',
      ({ name }: Error) => name,
    );
const state = () => prompt.getState() as OpenSignIn;
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('looks first, and takes no answer before', async () => {
  ask();
  expect(state().way).toBe('looking');
  expect([prompt.submit('secret'), prompt.askPasskey()]).toEqual([false, false]);
  tell(true);
  await settled();
  expect(state()).toMatchObject({ way: 'passkey', other: 'password' });
  expect(prompt.submit('secret')).toBe(false);
});

it('asks for the password where there is none, or nobody knows within three seconds', async () => {
  ask();
  tell(false);
  await settled();
  expect(state().way).toBe('password');
  expect(state().other).toBeUndefined();
  prompt.cancel();
  ask();
  clock.advance(seconds(3));
  await settled();
  expect(state().way).toBe('password');
  tell(true);
  await settled();
  expect(state().way, 'nobody is interrupted').toBe('password');
});

it('opens by the passkey', async () => {
  const asked = ask();
  tell(true);
  await settled();
  expect([prompt.askPasskey(), prompt.askPasskey()]).toEqual([true, false]);
  answer({ type: 'accepted' });
  expect(await asked).toBe('resolved');
});

it.each(['cancelled', 'timed-out', 'unusable'] as const)('stands after one that was %s, and says so', async (type) => {
  ask();
  tell(true);
  await settled();
  prompt.askPasskey();
  answer({ type });
  await settled();
  expect(state()).toMatchObject({ way: 'passkey', other: 'password', pending: false, problem: { type } });
});

it('goes over to the password, and calls the browser’s dialog off', async () => {
  const asked = ask();
  tell(true);
  await settled();
  prompt.askPasskey();
  prompt.takeOther();
  expect(asking.aborted).toBe(true);
  await settled();
  expect(state()).toMatchObject({ way: 'password', other: 'passkey', pending: false });
  expect(prompt.submit('secret')).toBe(true);
  expect(await asked).toBe('resolved');
  expect(typed).toEqual(['secret']);
});

it('calls the browser’s dialog off when nobody is asked any more', async () => {
  const asked = ask();
  tell(true);
  await settled();
  prompt.askPasskey();
  prompt.cancel();
  expect(asking.aborted).toBe(true);
  expect(await asked).toBe('AbortError');
});

it('offers what is of the kind that was asked for, and nothing else', async () => {
  ask('phr');
  tell(true);
  await settled();
  expect(state()).toMatchObject({ way: 'passkey' });
  expect(state().other).toBeUndefined();
  prompt.takeOther();
  expect(state().way).toBe('passkey');
  ask('pwd');
  expect(state().way).toBe('password');
  ask('phr');
  tell(false);
  await settled();
  expect(state()).toMatchObject({ way: 'passkey', problem: { type: 'unusable' } });
});

it('needs a way', () => {
  expect(() => createSignInPrompt({})).toThrow(TypeError);
});
