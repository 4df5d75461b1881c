import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenForShortcut, readShortcut, type Shortcut } from '../../../src/screen/lock-shortcut.js';
import { createScreen } from '../../../src/screen/screen.js';
import { createFakeLatch, type FakeLatch, session, trusted } from './fake-latch.js';

let latch: FakeLatch;
let reached: string[];
let stop = () => {};
const listener = ({ key }: KeyboardEvent) => void reached.push(key);

beforeEach(() => {
  latch = createFakeLatch();
  reached = [];
  document.addEventListener('keydown', listener);
});
afterEach(() => {
  document.removeEventListener('keydown', listener);
  stop();
});

const of = (text: string) => readShortcut(text) as Shortcut;
const CONTROL_ALT = { ctrlKey: true, altKey: true };
function press(init: KeyboardEventInit & { altGraph?: boolean }, isTrusted = true): KeyboardEvent {
  const { altGraph = false, ...rest } = init;
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...rest });
  // happy-dom has no modifier states.
  Object.defineProperty(event, 'getModifierState', { value: (name: string) => name === 'AltGraph' && altGraph });
  document.body.dispatchEvent(isTrusted ? trusted(event) : event);
  return event;
}

describe('a shortcut', () => {
  it.each<[string, Partial<Shortcut>]>([
    ['Control+Alt+L', { control: true, alt: true, shift: false, meta: false, key: 'L' }],
    ['Meta+Shift+9', { control: false, alt: false, shift: true, meta: true, key: '9' }],
    ['Alt+F12', { control: false, alt: true, shift: false, meta: false, key: 'F12' }],
    ['Control+Alt+W', { control: true, alt: true, key: 'W' }],
  ])('is read from %s', (text, shortcut) => {
    expect(readShortcut(text)).toMatchObject(shortcut);
  });

  it.each([
    ['L', /neither Control, Alt nor Meta/],
    ['Shift+L', /neither Control, Alt nor Meta/],
    ['Control+W', /browser’s own/],
    ['Meta+Shift+T', /browser’s own/],
    ['control+alt+l', /no shortcut/],
    ['Control+Alt+?', /no shortcut/],
    ['Control+Control+L', /no shortcut/],
    ['Control+Alt', /no shortcut/],
    ['Control+', /no shortcut/],
    ['Control+F25', /no shortcut/],
    ['Control + L', /no shortcut/],
    ['', /no shortcut/],
  ])('is not read from "%s"', (text, why) => {
    expect(readShortcut(text)).toMatch(why);
  });

  it('that is none is an error that names the option, where the screen is made', () => {
    expect(() => createScreen(latch, { lockShortcut: 'L' })).toThrow(/^lockShortcut is "L": it has neither/);
    expect(() => createScreen(latch, { lockShortcut: 7 as never })).toThrow(TypeError);
  });
});

describe('pressing it', () => {
  it('locks, once, and the app does not hear of it', () => {
    stop = listenForShortcut(latch, of('Control+Alt+L'));
    const event = press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' });
    expect([latch.calls, reached, event.defaultPrevented]).toEqual([['lock'], [], true]);
    press({ ...CONTROL_ALT, key: 'l', code: 'KeyL', repeat: true });
    expect(latch.calls).toEqual(['lock']);
  });

  it.each<[string, KeyboardEventInit & { altGraph?: boolean }]>([
    ['without one of its keys', { ctrlKey: true, key: 'l', code: 'KeyL' }],
    ['with one more', { ...CONTROL_ALT, shiftKey: true, key: 'L', code: 'KeyL' }],
    ['another key', { ...CONTROL_ALT, key: 'k', code: 'KeyK' }],
    ['what AltGr writes', { ...CONTROL_ALT, key: 'ł', code: 'KeyL', altGraph: true }],
    ['while a character is composed', { ...CONTROL_ALT, key: 'l', code: 'KeyL', isComposing: true }],
    ['the place of L where another letter is written on it', { ...CONTROL_ALT, key: 'n', code: 'KeyL' }],
  ])('is not %s', (_, init) => {
    stop = listenForShortcut(latch, of('Control+Alt+L'));
    press(init);
    expect(latch.calls).toEqual([]);
    expect(reached).toHaveLength(1);
  });

  it.each<[string, string, KeyboardEventInit]>([
    ['the letter, wherever it is', 'Control+Alt+L', { ...CONTROL_ALT, key: 'l', code: 'KeyP' }],
    ['its place, where Alt makes another sign of it', 'Alt+L', { altKey: true, key: '¬', code: 'KeyL' }],
    ['its place on a keyboard of other letters', 'Control+Alt+L', { ...CONTROL_ALT, key: 'д', code: 'KeyL' }],
    ['a digit', 'Alt+9', { altKey: true, key: '9', code: 'Digit9' }],
    ['a function key', 'Alt+F12', { altKey: true, key: 'F12', code: 'F12' }],
  ])('is %s', (_, text, init) => {
    stop = listenForShortcut(latch, of(text));
    press(init);
    expect(latch.calls).toEqual(['lock']);
  });

  it('is for a person, in a session that is open', () => {
    stop = listenForShortcut(latch, of('Control+Alt+L'));
    press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' }, false);
    latch.show({ phase: 'locked', session, since: latch.read().now });
    const event = press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' });
    expect([latch.calls, event.defaultPrevented]).toEqual([[], false]);
  });

  it('works in a page with a screen, until that is stopped; and in none where nobody has set one', () => {
    const screen = createScreen(latch, { clock: latch.clock, lockShortcut: 'Control+Alt+L' });
    screen.start();
    press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' });
    expect(latch.calls).toEqual(['lock']);
    screen.stop();
    press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' });
    const plain = createScreen(latch, { clock: latch.clock });
    plain.start();
    press({ ...CONTROL_ALT, key: 'l', code: 'KeyL' });
    plain.stop();
    expect(latch.calls).toEqual(['lock']);
  });
});
