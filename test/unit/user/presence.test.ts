import { expect, test } from 'vitest';
import type { LookReason } from '../../../src/ports.ts';
import { createPresence } from '../../../src/user/presence.ts';

/** A page whose browser can be told what to say of it. */
function setUp({ prerendering = false }: { readonly prerendering?: boolean } = {}) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), {
    visibilityState: (prerendering ? 'hidden' : 'visible') as DocumentVisibilityState,
    prerendering,
  });
  const types: string[] = [];
  const listenTo = (target: EventTarget) => ({
    addEventListener: (type: string, listener: (event: Event) => void, options: AddEventListenerOptions) => {
      types.push(type);
      target.addEventListener(type, listener, options);
    },
  });
  const presence = createPresence({
    window: listenTo(window),
    document: Object.setPrototypeOf(listenTo(document), document) as ReturnType<typeof listenTo> & typeof document,
  });
  const looks: LookReason[] = [];
  const stop = presence.start((reason) => looks.push(reason));
  return { window, document, presence, looks, stop, types };
}

test('looks when the page is shown and when it is hidden', () => {
  const { document, presence, looks } = setUp();
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  expect(presence.isVisible()).toBe(false);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  expect(presence.isVisible()).toBe(true);
  expect(looks).toEqual(['hidden', 'visible']);
});

test('tells a page that comes back from the cache from one that has just been loaded', () => {
  const { window, looks } = setUp();
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  expect(looks).toEqual([]);
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  expect(looks).toEqual(['restored']);
});

test.each<[target: 'window' | 'document', type: string, reason: LookReason]>([
  ['window', 'pagehide', 'parting'],
  ['document', 'freeze', 'parting'],
  ['document', 'resume', 'resumed'],
  ['window', 'focus', 'focus'],
  ['window', 'online', 'online'],
])('looks on %s %s: %s', (target, type, reason) => {
  const set = setUp();
  set[target].dispatchEvent(new Event(type));
  expect(set.looks).toEqual([reason]);
});

test('takes a page that is being prerendered for hidden until somebody opens it', () => {
  const { document, presence, looks } = setUp({ prerendering: true });
  document.visibilityState = 'visible';
  expect(presence.isVisible()).toBe(false);
  document.prerendering = false;
  document.dispatchEvent(new Event('prerenderingchange'));
  expect(presence.isVisible()).toBe(true);
  expect(looks).toEqual(['visible']);
});

test('tells when somebody opens a page that is being prerendered, and has nothing to wait for in any other', async () => {
  const { document, presence } = setUp({ prerendering: true });
  const told: string[] = [];
  void presence.prerendering()?.then(() => told.push('opened'));
  document.dispatchEvent(new Event('visibilitychange'));
  await Promise.resolve();
  expect(told).toEqual([]);
  document.prerendering = false;
  document.dispatchEvent(new Event('prerenderingchange'));
  await Promise.resolve();
  expect(told).toEqual(['opened']);
  expect(presence.prerendering()).toBeUndefined();
});

test('keeps the page fit for the back/forward cache: nothing on unload or beforeunload', () => {
  const { types } = setUp();
  expect(types).toContain('pagehide');
  expect(types.filter((type) => type.includes('unload'))).toEqual([]);
});

test('is silent once stopped, and can be started again', () => {
  const { window, presence, looks, stop } = setUp();
  stop();
  window.dispatchEvent(new Event('focus'));
  expect(looks).toEqual([]);
  presence.start((reason) => looks.push(reason));
  window.dispatchEvent(new Event('focus'));
  expect(looks).toEqual(['focus']);
});

test('tells when a page goes on that was frozen, and has nothing to wait for before and after', async () => {
  const { document, presence } = setUp();
  expect(presence.frozen()).toBeUndefined();
  document.dispatchEvent(new Event('freeze'));
  const told: string[] = [];
  void presence.frozen()?.then(() => told.push('goes on'));
  document.dispatchEvent(new Event('freeze'));
  await Promise.resolve();
  expect(told).toEqual([]);
  document.dispatchEvent(new Event('resume'));
  await Promise.resolve();
  expect(told).toEqual(['goes on']);
  expect(presence.frozen()).toBeUndefined();
});
