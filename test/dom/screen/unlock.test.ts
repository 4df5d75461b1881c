import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPanel } from '../../../src/screen/panel.js';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { offerUnlocking } from '../../../src/screen/unlock.js';
import type { ProofReply } from '../../../src/ways.js';
import { createFakeLatch, createFakeVisibility, type FakeLatch, session } from './fake-latch.js';

let latch: FakeLatch;
let prompt: SignInPrompt;
let visibility: ReturnType<typeof createFakeVisibility>;
let answer: (reply: ProofReply) => void;
let stop: () => void;

beforeEach(() => {
  latch = createFakeLatch();
  visibility = createFakeVisibility();
  prompt = createSignInPrompt({
    clock: latch.clock,
    password: {
      acr: 'pwd',
      prove: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    },
  });
  const panel = createPanel(latch, { clock: latch.clock, visibility });
  panel.start();
  stop = offerUnlocking({ latch, prompt, panel, visibility });
});
afterEach(() => stop());

const lock = () => {
  latch.show({ phase: 'locked', session, since: latch.read().now });
  latch.clock.advance(0);
};
const isOffered = () => {
  const state = prompt.getState();
  return state.open && state.offered;
};

describe('a locked page', () => {
  it('has the question ready at once where it can be seen, and asks nothing of anybody', () => {
    expect(isOffered()).toBe(false);
    lock();
    expect(isOffered()).toBe(true);
    expect(latch.calls).toEqual([]);
  });

  it('has it ready when it comes into view, and not before', () => {
    visibility.set(false);
    lock();
    expect(isOffered()).toBe(false);
    visibility.set(true);
    expect(isOffered()).toBe(true);
  });

  it('leaves the question to the app’s page where nobody can be asked in place', () => {
    latch.ask({ possible: false });
    lock();
    expect(isOffered()).toBe(false);
  });

  it('has the latch ask here when it is answered, whichever tab asks by then', () => {
    lock();
    latch.ask({ asked: 'elsewhere' });
    prompt.submit('secret');
    expect(latch.calls).toEqual(['continueHere', 'reauthenticate']);
  });

  it('needs no answer any more when it is open again, or over', () => {
    lock();
    latch.active();
    expect(prompt.getState().open).toBe(false);
    lock();
    prompt.submit('half an answer');
    latch.end('idle');
    expect(prompt.getState().open).toBe(false);
  });

  it('has no second question while the server is about to say that it opens', async () => {
    lock();
    const numbers = new Set<number>();
    prompt.subscribe((state) => state.open && numbers.add(state.number));
    prompt.submit('secret');
    const asked = prompt.reauthenticate({}, { signal: new AbortController().signal, session });
    latch.ask({ asked: 'here', waiting: true });
    answer({ type: 'accepted' });
    await asked;
    expect(prompt.getState()).toMatchObject({ open: true, pending: true });
    latch.active();
    expect([prompt.getState().open, numbers.size]).toEqual([false, 1]);
  });

  it('has the question ready again once the app’s own has come to nothing', async () => {
    const given = new AbortController();
    const asked = prompt.reauthenticate({}, { signal: given.signal, session }).catch(() => 'refused');
    latch.ask({ asked: 'here', waiting: true });
    lock();
    expect(isOffered()).toBe(false);
    prompt.cancel();
    expect(await asked).toBe('refused');
    expect(prompt.getState().open).toBe(false);
    latch.ask({ asked: 'nowhere', waiting: false });
    expect(isOffered()).toBe(true);
  });

  it('is left alone once the screen has stopped', () => {
    lock();
    stop();
    expect(prompt.getState().open).toBe(false);
    visibility.set(true);
    expect(prompt.getState().open).toBe(false);
  });
});
