import { beforeEach, describe, expect, it } from 'vitest';
import { createMessages } from '../../../src/screen/messages.js';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { OpenSignIn, SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, seconds, serverTime } from '../../../src/time/instant.js';
import type { ProofQuestion, ProofReply } from '../../../src/ways.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0), subject: 'u1' };

let clock: ManualClock;
let prompt: SignInPrompt;
let proofs: {
  password: string;
  question: ProofQuestion;
  answer(reply: ProofReply): void;
  fail(reason: unknown): void;
}[];

beforeEach(() => {
  clock = createManualClock();
  proofs = [];
  prompt = createSignInPrompt({
    clock,
    username: ({ id }) => (id === 's1' ? 'tess' : undefined),
    password: {
      acr: 'pwd',
      prove: (password, question) =>
        new Promise((answer, fail) => void proofs.push({ password, question, answer, fail })),
    },
  });
});

function ask(requirement = {}, signal = new AbortController().signal) {
  const done = prompt.reauthenticate(requirement, { signal, session });
  const outcome = done.then(
    () => 'resolved',
    (reason: Error) => reason.name,
  );
  return { done, outcome };
}
const state = () => prompt.getState() as OpenSignIn;
const settled = () => new Promise((resolve) => setImmediate(resolve));
async function answer(reply: ProofReply): Promise<void> {
  proofs.at(-1)?.answer(reply);
  await settled();
}

describe('a question', () => {
  it('is asked of whoever has the session, by their name, and closes when the server has taken the proof', async () => {
    const { outcome } = ask({ maxAge: 600 });
    expect(state()).toMatchObject({ open: true, session, username: 'tess', pending: false });
    expect(prompt.submit('secret')).toBe(true);
    expect(proofs[0]).toMatchObject({ password: 'secret', question: { session, requirement: { maxAge: 600 } } });
    expect(state().pending).toBe(true);
    await answer({ type: 'accepted' });
    expect(await outcome).toBe('resolved');
    expect(prompt.getState()).toEqual({ open: false });
  });

  it('is left to the latch when the session has moved on or is over', async () => {
    const { outcome } = ask();
    prompt.submit('secret');
    await answer({ type: 'settled' });
    expect(await outcome).toBe('resolved');
  });

  it('takes one answer at a time, and no empty one', async () => {
    ask();
    expect([prompt.submit(''), prompt.submit('one'), prompt.submit('two')]).toEqual([false, true, false]);
    await answer({ type: 'wrong', attemptsLeft: 4 });
    expect(prompt.submit('two')).toBe(true);
    expect(proofs.map(({ password }) => password)).toEqual(['one', 'two']);
  });

  it('is closed by the person, with an AbortError', async () => {
    const { outcome } = ask();
    prompt.cancel();
    expect(await outcome).toBe('AbortError');
    expect(prompt.getState()).toEqual({ open: false });
    expect(prompt.submit('secret')).toBe(false);
  });

  it('is closed by its signal, and by another question', async () => {
    const given = new AbortController();
    const first = ask({}, given.signal);
    given.abort(new DOMException('', 'TimeoutError'));
    expect(await first.outcome).toBe('TimeoutError');
    const second = ask();
    const third = ask();
    expect(await second.outcome).toBe('AbortError');
    expect(state().number).toBe(3);
    prompt.cancel();
    expect(await third.outcome).toBe('AbortError');
  });

  it('hears no late answer to an earlier question', async () => {
    ask().outcome.catch(() => undefined);
    prompt.submit('late');
    prompt.cancel();
    const { outcome } = ask();
    await answer({ type: 'accepted' });
    expect(state()).toMatchObject({ open: true, number: 2, pending: false });
    prompt.cancel();
    expect(await outcome).toBe('AbortError');
  });

  it('is not asked where no answer could be of the kind that is needed', async () => {
    expect(await ask({ acrValues: 'phr mfa' }).outcome).toBe('Error');
    expect(prompt.getState()).toEqual({ open: false });
    ask({ acrValues: 'phr pwd' });
    expect(state().open).toBe(true);
  });

  it('fails as its way fails, so that a mistake of the app is no silence of the server', async () => {
    const { done } = ask();
    prompt.submit('secret');
    proofs[0]?.fail(new TypeError('no such thing'));
    await expect(done).rejects.toThrow('no such thing');
    expect(prompt.getState()).toEqual({ open: false });
  });
});

describe('what the person is told', () => {
  const words = createMessages();

  it('is how many attempts are left', async () => {
    ask();
    prompt.submit('wrong');
    await answer({ type: 'wrong', attemptsLeft: 1 });
    expect(state().problem).toEqual({ type: 'wrong', way: 'password', attemptsLeft: 1 });
    expect(words.passwordWrong({ attemptsLeft: 1 })).toBe('That is not your password. 1 attempt is left.');
    expect(words.passwordWrong({ attemptsLeft: 3 })).toBe('That is not your password. 3 attempts are left.');
    prompt.submit('again');
    expect(state().problem).toBeUndefined();
  });

  it('is until when no attempt counts, never too early, and when it is over', async () => {
    ask();
    prompt.submit('wrong');
    const wall = clock.read().wall;
    await answer({ type: 'wrong', attemptsLeft: 0, retryAfter: minutes(15) });
    expect(state().problem).toMatchObject({ until: wall + minutes(15) + seconds(1) });
    clock.advance(minutes(15));
    expect(state().problem?.type).toBe('wrong');
    clock.advance(seconds(1));
    expect(state().problem).toEqual({ type: 'again' });
  });

  it('names a short wait in seconds, a long one by the next full minute', () => {
    const until = (at: string) => serverTime(Date.parse(at));
    const { clockTime } = words;
    expect(words.tooManyAttempts({ wait: seconds(41), until: until('2026-11-21T12:00:41Z') })).toBe(
      'There were too many attempts. Try again in 41 seconds.',
    );
    expect(words.tooManyAttempts({ wait: minutes(15), until: until('2026-11-21T12:15:01Z') })).toBe(
      `There were too many attempts. Try again at ${clockTime(until('2026-11-21T12:16:00Z'))}.`,
    );
    expect(words.tooManyAttempts({})).toBe('There were too many attempts. Try again later.');
  });

  it('is no older than the answer that is under way', async () => {
    ask();
    prompt.submit('wrong');
    await answer({ type: 'too-many', retryAfter: seconds(5) });
    prompt.submit('wrong');
    clock.advance(minutes(1));
    expect(state().problem).toBeUndefined();
  });

  it('is that the server is silent, and then the question stands', async () => {
    ask();
    prompt.submit('right');
    await answer({ type: 'unreachable' });
    expect(state()).toMatchObject({ open: true, pending: false, problem: { type: 'unreachable' } });
  });
});
