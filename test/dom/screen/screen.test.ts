import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScreen, type Screen, type ScreenOptions } from '../../../src/screen/screen.js';
import { createFakeLatch, type FakeLatch, MINUTE, session, trusted } from './fake-latch.js';

let latch: FakeLatch;
let screen: Screen;

beforeEach(() => {
  document.title = 'Payments';
  document.body.innerHTML = '<input id="field">';
  latch = createFakeLatch();
  screen = createScreen(latch, { clock: latch.clock, signInUrl: '/sign-in' });
});

afterEach(() => {
  screen.start();
  latch.active();
  screen.stop();
  expect(document.querySelectorAll('html > [data-nightlatch]')).toHaveLength(0);
});

const find = (tag: `nightlatch-${'warning' | 'ended' | 'elsewhere'}`, selector: string) =>
  document.querySelector(`html > ${tag}`)?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
const warning = () => find('nightlatch-warning', 'dialog') as HTMLDialogElement;
const panel = () => find('nightlatch-ended', 'dialog') as HTMLDialogElement;
/** The buttons and links of a dialog that are there to be used, by their words. */
const offers = (dialog: HTMLElement) =>
  [...dialog.querySelectorAll<HTMLElement>('button, a')].filter((one) => !one.hidden).map((one) => one.textContent);
const press = (dialog: HTMLElement, words: string) => {
  const buttons = [...dialog.querySelectorAll<HTMLElement>('button')];
  const button = buttons.find((one) => one.textContent === words && !one.hidden);
  button?.dispatchEvent(trusted(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true })));
};
const esc = () =>
  warning().dispatchEvent(trusted(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })));
/** A dialog that opens after the change does so in the next task. */
const nextTask = () => latch.clock.advance(0);
const text = (element: HTMLElement | null) => element?.textContent ?? '';

describe('the warning', () => {
  beforeEach(() => screen.start());

  it('is a labelled and described alert dialog with its live regions ready and empty', () => {
    latch.warn(2 * MINUTE);
    const dialog = warning();
    expect(dialog.open).toBe(true);
    expect(dialog.getAttribute('role')).toBe('alertdialog');
    const root = dialog.getRootNode() as ShadowRoot;
    expect(text(root.getElementById(dialog.getAttribute('aria-labelledby') ?? ''))).toBe(
      'You’re about to be signed out',
    );
    expect(text(root.getElementById(dialog.getAttribute('aria-describedby') ?? ''))).toContain(
      '15 minutes without activity',
    );
    expect([...dialog.querySelectorAll('[role=status], [role=alert]')].map((one) => one.textContent)).toEqual(['', '']);
    expect(dialog.querySelector('.time')?.getAttribute('aria-hidden')).toBe('true');
    expect(root.activeElement?.textContent).toBe('Stay signed in');
  });

  it('lets go of the pointer, which could not reach it where the page has taken hold of it', () => {
    const exits: boolean[] = [];
    // happy-dom has no pointer lock.
    Object.assign(document, { exitPointerLock: () => exits.push(warning().open) });
    try {
      latch.warn(2 * MINUTE);
      expect(exits).toEqual([false]);
      expect(warning().open).toBe(true);
    } finally {
      Reflect.deleteProperty(document, 'exitPointerLock');
    }
  });

  it('takes an answer though a dialog of the app stops every click outside of it', () => {
    const stop = (event: Event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener('click', stop, { capture: true });
    try {
      latch.warn(2 * MINUTE);
      latch.clock.advance(1_000);
      press(warning(), 'Stay signed in');
      expect(latch.calls).toEqual(['extend']);
    } finally {
      document.removeEventListener('click', stop, { capture: true });
    }
  });

  it('speaks in the dialog while it is open and outside of it when it has closed', () => {
    latch.warn(2 * MINUTE);
    latch.clock.advance(MINUTE);
    expect(text(warning().querySelector('[role=status]'))).toBe('1 minute left.');
    latch.clock.advance(40_000);
    expect(text(warning().querySelector('[role=alert]'))).toBe('20 seconds left.');
    latch.active();
    expect(text(warning().querySelector('[role=status]'))).toBe('');
    expect(text(find('nightlatch-warning', ':host > [role=status], dialog ~ [role=status]'))).toContain(
      'still signed in',
    );
  });

  it('takes an answer from a person only', () => {
    latch.warn(2 * MINUTE);
    latch.clock.advance(500);
    warning().querySelector('button')?.click();
    expect(latch.calls).toEqual([]);
    press(warning(), 'Stay signed in');
    expect(latch.calls).toEqual(['extend']);
  });

  it('says what the server has answered, and closes only when it has agreed', async () => {
    latch.warn(2 * MINUTE);
    latch.clock.advance(500);
    press(warning(), 'Stay signed in');
    expect(text(warning().querySelector('.status'))).toBe('Asking the server for more time…');
    expect(warning().querySelector('button')?.getAttribute('aria-disabled')).toBe('true');
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    expect(text(warning().querySelector('.status'))).toContain('you do not have more time yet');
    expect(offers(warning())).toEqual(['Try again', 'Sign out']);
    press(warning(), 'Try again');
    await latch.answer('ERR_EXTENSION_REFUSED');
    expect(offers(warning())).toEqual(['OK', 'Sign out']);
    expect((warning().getRootNode() as ShadowRoot).activeElement?.textContent).toBe('OK');
    latch.active();
    expect(warning().open).toBe(false);
  });

  it('takes Esc for "stay signed in", makes room while the server is asked, and comes back with bad news', async () => {
    latch.warn(2 * MINUTE);
    esc();
    expect([warning().open, latch.calls]).toEqual([true, []]);
    latch.clock.advance(500);
    esc();
    expect([warning().open, latch.calls]).toEqual([false, ['extend']]);
    expect(text(find('nightlatch-warning', '.indicator button'))).toBe('Asking the server for more time…');
    await latch.answer('ERR_BACKEND_UNREACHABLE');
    expect(warning().open).toBe(true);
  });

  it('takes Esc for "later" where there is nothing to extend, and leaves an indicator that brings it back', () => {
    latch.warn(9 * MINUTE, { cause: 'absolute' });
    expect(offers(warning())).toEqual(['OK', 'Sign out']);
    latch.clock.advance(500);
    esc();
    const indicator = find('nightlatch-warning', '.indicator') as HTMLElement;
    expect([warning().open, indicator.hidden, latch.calls]).toEqual([false, false, ['noteActivity warning']]);
    expect(text(indicator)).toBe('Signed out in 9 minutes');
    press(indicator, 'Signed out in 9 minutes');
    expect([warning().open, indicator.hidden]).toEqual([true, true]);
  });

  it('offers no more time where the server has none to give, and says so', () => {
    latch.warn(2 * MINUTE, { extendable: false });
    const root = warning().getRootNode() as ShadowRoot;
    expect(offers(warning())).toEqual(['OK', 'Sign out']);
    expect(text(root.getElementById('reason'))).toContain('More time cannot be asked for');
  });

  it('opens again when the browser has closed it all the same', () => {
    latch.warn(2 * MINUTE);
    warning().close();
    expect(warning().open).toBe(true);
  });

  it('gives the focus back when another tab has answered', () => {
    document.getElementById('field')?.focus();
    latch.warn(2 * MINUTE);
    expect(document.activeElement?.localName).toBe('nightlatch-warning');
    latch.active();
    expect(document.activeElement?.id).toBe('field');
  });

  it('keeps what is typed in it from the shortcuts of the app', () => {
    latch.warn(2 * MINUTE);
    let reached = false;
    document.addEventListener('keydown', () => {
      reached = true;
    });
    warning().dispatchEvent(new KeyboardEvent('keydown', { key: 'd', bubbles: true, composed: true }));
    expect(reached).toBe(false);
  });

  it('is put back into the page when a framework has thrown it out', async () => {
    latch.warn(2 * MINUTE);
    document.querySelector('nightlatch-warning')?.remove();
    // Observers are told in a task of their own.
    await new Promise((resolve) => setTimeout(resolve));
    expect(warning().open).toBe(true);
  });
});

describe('the panel', () => {
  beforeEach(() => screen.start());

  it('takes the place of the warning when the time is up, and of itself when the end is certain', () => {
    latch.warn(2 * MINUTE);
    latch.expire();
    expect([warning().open, panel().open]).toEqual([false, false]);
    latch.clock.advance(300);
    expect(panel().open).toBe(true);
    expect(text(panel().querySelector('h1'))).toBe('Checking your session');
    latch.end('idle');
    expect(text(panel().querySelector('h1'))).toBe('You are signed out');
    expect(text(panel().querySelector('#text'))).toBe(
      'For your security, we signed you out after 15 minutes without activity.',
    );
    expect(text(panel().querySelector('[role=status]'))).toContain('You are signed out');
    expect(offers(panel())).toEqual(['Sign in again']);
    expect(panel().querySelector('a')?.getAttribute('href')).toBe('/sign-in');
  });

  it('says nothing of a doubt that is settled at once, and has not been heard of when the next one comes', () => {
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(299);
    latch.active();
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(299);
    expect(panel().open).toBe(false);
    latch.clock.advance(1);
    expect(panel().open).toBe(true);
  });

  it('opens in a task of its own, after all that follows from the end, unless the session opens again before', () => {
    latch.end('idle');
    expect(panel().open).toBe(false);
    nextTask();
    expect(panel().open).toBe(true);
    latch.active();
    latch.end('idle');
    latch.active();
    nextTask();
    expect(panel().open).toBe(false);
    latch.end('idle');
    latch.show({ phase: 'pending', covered: true });
    nextTask();
    expect(panel().open).toBe(false);
  });

  it('puts the focus on its heading, so that what is still being typed presses nothing', () => {
    latch.end('revoked');
    nextTask();
    expect((panel().getRootNode() as ShadowRoot).activeElement).toBe(panel().querySelector('h1'));
  });

  it('says that the server does not answer once it has had its time, and tries again', async () => {
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(4_999);
    expect(offers(panel())).toEqual([]);
    latch.clock.advance(1);
    expect(text(panel().querySelector('h1'))).toBe('We cannot reach the server');
    press(panel(), 'Try again');
    press(panel(), 'Try again');
    expect(text(panel().querySelector('#note'))).toBe('Trying to reach the server…');
    expect(latch.calls).toEqual(['check']);
    await latch.answer();
    expect(text(panel().querySelector('#note'))).toBe('');
    press(panel(), 'Try again');
    latch.active();
    expect(panel().open).toBe(false);
  });

  it('says that the server has answered with nothing that counts, which is not that it cannot be reached', async () => {
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(1_000);
    expect(text(panel().querySelector('h1'))).toBe('Checking your session');
    latch.show({ phase: 'pending', covered: true, policyRefused: true });
    expect(text(panel().querySelector('h1'))).toBe('We could not check your session');
    expect(text(panel().querySelector('[role=status]'))).toContain('We could not check your session');
    expect(offers(panel())).toEqual(['Try again']);
    press(panel(), 'Try again');
    await latch.answer();
    latch.clock.advance(10_000);
    expect(text(panel().querySelector('h1'))).toBe('We could not check your session');
    latch.show({ phase: 'pending', covered: true });
    expect(text(panel().querySelector('h1'))).toBe('We cannot reach the server');
  });

  it('gives the server its time anew for each doubt', () => {
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(1_000);
    latch.expire();
    latch.active();
    latch.show({ phase: 'pending', covered: true });
    latch.clock.advance(4_999);
    expect(text(panel().querySelector('h1'))).toBe('Checking your session');
    latch.clock.advance(1);
    expect(text(panel().querySelector('h1'))).toBe('We cannot reach the server');
  });

  describe('where it is locked', () => {
    const lock = () => {
      latch.show({ phase: 'locked', session, since: latch.read().now });
      nextTask();
    };

    it('offers to sign in in place, and goes on by the page itself', () => {
      lock();
      expect(offers(panel())).toEqual(['Unlock', 'Not you? Sign out']);
      press(panel(), 'Unlock');
      expect(latch.calls).toEqual(['reauthenticate']);
    });

    it('leads to the sign-in where the app has not said how the person signs in in place', () => {
      latch.ask({ possible: false });
      lock();
      expect(offers(panel())).toEqual(['Sign in again', 'Not you? Sign out']);
      expect(panel().querySelector('a')?.hidden).toBe(false);
    });

    it('says that another tab asks, and offers to go on here', () => {
      lock();
      latch.ask({ asked: 'elsewhere' });
      expect(text(panel())).toContain('You are asked who you are in another tab. Continue there, or here.');
      expect(text(panel().querySelector('[role=status]'))).toContain('Continue there, or here.');
      expect(offers(panel())).toEqual(['Continue here', 'Not you? Sign out']);
      press(panel(), 'Continue here');
      expect(latch.calls).toEqual(['continueHere']);
      latch.ask({ asked: 'nowhere' });
      expect(offers(panel())).toEqual(['Unlock', 'Not you? Sign out']);
    });

    it('leads somebody else to a clean page once everything is wiped, and only a person', async () => {
      let left: readonly string[] = [];
      screen.stop();
      screen = createScreen(latch, {
        clock: latch.clock,
        onSignIn() {
          left = [...latch.calls];
        },
      });
      screen.start();
      lock();
      const button = [...panel().querySelectorAll('button')].find((one) => one.textContent === 'Not you? Sign out');
      button?.click();
      expect(latch.calls).toEqual([]);
      press(panel(), 'Not you? Sign out');
      expect([latch.calls, left]).toEqual([['signOut'], []]);
      latch.end('signed-out');
      nextTask();
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      expect(left).toEqual(['signOut']);
    });
  });

  it('offers to load the page anew where somebody else is signed in now', () => {
    latch.end('replaced');
    nextTask();
    expect(offers(panel())).toEqual(['Reload the page']);
  });

  it('stays, with the cover, when the screen is stopped, and is taken over by the next one', () => {
    latch.end('idle');
    screen.stop();
    expect(panel().open).toBe(true);
    const next = createScreen(latch, { clock: latch.clock });
    next.start();
    expect(document.querySelectorAll('nightlatch-ended')).toHaveLength(1);
    expect(offers(panel())).toEqual(['Reload the page']);
    latch.active();
    next.stop();
  });
});

describe('the notice that another tab asks the person', () => {
  const notice = () => find('nightlatch-elsewhere', 'dialog') as HTMLDialogElement;
  beforeEach(() => {
    latch.ask({ asked: 'nowhere', waiting: false });
    screen.start();
  });

  it('is a labelled and described dialog, whose heading has the focus, and offers to go on here', () => {
    latch.ask({ asked: 'elsewhere', waiting: true });
    expect(notice().open).toBe(true);
    const root = notice().getRootNode() as ShadowRoot;
    expect(text(root.getElementById(notice().getAttribute('aria-labelledby') ?? ''))).toBe(
      'Continue in the other tab, or here',
    );
    expect(text(root.getElementById(notice().getAttribute('aria-describedby') ?? ''))).toContain('goes on by itself');
    expect(root.activeElement?.tagName).toBe('H2');
    expect(offers(notice())).toEqual(['Continue here', 'Not now']);
    press(notice(), 'Continue here');
    expect(latch.calls).toEqual(['continueHere']);
    latch.ask({ asked: 'here' });
    expect(notice().open).toBe(false);
  });

  it('is not shown where nothing waits, nor where the page is locked, which says it in its panel', () => {
    latch.ask({ asked: 'elsewhere' });
    expect(notice().open).toBe(false);
    latch.show({ phase: 'locked', session, since: latch.read().now });
    latch.ask({ waiting: true });
    expect(notice().open).toBe(false);
    latch.active();
    expect(notice().open).toBe(true);
    latch.ask({ asked: 'nowhere', waiting: false });
  });

  it('is put away by the person, until something waits anew', () => {
    latch.ask({ asked: 'elsewhere', waiting: true });
    press(notice(), 'Not now');
    expect([notice().open, latch.calls]).toEqual([false, []]);
    latch.ask({ waiting: false });
    latch.ask({ waiting: true });
    expect(notice().open).toBe(true);
    const key = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    notice().dispatchEvent(trusted(key));
    expect(notice().open).toBe(false);
    latch.ask({ asked: 'nowhere', waiting: false });
  });
});

describe('the screen', () => {
  const started = (options: ScreenOptions) => {
    const one = createScreen(latch, { clock: latch.clock, ...options });
    one.start();
    return one;
  };

  it('calls the app when it is to sign in', () => {
    let asked = 0;
    const one = started({
      onSignIn() {
        asked += 1;
      },
    });
    latch.end('idle');
    nextTask();
    press(panel(), 'Sign in again');
    expect(asked).toBe(1);
    latch.active();
    one.stop();
  });

  it('shows no panel on a public page', () => {
    const one = started({ publicPage: true });
    latch.end('idle');
    nextTask();
    expect(panel().open).toBe(false);
    one.stop();
  });

  it('speaks the words and the language it is given', () => {
    const one = started({ locale: 'de', messages: { language: 'de', stay: 'Angemeldet bleiben' } });
    latch.warn(2 * MINUTE);
    expect(document.querySelector('nightlatch-warning')?.getAttribute('lang')).toBe('de');
    expect(offers(warning())[0]).toBe('Angemeldet bleiben');
    expect(text(warning().querySelector('.count'))).toBe('2 Minuten');
    one.stop();
  });

  it('names a wrong option when it is created, and touches no page until it is started', () => {
    expect(() => createScreen(latch, { signInUrl: 'javascript:alert(1)' })).toThrow(TypeError);
    createScreen(latch, {});
    expect(document.querySelector('nightlatch-warning')).toBeNull();
  });
});
