import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import type { PageListener } from '../../../src/user/evidence.js';
import { watchForeignFrames } from '../../../src/user/foreign-frames.js';
import { type FramedWindow, listenInFrames } from '../../../src/user/frames.js';

type Listener = (event: Event) => void;

/** Something that keeps its listeners, and tells them. */
function createTarget() {
  const listeners: { type: string; listener: Listener; signal: AbortSignal | undefined }[] = [];
  return {
    addEventListener(type: string, listener: Listener, { signal }: AddEventListenerOptions) {
      listeners.push({ type, listener, signal });
    },
    fire(type: string, more: object = {}) {
      const event = { type, isTrusted: true, timeStamp: 5, ...more } as unknown as Event;
      for (const one of [...listeners]) if (one.type === type && !one.signal?.aborted) one.listener(event);
    },
    listening: () => listeners.filter(({ signal }) => !signal?.aborted).length,
  };
}

interface FakeWindow extends ReturnType<typeof createTarget> {
  readonly document: ReturnType<typeof createTarget> & { activeElement: unknown };
  readonly navigator: object;
  length: number;
  [index: number]: unknown;
}

function createWindow(...frames: unknown[]): FakeWindow {
  return {
    ...createTarget(),
    document: { ...createTarget(), activeElement: undefined },
    navigator: {},
    ...frames,
    length: frames.length,
  };
}

/** A window of another origin: to look into it throws. */
const foreign = {
  get document(): unknown {
    throw new DOMException('Blocked', 'SecurityError');
  },
};

function setUp(page: FakeWindow) {
  const heard: string[] = [];
  const listener: PageListener = {
    strong: (stamp) => heard.push(`strong ${stamp}`),
    weak: (stamp) => heard.push(`weak ${stamp}`),
    activated: (stamp) => heard.push(`activated ${stamp}`),
  };
  const listening = new AbortController();
  listenInFrames(page as unknown as FramedWindow, listener, listening.signal);
  return { heard, stop: () => listening.abort() };
}

describe('frames of this origin', () => {
  it('are listened in, nested ones too, and their acts are dated now: they count time from another beginning', () => {
    const inner = createWindow();
    const outer = createWindow(inner);
    const { heard } = setUp(createWindow(outer));
    outer.fire('keydown');
    inner.fire('wheel');
    inner.fire('input');
    expect(heard).toEqual(['strong 0', 'strong 0', 'weak 0']);
  });

  it.each([
    ['when they have loaded', (page: FakeWindow, target: unknown) => page.document.fire('load', { target })],
    [
      'when the pointer comes over',
      (page: FakeWindow, target: unknown) => page.document.fire('pointerover', { target }),
    ],
    [
      'when the focus goes in',
      (page: FakeWindow, target: unknown) => {
        page.document.activeElement = target;
        page.fire('blur');
      },
    ],
  ])('that come later are found %s', (_, find) => {
    const page = createWindow();
    const frame = createWindow();
    const { heard } = setUp(page);
    find(page, { contentWindow: frame });
    frame.fire('keydown');
    expect(heard).toEqual(['strong 0']);
  });

  it('are found in frames that came later themselves', () => {
    const page = createWindow();
    const [outer, inner] = [createWindow(), createWindow()];
    const { heard } = setUp(page);
    page.document.fire('load', { target: { contentWindow: outer } });
    outer.document.fire('load', { target: { contentWindow: inner } });
    inner.fire('pointerdown');
    expect(heard).toEqual(['strong 0']);
  });

  it('are listened in once for each document, and anew for the next one', () => {
    const page = createWindow();
    const frame = createWindow();
    const { heard } = setUp(page);
    const target = { contentWindow: frame };
    for (const type of ['load', 'pointerover', 'load']) page.document.fire(type, { target });
    frame.fire('keydown');
    expect(heard).toHaveLength(1);
    const next = createWindow();
    page.document.fire('load', { target: { contentWindow: next } });
    next.fire('keydown');
    expect(heard).toHaveLength(2);
  });

  it('are left in peace when it stops', () => {
    const frame = createWindow();
    const { heard, stop } = setUp(createWindow(frame));
    stop();
    frame.fire('keydown');
    expect([heard, frame.listening(), frame.document.listening()]).toEqual([[], 0, 0]);
  });
});

it('passes over frames of other origins, and things that are no frames', () => {
  const page = createWindow(foreign);
  const { heard } = setUp(page);
  for (const target of [{ contentWindow: foreign }, { contentWindow: null }, {}, null]) {
    page.document.fire('load', { target });
    page.document.fire('pointerover', { target });
  }
  expect(heard).toEqual([]);
});

describe('frames of other origins', () => {
  function scene() {
    const clock = createManualClock({ monotonic: 100_000 });
    const state = {
      hasFocus: true,
      activeElement: { localName: 'body' },
      isActive: false,
      visibilityState: 'visible' as DocumentVisibilityState,
    };
    const window = {
      ...createTarget(),
      document: {
        ...createTarget(),
        hasFocus: () => state.hasFocus,
        get activeElement() {
          return state.activeElement;
        },
        get visibilityState() {
          return state.visibilityState;
        },
      },
      navigator: {
        userActivation: {
          get isActive() {
            return state.isActive;
          },
        },
      },
    };
    const heard: number[] = [];
    const listening = new AbortController();
    let waits = 0;
    const counted = {
      ...clock,
      wait(delay: number, ring: () => void) {
        waits += 1;
        return clock.wait(delay, ring);
      },
    };
    watchForeignFrames(window, counted, (stamp) => heard.push(stamp), listening.signal);
    return { clock, state, window, heard, waits: () => waits, stop: () => listening.abort() };
  }

  it('are heard by the activation that a click or a key in them gives to the page, dated by the earliest it can be', () => {
    const { clock, state, window, heard } = scene();
    window.fire('blur');
    clock.advance(2_000);
    state.isActive = true;
    clock.advance(2_000);
    clock.advance(2_000);
    expect(heard).toEqual([102_000, 101_000]);
  });

  it('cost no timer while the focus is in the page, in another window, or out of sight', () => {
    const { clock, state, window, waits } = scene();
    clock.advance(60_000);
    expect(waits()).toBe(0);
    state.hasFocus = false;
    window.fire('blur');
    clock.advance(60_000);
    expect(waits()).toBe(0);
    state.hasFocus = true;
    state.visibilityState = 'hidden';
    window.document.fire('visibilitychange');
    clock.advance(60_000);
    expect(waits()).toBe(0);
    state.visibilityState = 'visible';
    window.document.fire('visibilitychange');
    clock.advance(3_900);
    expect(waits()).toBe(2);
    window.fire('focus');
    clock.advance(60_000);
    expect(waits()).toBe(2);
  });

  it('are looked at again when the person comes back to a window whose focus is still inside one', () => {
    const { clock, state, window, heard } = scene();
    window.fire('blur');
    state.hasFocus = false;
    clock.advance(10_000);
    state.hasFocus = true;
    state.isActive = true;
    window.document.fire('pointerover');
    expect(heard).toHaveLength(1);
  });

  it('are heard where a document has no focus while a frame in it has, as in WebKit', () => {
    const { clock, state, window, heard } = scene();
    state.hasFocus = false;
    state.activeElement = { localName: 'iframe' };
    window.fire('blur');
    state.isActive = true;
    clock.advance(2_000);
    expect(heard).toHaveLength(1);
  });

  it('are no longer looked at when it stops', () => {
    const { clock, state, window, heard, stop } = scene();
    window.fire('blur');
    stop();
    state.isActive = true;
    clock.advance(10_000);
    expect(heard).toEqual([]);
  });
});
