import { afterEach, describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createActivityRelay, frameMessages } from '../../../src/user/frame-messages.js';

const ORIGIN = 'https://pay.example';
const good = { nightlatch: 'activity', version: 1, strength: 'strong', ago: 40 };
/** A window inside this page, two frames deep. */
const inside = { parent: { parent: window } };

function scene(origins: readonly string[] = [ORIGIN]) {
  const clock = createManualClock({ monotonic: 10_000 });
  const heard: string[] = [];
  const stop = frameMessages({ origins }).start(
    { strong: (stamp) => heard.push(`strong ${stamp}`), weak: (stamp) => heard.push(`weak ${stamp}`) },
    { clock, isWarned: () => false },
  );
  stops.push(stop);
  return { heard, stop };
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function receive(data: unknown, { origin = ORIGIN, source = inside as unknown } = {}): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  window.dispatchEvent(event);
}

describe('a frame that cooperates', () => {
  it('is believed, and what it tells of is dated', () => {
    const { heard } = scene();
    receive(good);
    receive({ ...good, strength: 'weak', ago: 0 });
    expect(heard).toEqual(['strong 9960', 'weak 10000']);
  });

  it.each<[what: string, data: unknown]>([
    ['no message of ours', 'person-acted'],
    ['nothing', null],
    ['another version', { ...good, version: 2 }],
    ['an unknown strength', { ...good, strength: 'toString' }],
    ['an act in the future', { ...good, ago: -1 }],
    ['an act of long ago', { ...good, ago: 60_000 }],
    ['no number', { ...good, ago: Number.NaN }],
    ['a number as text', { ...good, ago: '1' }],
  ])('is not believed where it says %s', (_, data) => {
    const { heard } = scene();
    receive(data);
    expect(heard).toEqual([]);
  });

  it.each<[who: string, from: { origin?: string; source?: unknown }]>([
    ['of another origin', { origin: 'https://pay.example.evil' }],
    ['of an opaque origin', { origin: 'null' }],
    [
      'that opened this page',
      {
        source: (() => {
          const opener = { parent: undefined as unknown };
          opener.parent = opener;
          return opener;
        })(),
      },
    ],
    ['that is gone', { source: null }],
    ['that is this page itself', { source: window }],
  ])('is not believed if it is a window %s', (_, from) => {
    const { heard } = scene();
    receive(good, from);
    expect(heard).toEqual([]);
  });

  it('is not heard after it stops', () => {
    const { heard, stop } = scene();
    stop();
    receive(good);
    expect(heard).toEqual([]);
  });

  it.each(['*', 'null', 'pay.example', 'https://pay.example/', 'https://*.example', '', 1])(
    'has an exact origin: %j is refused by name',
    (origin) => {
      expect(() => frameMessages({ origins: [origin as string] })).toThrow(/^origins has/);
      expect(() => createActivityRelay({ to: origin as string })).toThrow(/^to has/);
    },
  );

  it('is one of at least one', () => {
    expect(() => frameMessages({ origins: [] })).toThrow(TypeError);
  });
});

describe('the relay in the frame', () => {
  it('tells the page around it, at most once a second, that and when the person acted, and nothing of what was done', () => {
    const clock = createManualClock({ monotonic: 10_000 });
    const post = vi.fn();
    const parent = { postMessage: post };
    const original = Object.getOwnPropertyDescriptor(window, 'parent');
    Object.defineProperty(window, 'parent', { value: parent, configurable: true });
    try {
      const relay = createActivityRelay({ to: 'https://bank.example', clock });
      relay.start();
      relay.start();
      const press = () => {
        const event = new KeyboardEvent('keydown', { key: 's' });
        Object.defineProperty(event, 'isTrusted', { value: true });
        Object.defineProperty(event, 'timeStamp', { value: clock.read().monotonic });
        window.dispatchEvent(event);
      };
      press();
      clock.advance(300);
      press();
      press();
      clock.advance(700);
      expect(post.mock.calls).toEqual([
        [{ nightlatch: 'activity', version: 1, strength: 'strong', ago: 0 }, 'https://bank.example'],
        [{ nightlatch: 'activity', version: 1, strength: 'strong', ago: 700 }, 'https://bank.example'],
      ]);
      relay.stop();
      press();
      expect(post).toHaveBeenCalledTimes(2);
    } finally {
      if (original) Object.defineProperty(window, 'parent', original);
    }
  });

  it('does nothing in a page that is no frame', () => {
    const clock = createManualClock();
    const post = vi.spyOn(window, 'postMessage');
    const relay = createActivityRelay({ to: location.origin === 'null' ? ORIGIN : location.origin, clock });
    relay.start();
    window.dispatchEvent(new KeyboardEvent('keydown'));
    expect(post).not.toHaveBeenCalled();
    relay.stop();
  });
});
