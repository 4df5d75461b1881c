import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { type DictationOptions, dictation } from '../../../src/user/dictation.js';

let clock: ManualClock;
let heard: string[];
let isWarned: boolean;
let stop: () => void;

function start(options?: DictationOptions): void {
  stop = dictation(options).start(
    { strong: () => heard.push('strong'), weak: () => heard.push('weak') },
    { clock, isWarned: () => isWarned },
  );
}

beforeEach(() => {
  clock = createManualClock();
  heard = [];
  isWarned = false;
  stop = () => {};
  document.body.innerHTML =
    '<input id="text"><input id="secret" type="password"><textarea id="long"></textarea><button id="button">';
});

afterEach(() => stop());

const field = (id: string) => document.getElementById(id) as HTMLInputElement;
function focus(id: string): HTMLInputElement {
  field(id).focus();
  field(id).dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  return field(id);
}

function write(control: HTMLInputElement): void {
  control.value = 'spoken';
}

describe('dictation', () => {
  it.each(['text', 'long'])('is weak evidence where the focused %s control changes without an event', (id) => {
    start();
    focus(id).value = 'spoken';
    clock.advance(2_000);
    clock.advance(10_000);
    expect(heard).toEqual(['weak']);
  });

  it('is found in a control that had the focus before', () => {
    focus('text');
    start();
    field('text').value = 'spoken';
    clock.advance(2_000);
    expect(heard).toEqual(['weak']);
  });

  it('is not what an event has told of, which counts by itself', () => {
    start();
    const control = focus('text');
    control.value = 'typed';
    control.dispatchEvent(new Event('input', { bubbles: true }));
    clock.advance(10_000);
    expect(heard).toEqual([]);
  });

  it.each([
    ['a control that has no focus', () => write(field('long'))],
    ['a password', () => write(focus('secret'))],
  ])('is not %s', (_, change) => {
    start();
    focus('text');
    change();
    clock.advance(10_000);
    expect(heard).toEqual([]);
  });

  it('is nothing during a warning, nor is it made up for after', () => {
    start();
    const control = focus('text');
    isWarned = true;
    control.value = 'spoken';
    clock.advance(2_000);
    isWarned = false;
    clock.advance(10_000);
    expect(heard).toEqual([]);
  });

  it('is not looked for where nothing to write in has the focus, or after it stops', () => {
    const waits: number[] = [];
    const read = clock.wait;
    clock = {
      ...clock,
      wait(delay, ring) {
        waits.push(delay);
        return read(delay, ring);
      },
    };
    start({ every: 500 });
    focus('button');
    clock.advance(10_000);
    expect(waits).toEqual([]);
    focus('text').value = 'spoken';
    stop();
    clock.advance(10_000);
    expect(heard).toEqual([]);
  });

  it.each([0, 499, 60_001, Number.NaN, '2000'])('refuses to look every %j', (every) => {
    expect(() => dictation({ every: every as number })).toThrow(/^every is/);
  });
});
