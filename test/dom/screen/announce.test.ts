import { beforeEach, describe, expect, it } from 'vitest';
import { announce } from '../../../src/screen/announce.js';
import { createMessages } from '../../../src/screen/messages.js';
import { createWarning, type Warning } from '../../../src/screen/warning.js';
import { createFakeLatch, createFakeVisibility, type FakeLatch, MINUTE } from './fake-latch.js';

let latch: FakeLatch;
let warning: Warning;
let said: string[];

beforeEach(() => {
  latch = createFakeLatch();
  const { clock } = latch;
  warning = createWarning(latch, { clock, visibility: createFakeVisibility() });
  said = [];
  announce(warning, {
    clock,
    messages: createMessages(),
    say: ({ text, urgency }) => said.push(urgency === 'assertive' ? `! ${text}` : text),
  });
  warning.start();
});

describe('the ear', () => {
  it('hears the whole message once, each minute, then 60, 40 and 20 seconds, and the end: nothing else', () => {
    latch.warn(3 * MINUTE);
    latch.clock.advance(3 * MINUTE);
    latch.expire();
    expect(said).toEqual([
      'You will be signed out in 3 minutes. To go on working, choose “Stay signed in”.',
      '2 minutes left.',
      '1 minute left.',
      '40 seconds left.',
      '! 20 seconds left.',
      '! Your time is up.',
    ]);
  });

  it('hears the message a second after the name of the dialog', () => {
    latch.warn(2 * MINUTE);
    latch.clock.advance(999);
    expect(said).toEqual([]);
    latch.clock.advance(1);
    expect(said).toHaveLength(1);
  });

  it('hears the time as it is when the message is said, and not the same step right after it', () => {
    latch.warn(2 * MINUTE + 500);
    latch.clock.advance(5_000);
    expect(said).toEqual(['You will be signed out in 2 minutes. To go on working, choose “Stay signed in”.']);
  });

  it('is interrupted at once by a warning that opens with 20 seconds left', () => {
    latch.warn(15_000);
    latch.clock.advance(1_000);
    expect(said).toEqual(['! You will be signed out in 15 seconds. To go on working, choose “Stay signed in”.']);
  });

  it('hears that the server is being asked, and what it has said', async () => {
    latch.warn(90_000);
    latch.clock.advance(1_000);
    said.length = 0;
    warning.stay();
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    warning.stay();
    latch.active();
    expect(said).toEqual([
      'Asking the server for more time…',
      '! The server did not answer, so you do not have more time yet.',
      'Asking the server for more time…',
      'You are still signed in.',
    ]);
  });

  it('hears that no answer is needed any more when another tab has given it', () => {
    latch.warn(90_000);
    latch.clock.advance(1_000);
    said.length = 0;
    latch.active();
    expect(said).toEqual(['You are still signed in. No answer is needed any more.']);
  });

  it('is told of no false extension, and is left in peace until the last minute by a warning put away', () => {
    latch.warn(9 * MINUTE, { cause: 'absolute' });
    latch.clock.advance(1_000);
    warning.dismiss();
    latch.clock.advance(9 * MINUTE);
    expect(said).toEqual([
      'You will be signed out in 9 minutes.',
      '1 minute left.',
      '40 seconds left.',
      '! 20 seconds left.',
    ]);
  });
});
