import { describe, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.ts';
import { createActivitySource } from '../../../src/user/activity.ts';
import type { EvidenceWindow } from '../../../src/user/evidence.ts';

type Members = { readonly [member: string]: unknown };

/** A window that hears what it is told to, trusted unless it says otherwise. */
function createWindow(clock: ManualClock) {
  const registered: { type: string; listener: (event: Event) => void; signal: AbortSignal | undefined }[] = [];
  const listening = () => registered.filter(({ signal }) => !signal?.aborted);
  const addEventListener: EvidenceWindow['addEventListener'] = (type, listener, { signal }) => {
    registered.push({ type, listener, signal });
  };
  const navigator = { userActivation: { isActive: false } };
  const document = { addEventListener, activeElement: undefined as unknown, hasFocus: () => true };
  return {
    length: 0,
    navigator,
    document,
    addEventListener,
    listening: () => listening().length,
    fire(type: string, more: Members = {}) {
      const event = { type, isTrusted: true, timeStamp: clock.read().monotonic, ...more };
      for (const one of listening()) if (one.type === type) one.listener(event as unknown as Event);
    },
  };
}

/** A source that has been started, on a page that has been open for 10 s. */
function setUp() {
  const clock = createManualClock({ monotonic: 10_000 });
  const window = createWindow(clock);
  const source = createActivitySource({ window, clock });
  let acted = 0;
  const stop = source.start(() => {
    acted += 1;
  });
  return { clock, window, source, stop, acted: () => acted };
}

const moved = { movementX: 3, movementY: 0, screenX: 103, screenY: 50 };

describe('evidence', () => {
  test.each([
    ...['pointerdown', 'mousedown', 'wheel', 'touchstart', 'touchmove', 'touchend', 'drop', 'click', 'paste'],
    ...['compositionstart', 'compositionupdate', 'compositionend'],
  ])('takes %s for strong evidence', (type) => {
    const { window, source } = setUp();
    window.fire(type);
    expect(source.take()).toEqual({ strong: 10_000 });
  });

  test.each(['focusin', 'input', 'scroll', 'selectionchange'])('takes %s for weak evidence', (type) => {
    const { window, source } = setUp();
    window.fire(type);
    expect(source.take()).toEqual({ weak: 10_000 });
  });

  test.each(['focusin', 'input', 'scroll', 'selectionchange'])(
    'takes %s for weak while the page is activated, and for the word of a person from before',
    (type) => {
      const { window, source } = setUp();
      window.navigator.userActivation.isActive = true;
      window.fire(type);
      expect(source.take()).toEqual({ weak: 10_000, strong: 5_000 });
    },
  );

  test('does not take what a script goes on doing after a key for more of the person', () => {
    const { clock, window, source } = setUp();
    window.fire('keydown', { repeat: false });
    window.navigator.userActivation.isActive = true;
    for (let passed = 0; passed < 4_800; passed += 200) {
      clock.advance(200);
      window.fire('scroll');
    }
    expect(source.take()).toEqual({ strong: 10_000, weak: 14_800 });
  });

  test('takes weak evidence where the browser knows no user activation', () => {
    const { clock } = setUp();
    const window = createWindow(clock);
    const source = createActivitySource({ window: { ...window, navigator: {} }, clock });
    source.start(() => undefined);
    window.fire('input');
    expect(source.take()).toEqual({ weak: 10_000 });
  });

  test.each(['pointerdown', 'pointermove', 'keydown', 'click', 'focusin', 'selectionchange'])(
    'ignores %s that a script has dispatched',
    (type) => {
      const { window, source, acted } = setUp();
      window.fire(type, { ...moved, isTrusted: false });
      expect(source.take()).toEqual({});
      expect(acted()).toBe(0);
    },
  );

  test.each(['visibilitychange', 'focus', 'blur', 'resize', 'beforeinput', 'keyup'])(
    'does not take %s for evidence',
    (type) => {
      const { window, source } = setUp();
      window.fire(type);
      expect(source.take()).toEqual({});
    },
  );

  test.each(['Escape', 'Shift', 'Control', 'Alt', 'Meta', 'a'])('takes the key %s for a person', (key) => {
    const { window, source } = setUp();
    window.fire('keydown', { key, repeat: false });
    expect(source.take()).toEqual({ strong: 10_000 });
  });

  test('does not take the focus for activity that a window gives back when it is focused again', () => {
    const { window, source } = setUp();
    const field = {};
    window.document.activeElement = field;
    window.fire('blur');
    window.fire('focusin', { target: field });
    expect(source.take()).toEqual({});
    window.fire('focusin', { target: field });
    expect(source.take()).toEqual({ weak: 10_000 });
  });

  test('takes the focus for activity that goes elsewhere when the window is focused again', () => {
    const { window, source } = setUp();
    window.document.activeElement = {};
    window.fire('blur');
    window.fire('focusin', { target: {} });
    expect(source.take()).toEqual({ weak: 10_000 });
  });
});

describe('a pointer', () => {
  test('counts when it moves', () => {
    const { window, source } = setUp();
    window.fire('pointermove', moved);
    expect(source.take()).toEqual({ strong: 10_000 });
  });

  test('counts when it moves straight up or straight across', () => {
    const { window, source } = setUp();
    window.fire('pointermove', { movementX: 0, movementY: 4, screenX: 5, screenY: 9 });
    expect(source.take()).toHaveProperty('strong');
    window.fire('pointermove', { movementX: 4, movementY: 0, screenX: 9, screenY: 9 });
    expect(source.take()).toHaveProperty('strong');
  });

  test('does not count when the layout moves under it', () => {
    const { clock, window, source } = setUp();
    window.fire('pointermove', moved);
    source.take();
    for (let i = 0; i < 100; i += 1) {
      clock.advance(60_000);
      window.fire('pointermove', { ...moved, movementX: 0 });
    }
    expect(source.take()).toEqual({});
  });

  test('does not count when the first thing heard of it is that it lies still', () => {
    const { window, source } = setUp();
    window.fire('pointermove', { ...moved, movementX: 0 });
    expect(source.take()).toEqual({});
  });

  test('counts when it has moved on the screen though the browser reports no movement', () => {
    const { window, source } = setUp();
    window.fire('pointermove', { ...moved, movementX: 0 });
    window.fire('pointermove', { ...moved, movementX: 0, screenY: 51 });
    expect(source.take()).toEqual({ strong: 10_000 });
  });

  test('counts when it is locked, so that it moves without changing its place', () => {
    const { window, source } = setUp();
    window.fire('pointermove', moved);
    source.take();
    window.fire('pointermove', moved);
    expect(source.take()).toEqual({ strong: 10_000 });
  });
});

describe('a key that is held', () => {
  /** Holds a key for a time, with what a browser sends along. */
  function hold({ clock, window }: ReturnType<typeof setUp>, milliseconds: number, ...effects: string[]): void {
    window.fire('keydown', { repeat: false });
    for (let passed = 0; passed < milliseconds; passed += 30) {
      clock.advance(30);
      window.navigator.userActivation.isActive = true;
      for (const type of ['keydown', ...effects]) window.fire(type, { repeat: true });
    }
  }

  test('counts for a while', () => {
    const set = setUp();
    hold(set, 3_000);
    expect(set.source.take().strong).toBe(set.clock.read().monotonic);
  });

  test.each(['input', 'scroll', 'selectionchange', 'click', 'paste', 'focusin', 'compositionupdate'])(
    'does not hold a session, whatever follows from it: %s',
    (effect) => {
      const set = setUp();
      hold(set, 20_000, effect);
      set.source.take();
      hold(set, 0);
      set.source.take();
      hold(set, 30_000, effect);
      const { strong, weak = 0 } = set.source.take();
      // What follows in the first ten seconds, while the key itself counts, is somebody's doing.
      expect(weak).toBeLessThan(set.clock.read().monotonic - 15_000);
      expect(strong).toBeLessThan(set.clock.read().monotonic - 15_000);
    },
  );

  test('counts again when it is pressed anew', () => {
    const set = setUp();
    hold(set, 30_000);
    set.source.take();
    set.window.fire('keydown', { repeat: false });
    expect(set.source.take()).toHaveProperty('strong');
  });

  test('does not hide the mouse, nor later input without keys', () => {
    const set = setUp();
    hold(set, 30_000);
    set.source.take();
    set.window.fire('mousedown');
    expect(set.source.take()).toHaveProperty('strong');
    set.clock.advance(3_000);
    set.window.navigator.userActivation.isActive = false;
    set.window.fire('input');
    set.window.fire('click', { timeStamp: 0 });
    expect(set.source.take()).toEqual({ weak: set.clock.read().monotonic, strong: set.clock.read().monotonic });
  });
});

describe('the pace', () => {
  test('says at once that somebody acts after a pause', () => {
    const { window, acted } = setUp();
    window.fire('pointerdown');
    expect(acted()).toBe(1);
  });

  test('says so at most once a second while they act, and tells the last stamp', () => {
    const { clock, window, source, acted } = setUp();
    const taken: unknown[] = [];
    source.start(() => taken.push(source.take()));
    for (let i = 0; i < 300; i += 1) {
      window.fire('mousedown');
      clock.advance(10);
    }
    expect(acted()).toBeLessThanOrEqual(4);
    clock.advance(1_000);
    expect(taken.at(-1)).toEqual({ strong: 12_990 });
  });

  test('has no timer while nobody acts', () => {
    const { clock, window, source, acted } = setUp();
    expect(clock.step()).toBe(false);
    window.fire('mousedown');
    source.take();
    clock.advance(1_000);
    expect(clock.step()).toBe(false);
    expect(acted()).toBe(1);
  });

  test('does not go on while nobody acts, even if nobody reads the stamps', () => {
    const { clock, window, acted } = setUp();
    window.fire('mousedown');
    window.fire('mousedown');
    clock.advance(10_000);
    expect(acted()).toBe(2);
    expect(clock.step()).toBe(false);
  });

  test('speaks of weak evidence too', () => {
    const { window, acted } = setUp();
    window.fire('input');
    expect(acted()).toBe(1);
  });

  test('stops, and starts again', () => {
    const { clock, window, source, stop, acted } = setUp();
    window.fire('mousedown');
    stop();
    expect(window.listening()).toBe(0);
    expect(clock.step()).toBe(false);
    window.fire('mousedown');
    expect(acted()).toBe(1);
    source.take();
    let again = 0;
    source.start(() => {
      again += 1;
    });
    window.fire('mousedown');
    expect(again).toBe(1);
  });
});

describe('the stamp', () => {
  test('is the latest since the last taking, and none after', () => {
    const { clock, window, source } = setUp();
    window.fire('mousedown', { timeStamp: 9_000 });
    window.fire('mousedown', { timeStamp: 8_000 });
    window.fire('input', { timeStamp: 7_000 });
    expect(source.take()).toEqual({ strong: 9_000, weak: 7_000 });
    expect(source.take()).toEqual({});
    clock.advance(5_000);
    expect(source.take()).toEqual({});
  });

  test.each([1_795_262_400_000, Number.POSITIVE_INFINITY, Number.NaN, 0, -5])(
    'is now where the browser stamps an event with %d, even if it is read hours later',
    (timeStamp) => {
      const { clock, window, source } = setUp();
      window.fire('mousedown');
      clock.advance(200);
      window.fire('mousedown', { timeStamp });
      clock.advance(3_600_000);
      expect(source.take()).toEqual({ strong: 10_200 });
    },
  );

  test('never lies ahead of the clock', () => {
    const { window, source } = setUp();
    window.fire('mousedown');
    window.fire('mousedown', { timeStamp: 10_050 });
    expect(source.take()).toEqual({ strong: 10_000 });
  });

  test('stays exact when the ring that ends a second comes late', () => {
    const { clock, window, source } = setUp();
    window.fire('mousedown');
    source.take();
    clock.advance(50_000);
    window.fire('mousedown', { timeStamp: 59_990 });
    expect(source.take()).toEqual({ strong: 59_990 });
  });
});

test('the first act after a sleep is known at once, though it came right after the last by the monotonic clock', () => {
  const { clock, window, acted } = setUp();
  window.fire('keydown');
  clock.advance(200);
  window.fire('keydown');
  expect(acted()).toBe(1);
  clock.sleep(3_600_000);
  window.fire('keydown');
  expect(acted()).toBe(2);
});
