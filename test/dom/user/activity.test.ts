import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualClock } from '../../../src/testing/manual-clock.ts';
import { createActivitySource } from '../../../src/user/activity.ts';
import { createPresence } from '../../../src/user/presence.ts';

let cleanUps: (() => void)[] = [];
beforeEach(() => {
  document.body.innerHTML = '<main><button>Save</button><input></main>';
});
afterEach(() => {
  for (const cleanUp of cleanUps) cleanUp();
  cleanUps = [];
});

function setUp() {
  const clock = createManualClock({ monotonic: 1e9 });
  const source = createActivitySource({ window, clock });
  cleanUps.push(source.start(() => undefined));
  return source;
}

const button = () => document.querySelector('button')!;

/** An event as the browser makes it for a person; happy-dom trusts none of its own. */
function trusted(event: Event): Event {
  Object.defineProperty(event, 'isTrusted', { value: true });
  return event;
}

test('sees what the person does although the app stops the event on its way', () => {
  const source = setUp();
  button().addEventListener('click', (event) => event.stopImmediatePropagation());
  document.body.addEventListener('click', (event) => event.stopImmediatePropagation(), { capture: true });
  cleanUps.push(() => document.body.replaceWith(document.createElement('body')));
  button().dispatchEvent(trusted(new MouseEvent('click', { bubbles: true })));
  expect(source.take()).toHaveProperty('strong');
});

test('sees the scrolling of an inner box, which does not bubble', () => {
  const source = setUp();
  document.querySelector('main')!.dispatchEvent(trusted(new Event('scroll', { bubbles: false })));
  expect(source.take()).toHaveProperty('weak');
});

test('sees the caret move', () => {
  const source = setUp();
  document.dispatchEvent(trusted(new Event('selectionchange')));
  expect(source.take()).toHaveProperty('weak');
});

/** happy-dom knows no `DragEvent` with a place. */
const dragged = (x: number, y: number): Event =>
  trusted(
    Object.assign(new Event('dragover', { bubbles: true }), { screenX: x, screenY: y, movementX: 0, movementY: 0 }),
  );

test('sees that something is dragged over the page, as long as it moves', () => {
  const source = setUp();
  button().dispatchEvent(dragged(100, 100));
  source.take();
  button().dispatchEvent(dragged(100, 104));
  expect(source.take()).toHaveProperty('strong');
  button().dispatchEvent(dragged(100, 104));
  expect(source.take()).toEqual({});
});

test.each(['input', 'cancel'])('takes the %s of a file chooser for what only a person does', (type) => {
  const source = setUp();
  const field = document.querySelector('input')!;
  field.type = 'file';
  field.dispatchEvent(trusted(new Event(type, { bubbles: true })));
  expect(source.take()).toHaveProperty('strong');
});

test('does not take the closing of a dialog for the choosing of a file', () => {
  const source = setUp();
  document.querySelector('main')!.dispatchEvent(trusted(new Event('cancel')));
  expect(source.take()).toEqual({});
});

test('does not see what scripts do', () => {
  const source = setUp();
  button().click();
  button().focus();
  button().dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
  window.dispatchEvent(new Event('focus'));
  expect(source.take()).toEqual({});
});

test('does not take an element that loses the focus for a window that does', () => {
  const source = setUp();
  const field = document.querySelector('input')!;
  field.focus();
  field.dispatchEvent(trusted(new Event('blur')));
  field.dispatchEvent(trusted(new Event('focusin', { bubbles: true })));
  expect(source.take()).toHaveProperty('weak');
});

test('does not take the focus that a window gives back to a field for activity', () => {
  const source = setUp();
  const field = document.querySelector('input')!;
  field.focus();
  window.dispatchEvent(trusted(new Event('blur')));
  field.dispatchEvent(trusted(new Event('focusin', { bubbles: true })));
  expect(source.take()).toEqual({});
});

test('looks when the window is focused, not when an element in it is', () => {
  const looks: string[] = [];
  cleanUps.push(createPresence({ window, document }).start((reason) => looks.push(reason)));
  button().focus();
  button().dispatchEvent(new Event('focus'));
  expect(looks).toEqual([]);
  window.dispatchEvent(new Event('focus'));
  expect(looks).toEqual(['focus']);
});
