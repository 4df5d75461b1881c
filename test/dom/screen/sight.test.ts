import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stopInput } from '../../../src/screen/input-stop.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { trusted } from './fake-latch.js';

let clock: ManualClock;
let stop: () => void;
let isCovered: boolean;
let reached: string[];

beforeEach(() => {
  clock = createManualClock();
  isCovered = false;
  reached = [];
  document.body.innerHTML = '<input id="field">';
  stop = stopInput(document, clock, () => isCovered, vi.fn());
  document.addEventListener('keydown', note);
});

afterEach(() => {
  stop();
  document.removeEventListener('keydown', note);
  be('visible');
});

const note = ({ key }: KeyboardEvent) => void reached.push(key);

function be(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

function press(key: string): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  document.querySelector('#field')?.dispatchEvent(trusted(event));
}

it('lets through what is done to a page in sight', () => {
  press('a');
  expect(reached).toEqual(['a']);
});

it('stops what was done while it was out of sight, and what waited for it to come back', () => {
  be('hidden');
  be('visible');
  press('a');
  clock.advance(99);
  press('b');
  clock.advance(1);
  press('c');
  expect(reached).toEqual(['c']);
});

it('does not take an earlier return for the present one', () => {
  be('hidden');
  be('visible');
  clock.advance(50);
  be('hidden');
  be('visible');
  clock.advance(50);
  press('a');
  expect(reached).toEqual([]);
});

it('believes the person where a shell says hidden of a page that is used all the same', () => {
  be('hidden');
  press('a');
  clock.advance(100);
  press('b');
  expect(reached).toEqual(['b']);
});

it('stops nothing of what scripts dispatch: it is no input', () => {
  be('hidden');
  document.querySelector('#field')?.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }));
  expect(reached).toEqual(['s']);
});

it('stops everything while the page is covered', () => {
  isCovered = true;
  press('a');
  expect(reached).toEqual([]);
});
