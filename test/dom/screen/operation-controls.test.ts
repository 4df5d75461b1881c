import { afterEach, describe, expect, it } from 'vitest';
import { NightlatchError } from '../../../src/errors.js';
import type { OperationView } from '../../../src/rules/freshness.js';
import { createOperationControls, type OperationControlsOptions } from '../../../src/screen/operation-controls.js';

const NEEDS: OperationView = { state: 'needs-authentication', requirement: { maxAge: 600_000 } };
const OPEN: OperationView = { state: 'open' };
const DENIED: OperationView = { state: 'denied' };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  document.body.replaceChildren();
});

/** A page with controls, and a latch whose operations are what the test says. */
function createPage(html: string, options: OperationControlsOptions = {}) {
  document.body.innerHTML = html;
  const states = new Map<string, OperationView>();
  const listeners = new Map<string, Set<() => void>>();
  const latch = {
    operation: (name: string): OperationView => states.get(name) ?? OPEN,
    watchOperation(name: string, listener: () => void) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener));
      return () => void all.delete(listener);
    },
  };
  const controls = createOperationControls(latch, options);
  stops.push(controls.stop);
  const clicked: string[] = [];
  const hear = (event: Event): void => void clicked.push((event.target as Element).id);
  document.body.addEventListener('click', hear);
  stops.push(() => document.body.removeEventListener('click', hear));
  return {
    controls,
    clicked,
    element: (id: string) => document.getElementById(id) as HTMLElement,
    watchers: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
    set(name: string, view: OperationView) {
      states.set(name, view);
      for (const listener of [...(listeners.get(name) ?? [])]) listener();
    },
    said: () => document.querySelector('[data-nightlatch] [role=status]')?.textContent,
  };
}

const PAY = '<button id="pay" data-operation="pay">Pay</button>';
const reasonOf = (control: Element): string | null | undefined => {
  const id = control.getAttribute('aria-describedby')?.split(' ').at(-1);
  return id === undefined ? undefined : document.getElementById(id)?.textContent;
};
/** Lets the observer hear of what has changed. */
const observed = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const press = (on: Element): boolean =>
  on.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true }));

describe('a control with data-operation', () => {
  it('is left alone while its operation is open', () => {
    const { controls, element, clicked } = createPage(PAY);
    controls.start();
    expect(element('pay').outerHTML).toBe(
      '<button id="pay" data-operation="pay" data-operation-state="open">Pay</button>',
    );
    press(element('pay'));
    expect(clicked).toEqual(['pay']);
  });

  it('is blocked with a reason when it is not: found, focused and described, and of the same size and words', () => {
    const { controls, element, set, clicked, said } = createPage(PAY);
    controls.start();
    const pay = element('pay');
    pay.focus();
    set('pay', NEEDS);
    expect([pay.getAttribute('aria-disabled'), pay.hasAttribute('disabled'), document.activeElement]).toEqual([
      'true',
      false,
      pay,
    ]);
    expect([reasonOf(pay), pay.title, pay.textContent]).toEqual([
      'To do this, you have to authenticate again.',
      'To do this, you have to authenticate again.',
      'Pay',
    ]);
    expect([press(pay), clicked, said()]).toEqual([false, [], 'To do this, you have to authenticate again.']);
    set('pay', DENIED);
    expect([reasonOf(pay), pay.getAttribute('aria-describedby')?.split(' ').length]).toEqual([
      'You are not allowed to do this.',
      1,
    ]);
    set('pay', { state: 'unknown' });
    expect([reasonOf(pay), pay.getAttribute('data-operation-state')]).toEqual([
      'We are checking your session. Try again in a moment.',
      'unknown',
    ]);
    set('pay', OPEN);
    expect(pay.outerHTML).toBe('<button id="pay" data-operation="pay" data-operation-state="open">Pay</button>');
    expect([press(pay), clicked]).toEqual([true, ['pay']]);
  });

  it('keeps what the page itself says of it', () => {
    const { controls, element, set } = createPage(
      '<p id="hint">To anybody.</p><button id="pay" data-operation="pay" aria-describedby="hint" title="Pay a bill" aria-disabled="false">Pay</button>',
    );
    const before = element('pay').outerHTML;
    controls.start();
    set('pay', DENIED);
    expect(element('pay').getAttribute('aria-describedby')).toMatch(/^hint nightlatch-operation-\d+-denied$/);
    expect([element('pay').title, element('pay').getAttribute('aria-disabled')]).toEqual(['Pay a bill', 'true']);
    set('pay', OPEN);
    controls.stop();
    expect(element('pay').outerHTML).toBe(before);
  });

  it('is stopped however it is pressed: inside of it, by keys, by the middle button, as the default button of a form', () => {
    const { controls, element, set, clicked } = createPage(
      `<form id="form"><input id="to"><button id="pay" data-operation="pay"><b id="icon">Pay</b></button></form>
       <a id="link" href="#paid" data-operation="pay">Pay</a><div id="own" role="button" tabindex="0" data-operation="pay">Pay</div>`,
    );
    controls.start();
    set('pay', DENIED);
    const seen: string[] = [];
    for (const type of ['submit', 'keydown', 'auxclick'])
      document.body.addEventListener(type, ({ type }) => seen.push(type), { once: true });
    expect(press(element('icon'))).toBe(false);
    expect(press(element('link'))).toBe(false);
    expect(element('link').dispatchEvent(new MouseEvent('auxclick', { bubbles: true, cancelable: true }))).toBe(false);
    for (const key of ['Enter', ' ']) {
      expect(element('own').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))).toBe(
        false,
      );
    }
    const submit = new SubmitEvent('submit', { submitter: element('pay'), bubbles: true, cancelable: true });
    expect(element('form').dispatchEvent(submit)).toBe(false);
    expect([clicked, seen]).toEqual([[], []]);
    expect(
      element('to').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })),
    ).toBe(true);
    expect(
      element('own').dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true })),
    ).toBe(true);
  });

  it('around a field does not take away what is typed into it', () => {
    const { controls, element, set } = createPage(
      '<section data-operation="pay"><textarea id="text"></textarea></section>',
    );
    controls.start();
    set('pay', NEEDS);
    for (const key of [' ', 'Enter', 'a']) {
      expect(
        element('text').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })),
      ).toBe(true);
    }
  });

  it('is found when it comes later, when its attribute changes, and let go when it leaves', async () => {
    const { controls, element, set, watchers } = createPage(PAY);
    controls.start();
    set('remove', DENIED);
    document.body.insertAdjacentHTML(
      'beforeend',
      '<div><i><a id="late" href="#" data-operation="remove">Remove</a></i></div><b id="bare">Remove</b>',
    );
    await observed();
    expect([element('late').getAttribute('aria-disabled'), watchers()]).toEqual(['true', 2]);
    element('bare').dataset['operation'] = 'remove';
    element('pay').dataset['operation'] = 'remove';
    await observed();
    expect([element('bare'), element('pay')].map((one) => one.getAttribute('aria-disabled'))).toEqual(['true', 'true']);
    element('bare').removeAttribute('data-operation');
    element('late').remove();
    await observed();
    expect(element('bare').outerHTML).toBe('<b id="bare">Remove</b>');
    element('pay').remove();
    await observed();
    expect(watchers()).toBe(0);
  });

  it('is an event where it is refused, and who prevents that says it in their own way', () => {
    const { controls, element, set, said } = createPage(PAY, { messages: { operationDenied: 'Nicht erlaubt.' } });
    controls.start();
    set('pay', DENIED);
    const told: unknown[] = [];
    document.body.addEventListener('nightlatch-operation', (event) => told.push((event as CustomEvent).detail), {
      once: true,
    });
    press(element('pay'));
    expect([told, said()]).toEqual([[{ operation: 'pay', state: 'denied' }], 'Nicht erlaubt.']);
    document.querySelector('[role=status]')?.replaceChildren();
    document.body.addEventListener('nightlatch-operation', (event) => event.preventDefault(), { once: true });
    press(element('pay'));
    expect(said()).toBe('');
  });

  it('is as the page made it once all has stopped, and nothing is left', () => {
    const { controls, element, set, watchers, clicked } = createPage(PAY);
    controls.start();
    controls.start();
    set('pay', DENIED);
    controls.stop();
    expect([element('pay').outerHTML, watchers()]).toEqual(['<button id="pay" data-operation="pay">Pay</button>', 0]);
    expect(document.querySelectorAll('[data-nightlatch]')).toHaveLength(0);
    expect([press(element('pay')), clicked]).toEqual([true, ['pay']]);
  });
});

describe('a control that can ask', () => {
  it('stays usable, asks when it is pressed, and goes on when the person has answered', async () => {
    const asked: string[] = [];
    let answer = (): void => undefined;
    const page = createPage(PAY, {
      authenticate(name) {
        asked.push(name);
        return new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
    });
    const { controls, element, set, clicked } = page;
    controls.start();
    set('pay', NEEDS);
    expect(element('pay').hasAttribute('aria-disabled')).toBe(false);
    press(element('pay'));
    await observed();
    expect([asked, clicked]).toEqual([['pay'], []]);
    // Also where the rule asks for a new one each time, and says so again at once.
    answer();
    await observed();
    expect([asked, clicked]).toEqual([['pay'], ['pay']]);
    press(element('pay'));
    expect([asked.length, clicked.length]).toEqual([2, 1]);
  });

  it('does nothing where the person has cancelled, and says so; what is denied stays blocked', async () => {
    const { controls, element, set, clicked, said } = createPage(PAY, {
      authenticate: () => Promise.reject(new NightlatchError('ERR_REAUTHENTICATION_CANCELLED', 'closed')),
    });
    controls.start();
    set('pay', NEEDS);
    press(element('pay'));
    await observed();
    expect([clicked, said()]).toEqual([[], 'You have not authenticated, so nothing was done.']);
    set('pay', DENIED);
    expect(element('pay').getAttribute('aria-disabled')).toBe('true');
  });
});
