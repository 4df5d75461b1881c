import { beforeEach, describe, expect, it } from 'vitest';
import { callAttention } from '../../../src/screen/attention.js';
import { createMessages } from '../../../src/screen/messages.js';
import { createWarning } from '../../../src/screen/warning.js';
import { createFakeLatch, createFakeVisibility, type FakeLatch, MINUTE } from './fake-latch.js';

let latch: FakeLatch;
let visibility: ReturnType<typeof createFakeVisibility>;
let stop: () => void;

beforeEach(() => {
  document.title = 'Payments';
  latch = createFakeLatch();
  visibility = createFakeVisibility();
  const warning = createWarning(latch, { clock: latch.clock, visibility });
  warning.start();
  stop = callAttention(warning, { messages: createMessages(), visibility });
});

describe('the title of a tab', () => {
  it('calls only while the tab is hidden, and is given back when somebody comes', () => {
    latch.warn(2 * MINUTE);
    expect(document.title).toBe('Payments');
    visibility.set(false);
    expect(document.title).toBe('Signed out soon – Payments');
    visibility.set(true);
    expect(document.title).toBe('Payments');
  });

  it('is given back when the warning closes, or nobody listens any more', () => {
    visibility.set(false);
    latch.warn(2 * MINUTE);
    latch.active();
    expect(document.title).toBe('Payments');
    latch.warn(2 * MINUTE);
    stop();
    expect(document.title).toBe('Payments');
  });

  it('is the one that the app has set in the meantime', () => {
    visibility.set(false);
    latch.warn(2 * MINUTE);
    document.title = 'Accounts';
    latch.active();
    expect(document.title).toBe('Accounts');
  });
});
