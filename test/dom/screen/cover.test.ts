import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionView } from '../../../src/rules/view.js';
import { type Cover, createCover } from '../../../src/screen/cover.js';
import { createFakeLatch, type FakeLatch, session } from './fake-latch.js';

let latch: FakeLatch;
let cover: Cover;

/** happy-dom knows no `content-visibility`: here the sheet stands for what it does, which real browsers are asked about. */
const isCovered = () =>
  document.adoptedStyleSheets.some((sheet) => sheet.cssRules[0]?.cssText.includes('html > :not([data-nightlatch])'));

beforeEach(() => {
  document.body.innerHTML = '<input id="field"><button id="pay">Pay</button>';
  latch = createFakeLatch();
  cover = createCover(latch, { clock: latch.clock });
});

afterEach(() => {
  cover.start();
  latch.active();
  window.dispatchEvent(new Event('pageshow'));
  cover.stop();
  document.documentElement.removeAttribute('data-public');
  expect([isCovered(), latch.clock.step()]).toEqual([false, false]);
});

describe('the cover', () => {
  it('does nothing before it is started', () => {
    latch.expire();
    expect(isCovered()).toBe(false);
  });

  it('is up in the same task in which the session is not open any more, and down when it is again', () => {
    cover.start();
    expect(isCovered()).toBe(false);
    latch.expire();
    expect(isCovered()).toBe(true);
    latch.active();
    expect(isCovered()).toBe(false);
  });

  it('is up at the start where the view says so', () => {
    latch.show({ phase: 'pending', covered: true });
    cover.start();
    expect(isCovered()).toBe(true);
  });

  it('stays off a page that waits in its first second, or where nobody is signed in', () => {
    cover.start();
    latch.show({ phase: 'pending', covered: false });
    expect(isCovered()).toBe(false);
    latch.show({ phase: 'absent' });
    expect(isCovered()).toBe(false);
  });

  it('leaves the style sheets of others alone', () => {
    const theirs = new CSSStyleSheet();
    document.adoptedStyleSheets = [theirs];
    cover.start();
    latch.expire();
    latch.active();
    expect(document.adoptedStyleSheets).toEqual([theirs]);
    document.adoptedStyleSheets = [];
  });

  it('is put back by the next look when somebody replaced the style sheets', () => {
    cover.start();
    latch.expire();
    document.adoptedStyleSheets = [];
    latch.end('idle');
    expect(isCovered()).toBe(true);
    document.adoptedStyleSheets = [];
    latch.clock.advance(1_000);
    expect(isCovered()).toBe(true);
  });

  it('takes the focus from the page at once, for keys in a frame of another origin pass by every listener here', () => {
    cover.start();
    document.getElementById('field')?.focus();
    latch.expire();
    expect(document.activeElement).toBe(document.body);
    latch.active();
    expect(document.activeElement?.id).toBe('field');
  });

  it('gives the focus back, to what stands in its place where a framework has rendered it anew', () => {
    cover.start();
    document.getElementById('field')?.focus();
    latch.expire();
    (document.activeElement as HTMLElement).blur();
    document.body.innerHTML = '<input id="field">';
    latch.active();
    expect(document.activeElement?.id).toBe('field');
  });

  it('leaves the focus where the app has put it in the meantime', () => {
    cover.start();
    document.getElementById('field')?.focus();
    latch.expire();
    document.getElementById('pay')?.focus();
    latch.active();
    expect(document.activeElement?.id).toBe('pay');
  });
});

describe('stopping', () => {
  it('takes no cover down', () => {
    cover.start();
    latch.expire();
    cover.stop();
    latch.active();
    expect(isCovered()).toBe(true);
  });

  it('leaves what is covered to the next cover that is started', () => {
    cover.start();
    latch.expire();
    cover.stop();
    const next = createCover(latch, { clock: latch.clock });
    next.start();
    expect(isCovered()).toBe(true);
    latch.active();
    expect(isCovered()).toBe(false);
    next.stop();
  });

  it('of one of two covers does not uncover what the other still covers', () => {
    const other = createFakeLatch();
    const second = createCover(other, { clock: other.clock });
    cover.start();
    second.start();
    latch.expire();
    other.expire();
    latch.active();
    expect(isCovered()).toBe(true);
    other.active();
    expect(isCovered()).toBe(false);
    second.stop();
  });
});

describe('input', () => {
  const types = ['keydown', 'keyup', 'pointerdown', 'click', 'beforeinput', 'paste', 'drop', 'submit'];

  it.each(types)('%s reaches nobody outside of our elements while covered, and everybody again after', (type) => {
    cover.start();
    const heard: string[] = [];
    const hear = () => heard.push(type);
    for (const target of [window, document, document.body]) target.addEventListener(type, hear, true);
    const send = () => {
      const event = new Event(type, { bubbles: true, cancelable: true });
      document.getElementById('pay')?.dispatchEvent(event);
      return event;
    };
    latch.expire();
    expect([send().defaultPrevented, heard]).toEqual([true, []]);
    latch.active();
    expect([send().defaultPrevented, heard.length]).toEqual([false, 3]);
    for (const target of [window, document, document.body]) target.removeEventListener(type, hear, true);
  });

  it('in an element of ours is let through', () => {
    cover.start();
    latch.expire();
    const ours = document.createElement('div');
    ours.setAttribute('data-nightlatch', '');
    const button = document.createElement('button');
    ours.append(button);
    document.documentElement.append(ours);
    let clicks = 0;
    button.addEventListener('click', () => {
      clicks += 1;
    });
    button.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }));
    expect(clicks).toBe(1);
    ours.remove();
  });

  it('first makes the latch look, so that a key after a night of sleep does not reach the page', () => {
    // Whoever asks is told what is so now; whoever subscribed hears of it a little later.
    const over: SessionView = { phase: 'expired', session, deadline: { at: latch.read().now, cause: 'idle' } };
    const sleepy = { ...latch, getView: () => (latch.clock.passed() > 0 ? over : latch.getView()) };
    const woken = createCover(sleepy, { clock: latch.clock });
    woken.start();
    latch.clock.sleep(60_000);
    let reached = false;
    document.body.addEventListener('keydown', () => {
      reached = true;
    });
    document.getElementById('field')?.dispatchEvent(new Event('keydown', { bubbles: true, cancelable: true }));
    expect([reached, isCovered()]).toEqual([false, true]);
    woken.stop();
    cover.start();
  });

  it('leaves Tab and the keys of the browser to the browser', () => {
    cover.start();
    latch.expire();
    const prevented = (init: KeyboardEventInit) => {
      const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect([prevented({ key: 'Tab' }), prevented({ key: 'r', ctrlKey: true }), prevented({ key: 'F5' })]).toEqual([
      false,
      false,
      false,
    ]);
    expect([prevented({ key: 'Escape' }), prevented({ key: 'a' })]).toEqual([true, true]);
  });
});

describe('leaving the page', () => {
  it('covers it, and opens it on return only where the view is open', () => {
    cover.start();
    window.dispatchEvent(new Event('pagehide'));
    expect(isCovered()).toBe(true);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(isCovered()).toBe(true);
    document.dispatchEvent(new Event('freeze'));
    document.dispatchEvent(new Event('resume'));
    expect(isCovered()).toBe(true);
    window.dispatchEvent(new Event('pageshow'));
    expect(isCovered()).toBe(false);
    window.dispatchEvent(new Event('pagehide'));
    latch.end('revoked');
    window.dispatchEvent(new Event('pageshow'));
    expect(isCovered()).toBe(true);
  });

  it('covers a page that is frozen where it stands, until it resumes', () => {
    cover.start();
    document.dispatchEvent(new Event('freeze'));
    expect(isCovered()).toBe(true);
    document.dispatchEvent(new Event('resume'));
    expect(isCovered()).toBe(false);
  });

  it('covers no page on which nobody is signed in', () => {
    latch.show({ phase: 'absent' });
    cover.start();
    window.dispatchEvent(new Event('pagehide'));
    expect(isCovered()).toBe(false);
  });
});

describe('a public page', () => {
  it('is never covered, by the option', () => {
    const open = createCover(latch, { clock: latch.clock, publicPage: true });
    open.start();
    latch.end('idle');
    window.dispatchEvent(new Event('pagehide'));
    expect(isCovered()).toBe(false);
    open.stop();
  });

  it('is never covered, by the attribute, which an app may set and remove', async () => {
    document.documentElement.setAttribute('data-public', '');
    cover.start();
    latch.end('idle');
    expect(isCovered()).toBe(false);
    document.documentElement.removeAttribute('data-public');
    // Observers are told in a task of their own.
    await new Promise((resolve) => setTimeout(resolve));
    expect(isCovered()).toBe(true);
  });
});
