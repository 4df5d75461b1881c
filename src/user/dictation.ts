/** Dictation: some software changes what is written without any event. */
import type { EvidenceSource } from '../ports.js';
import type { Duration } from '../time/instant.js';

const SHORTEST: Duration = 500;
const LONGEST: Duration = 60_000;

/** How often the focused control is looked at. */
export interface DictationOptions {
  /** In milliseconds, from 500 to 60,000. Default: 2,000. */
  readonly every?: Duration;
}

/**
 * Looks at the focused control whether its value has changed, and takes a change that no event told of for weak
 * evidence. For people whose software writes into a page without keys or `input` events. Pass it as `evidence`.
 *
 * There is a timer only while a control for text has the focus in a visible page. Password fields are not looked at, and
 * nothing counts while a warning is shown. Scripts change values as well, which is why it is not on by default. Throws a
 * `RangeError` if `every` is out of bounds.
 */
export function dictation({ every = 2_000 }: DictationOptions = {}): EvidenceSource {
  if (typeof every !== 'number' || !(every >= SHORTEST && every <= LONGEST)) {
    throw new RangeError(`every is ${String(every)}; expected ${SHORTEST} to ${LONGEST} milliseconds`);
  }

  return {
    name: 'dictation',
    start(heard, { clock, isWarned }) {
      const listening = new AbortController();
      const { signal } = listening;
      let control: Element | undefined;
      let value: string | undefined;
      let callOff: (() => void) | undefined;

      function remember(): void {
        value = control && writtenIn(control);
      }

      function follow(): void {
        callOff?.();
        callOff = undefined;
        const focused = deepest(document);
        control = focused && writtenIn(focused) !== undefined ? focused : undefined;
        remember();
        if (control && document.visibilityState !== 'hidden') callOff = clock.wait(every, look);
      }

      function look(): void {
        callOff = undefined;
        if (!control?.isConnected || deepest(document) !== control) return follow();
        const now = writtenIn(control);
        if (now !== value && !isWarned()) heard.weak(0);
        value = now;
        callOff = clock.wait(every, look);
      }

      const options: AddEventListenerOptions = { capture: true, passive: true, signal };
      document.addEventListener('focusin', follow, options);
      document.addEventListener('focusout', () => queueMicrotask(follow), options);
      document.addEventListener('visibilitychange', follow, options);
      // What an event tells of counts by itself.
      document.addEventListener('input', remember, options);
      follow();
      return () => {
        listening.abort();
        callOff?.();
      };
    },
  };
}

/** The focused element, through open shadow roots. */
function deepest(page: Document): Element | undefined {
  let element = page.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element ?? undefined;
}

/** What is written in a control for text; undefined for everything else. */
function writtenIn(element: Element): string | undefined {
  if (element instanceof HTMLTextAreaElement) return element.value;
  if (element instanceof HTMLInputElement) return WRITTEN.has(element.type) ? element.value : undefined;
  if (element instanceof HTMLElement && element.isContentEditable) return element.textContent ?? '';
  return undefined;
}

const WRITTEN = new Set(['text', 'search', 'email', 'url', 'tel', 'number']);
