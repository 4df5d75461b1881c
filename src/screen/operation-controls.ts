/** Controls that say which operation they are (`data-operation`): usable while it is, and otherwise with a reason. */
import { isNightlatchError } from '../errors.js';
import type { OperationView } from '../rules/freshness.js';
import { createBlockedControls } from './blocked-control.js';
import { createMessages, type MessageOptions } from './messages.js';
import { createReasons, type Reason } from './operation-reasons.js';
import { abandon, adopt, createStyleSheet } from './style-sheet.js';

/** What is needed of the latch. */
export interface OperationLatch {
  operation(name: string): OperationView;
  watchOperation(name: string, listener: () => void): () => void;
}

/** How the controls behave, and their words. */
export interface OperationControlsOptions extends MessageOptions {
  /**
   * Has the person authenticate for an operation: `(name) => latch.ensureFresh(name)`. Then a control that needs it stays usable, asks
   * first when it is pressed, and goes on when the person has answered. Left out: it is blocked until they have authenticated.
   */
  readonly authenticate?: (operation: string) => Promise<unknown>;
}

/** The controls of one document. */
export interface OperationControls {
  /** Finds the controls that are there, and those that come later. */
  start(): void;
  /** Leaves all controls as the page has made them. */
  stop(): void;
}

const ATTRIBUTE = 'data-operation';
const STATE = 'data-operation-state';
/** What presses a control, from the mouse's click to the default button of a form. */
const PRESSES = ['click', 'auxclick', 'submit', 'keydown'] as const;

/** Without weight, so that any rule of the page's counts more; nothing in it changes a size. */
const SHEET = `:where([${STATE}='denied'],[${STATE}='needs-authentication']):where([aria-disabled='true']){opacity:.6;cursor:not-allowed}
@media (forced-colors:active){:where([${STATE}]):where([aria-disabled='true']){color:GrayText;opacity:1}}`;

/**
 * Makes the controls work. A press on one that is blocked does nothing, is said aloud, and is a `nightlatch-operation` event on it, with
 * `detail: { operation, state }`; who prevents that event says it in their own way. A hint only: the server decides.
 */
export function createOperationControls(
  latch: OperationLatch,
  options: OperationControlsOptions = {},
): OperationControls {
  const { authenticate } = options;
  const words = createMessages(options);
  const sheet = createStyleSheet(SHEET);
  const blocked = createBlockedControls();
  const controls = new Map<Element, string>();
  const watched = new Map<string, () => void>();
  /** Those that are pressed anew, now that the person has authenticated for it. */
  const passing = new Set<Element>();
  const reasons = createReasons(words);
  let running: AbortController | undefined;

  function show(control: Element, name: string): void {
    const { state } = latch.operation(name);
    control.setAttribute(STATE, state);
    if (state === 'open' || (state === 'needs-authentication' && authenticate)) return blocked.unblock(control);
    blocked.block(control, { id: reasons[state].id, text: reasons[state].textContent ?? '' });
  }

  function follow(name: string): void {
    if (watched.has(name)) return;
    const leave = latch.watchOperation(name, () => {
      for (const [control, of] of controls) if (of === name) show(control, name);
    });
    watched.set(name, leave);
  }

  function take(control: Element): void {
    const name = control.getAttribute(ATTRIBUTE);
    if (controls.get(control) !== name) release(control);
    if (!name || !control.isConnected) return release(control);
    controls.set(control, name);
    follow(name);
    show(control, name);
  }

  function release(control: Element): void {
    const name = controls.get(control);
    if (name === undefined || !controls.delete(control)) return;
    blocked.unblock(control);
    control.removeAttribute(STATE);
    if ([...controls.values()].includes(name)) return;
    watched.get(name)?.();
    watched.delete(name);
  }

  function changed(records: readonly MutationRecord[]): void {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === 'attributes' && target instanceof Element) take(target);
      for (const node of addedNodes) if (node instanceof Element) takeAll(node);
      if (removedNodes.length > 0)
        for (const control of [...controls.keys()]) if (!control.isConnected) release(control);
    }
  }

  function takeAll(root: Element): void {
    if (root.hasAttribute(ATTRIBUTE)) take(root);
    for (const control of root.querySelectorAll(`[${ATTRIBUTE}]`)) take(control);
  }

  function pressed(event: Event): void {
    const control = controlOf(event);
    const name = control && controls.get(control);
    if (!control || name === undefined || passing.has(control)) return;
    const { state } = latch.operation(name);
    if (state === 'open') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // A key that is pressed down is followed by a click on buttons alone; it is spoken of once.
    if (state === 'needs-authentication' && authenticate) void authenticateFor(control, name, authenticate);
    else refuse(control, name, state);
  }

  function controlOf(event: Event): Element | undefined {
    if (event instanceof KeyboardEvent && event.key !== 'Enter' && event.key !== ' ') return undefined;
    if (event instanceof SubmitEvent) return event.submitter ?? undefined;
    const path = event.composedPath().filter((one) => one instanceof Element);
    // Keys press what has the focus, and not what is around it: in a field they write.
    return event instanceof KeyboardEvent ? path[0] : path.find((one) => controls.has(one));
  }

  function refuse(control: Element, operation: string, state: Reason): void {
    const detail = { operation, state };
    const told = new CustomEvent('nightlatch-operation', { detail, bubbles: true, composed: true, cancelable: true });
    if (control.dispatchEvent(told)) say(reasons[state].textContent ?? '');
  }

  async function authenticateFor(
    control: Element,
    name: string,
    ask: (name: string) => Promise<unknown>,
  ): Promise<void> {
    try {
      await ask(name);
    } catch (problem) {
      if (!isNightlatchError(problem)) throw problem;
      return say(problem.code === 'ERR_OPERATION_DENIED' ? words.operationDenied : words.operationLeft);
    }
    if (!running || !control.isConnected || !(control instanceof HTMLElement)) return;
    passing.add(control);
    control.click();
    passing.delete(control);
  }

  function say(text: string): void {
    // A new node, also for the same words again: what does not change is not heard.
    reasons.said.replaceChildren(text);
  }

  return {
    start() {
      if (running) return;
      const mine = new AbortController();
      running = mine;
      if (sheet) adopt(document, sheet);
      document.documentElement.append(reasons.all);
      const observer = new MutationObserver(changed);
      observer.observe(document, { subtree: true, childList: true, attributeFilter: [ATTRIBUTE] });
      takeAll(document.documentElement);
      for (const type of PRESSES) window.addEventListener(type, pressed, { capture: true, signal: mine.signal });
      mine.signal.addEventListener('abort', () => observer.disconnect());
    },
    stop() {
      running?.abort();
      running = undefined;
      for (const control of [...controls.keys()]) release(control);
      reasons.all.remove();
      if (sheet) abandon(document, sheet);
    },
  };
}
