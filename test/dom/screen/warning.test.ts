import { beforeEach, describe, expect, it } from 'vitest';
import { createWarning, type OpenWarning, type Warning, type WarningState } from '../../../src/screen/warning.js';
import { createFakeLatch, createFakeVisibility, type FakeLatch, MINUTE } from './fake-latch.js';

let latch: FakeLatch;
let visibility: ReturnType<typeof createFakeVisibility>;
let warning: Warning;
let states: WarningState[];

beforeEach(() => {
  latch = createFakeLatch();
  visibility = createFakeVisibility();
  warning = createWarning(latch, { clock: latch.clock, visibility });
  states = [];
  warning.subscribe((state) => states.push(state));
  warning.start();
});

/** In sight for long enough. */
const see = () => latch.clock.advance(500);
const state = () => warning.getState() as OpenWarning;

describe('the countdown', () => {
  it('ticks each minute above 60 s and each second below, and stops at zero', () => {
    latch.warn(2 * MINUTE);
    see();
    states.length = 0;
    latch.clock.advance(3 * MINUTE);
    const shown = states.map((one) => (one as OpenWarning).remaining / 1_000);
    expect(shown).toEqual([...Array.from({ length: 61 }, (_, second) => 60 - second)]);
    expect(state()).toMatchObject({ open: true, remaining: 0 });
  });

  it('is computed from the deadline, so a sleep does not stretch it', () => {
    latch.warn(2 * MINUTE);
    latch.clock.sleep(90_000);
    latch.clock.advance(1_000);
    visibility.set(true);
    expect(state().remaining).toBe(29_000);
  });

  it('does not tick while nobody can see it, and is right as soon as somebody can', () => {
    latch.warn(30_000);
    visibility.set(false);
    states.length = 0;
    latch.clock.advance(10_000);
    expect(states).toEqual([]);
    visibility.set(true);
    expect(state().remaining).toBe(20_000);
  });

  it('follows a deadline that moves', () => {
    latch.warn(30_000);
    latch.warn(90_000);
    expect(state().remaining).toBe(120_000);
  });
});

describe('an answer', () => {
  it('does not count before the warning has been in sight for half a second', () => {
    latch.warn(MINUTE);
    latch.clock.advance(499);
    expect([warning.stay(), warning.signOut(), state().canAnswer]).toEqual([false, false, false]);
    latch.clock.advance(1);
    expect([state().canAnswer, warning.stay()]).toEqual([true, true]);
    expect(latch.calls).toEqual(['extend']);
  });

  it('does not count in a hidden page, nor in the first half second after it is shown', () => {
    latch.warn(MINUTE);
    see();
    visibility.set(false);
    expect(warning.stay()).toBe(false);
    latch.clock.advance(10_000);
    visibility.set(true);
    expect(warning.stay()).toBe(false);
    see();
    expect(warning.stay()).toBe(true);
  });

  it('is asked of the server once, however often it is given', () => {
    latch.warn(MINUTE);
    see();
    expect([warning.stay(), warning.stay()]).toEqual([true, false]);
    expect(latch.calls).toEqual(['extend']);
  });

  it('closes nothing before the server has confirmed', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    expect(state()).toMatchObject({ open: true, status: 'pending' });
    latch.active();
    expect(warning.getState()).toEqual({ open: false, closedBy: 'answer' });
    await latch.answer();
    expect(warning.getState()).toEqual({ open: false, closedBy: 'answer' });
  });

  it('knows its own extension when the promise settles before the view is read', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    await latch.answer();
    expect(state()).toMatchObject({ open: true, status: 'idle' });
  });

  it('may be given again when the server was not reached', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    expect(state()).toMatchObject({ open: true, status: 'failed' });
    expect(warning.stay()).toBe(true);
    expect(latch.calls).toEqual(['extend', 'extend']);
  });

  it('is not asked for again when the server has refused', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    await latch.answer('ERR_EXTENSION_REFUSED');
    expect(state().status).toBe('refused');
    expect(warning.stay()).toBe(false);
    expect(warning.dismiss()).toBe(true);
  });

  it('of the server that comes late does not touch the next warning', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    latch.active();
    latch.warn(MINUTE, { sessionId: 's2' });
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    expect(state().status).toBe('idle');
  });

  it('"sign out" signs out', () => {
    latch.warn(MINUTE);
    see();
    expect(warning.signOut()).toBe(true);
    expect(latch.calls).toEqual(['signOut']);
  });
});

describe('a warning that cannot be extended', () => {
  it('of an idle limit gives no more time when it is put away: it has just said that none can be had', () => {
    latch.warn(2 * MINUTE, { cause: 'idle', extendable: false });
    see();
    expect(warning.dismiss()).toBe(true);
    expect(state()).toMatchObject({ open: true, dismissed: true });
    expect(latch.calls).toEqual([]);
  });

  it('offers no extension, and can be put away and brought back', () => {
    latch.warn(9 * MINUTE, { cause: 'absolute' });
    see();
    expect(state()).toMatchObject({ cause: 'absolute', extendable: false, limit: 8 * 60 * MINUTE });
    expect([warning.stay(), warning.dismiss()]).toEqual([false, true]);
    expect(state()).toMatchObject({ open: true, dismissed: true });
    expect(latch.calls).toEqual(['noteActivity warning']);
    warning.reopen();
    expect(state()).toMatchObject({ dismissed: false, canAnswer: false });
  });

  it('stays away for that deadline, also after an idle warning in between', () => {
    latch.warn(9 * MINUTE, { cause: 'absolute' });
    see();
    warning.dismiss();
    const away = latch.getView();
    latch.warn(MINUTE);
    expect(state().dismissed).toBe(false);
    latch.show(away);
    expect(state()).toMatchObject({ cause: 'absolute', dismissed: true });
  });

  it('is not what an idle warning is: that one cannot be put away unanswered', () => {
    latch.warn(MINUTE);
    see();
    expect(warning.dismiss()).toBe(false);
  });
});

describe('a warning put away while the server is asked', () => {
  it('comes back with bad news', async () => {
    latch.warn(MINUTE);
    see();
    warning.stay();
    expect(warning.dismiss()).toBe(true);
    expect(state()).toMatchObject({ dismissed: true, status: 'pending' });
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    expect(state()).toMatchObject({ dismissed: false, status: 'failed' });
    expect(latch.calls).toEqual(['extend']);
  });
});

describe('closing', () => {
  it.each([
    ['elsewhere', () => latch.active()],
    ['over', () => latch.expire()],
    ['over', () => latch.end('revoked')],
    [undefined, () => latch.show({ phase: 'pending', covered: true })],
  ])('says that it was closed by: %s', (closedBy, close) => {
    latch.warn(MINUTE);
    close();
    expect(warning.getState()).toEqual({ open: false, ...(closedBy ? { closedBy } : {}) });
  });

  it('leaves no timer and no subscription behind when it is stopped, and starts again', () => {
    latch.warn(MINUTE);
    warning.stop();
    expect(warning.getState()).toEqual({ open: false });
    expect(latch.clock.step()).toBe(false);
    latch.warn(30_000);
    expect(warning.getState()).toEqual({ open: false });
    warning.start();
    expect(state().remaining).toBe(30_000);
  });
});
