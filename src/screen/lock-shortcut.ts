/** A shortcut by which people who leave their desk lock the page: read from an option, and heard before the app hears it. */
import type { Viewing } from '../ports.js';
import { isOpen } from '../rules/view.js';

/** Which keys, as an event tells of them. */
export interface Shortcut {
  readonly control: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
  /** A letter or a digit, or the name of a function key. */
  readonly key: string;
}

/** The names that `aria-keyshortcuts` has for them, too. */
const MODIFIERS = ['Control', 'Alt', 'Shift', 'Meta'] as const;
const KEY = /^(?:[A-Z0-9]|F(?:[1-9]|1\d|2[0-4]))$/;
/** Closing and opening tabs and windows: no page hears of these keys in a browser. */
const KEPT_BY_BROWSERS = /^[NTW]$/;

/**
 * Reads `Control+Alt+L`, or says what is wrong with it. One of Control, Alt and Meta is needed: a single character is typed by
 * accident and by voice (WCAG 2.1.4).
 */
export function readShortcut(text: string): Shortcut | string {
  const names = text.split('+');
  const key = names.pop() ?? '';
  const isModifier = (name: string): boolean => (MODIFIERS as readonly string[]).includes(name);
  const isReadable = KEY.test(key) && names.every(isModifier) && new Set(names).size === names.length;
  if (!isReadable)
    return 'is no shortcut. Write names of keys and plus signs: Control+Alt+L. Known are Control, Alt, Shift, Meta, one of A to Z, 0 to 9 and F1 to F24.';
  const [control, alt, shift, meta] = MODIFIERS.map((name) => names.includes(name)) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  if (!control && !alt && !meta)
    return 'has neither Control, Alt nor Meta: a single key is pressed by accident, and by voice (WCAG 2.1.4).';
  if ((control || meta) && !alt && KEPT_BY_BROWSERS.test(key)) return 'is the browser’s own: no page hears it.';
  return { control, alt, shift, meta, key };
}

/** Locks when the person presses it. Returns what ends that. */
export function listenForShortcut(
  latch: Pick<Viewing, 'getView'> & { lock(): unknown },
  shortcut: Shortcut,
  page: Document = document,
): () => void {
  const listening = new AbortController();
  const listener = (event: KeyboardEvent): void => {
    if (!event.isTrusted || event.repeat || event.isComposing || !isPressed(shortcut, event)) return;
    if (!isOpen(latch.getView())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    latch.lock();
  };
  page.defaultView?.addEventListener('keydown', listener, { capture: true, signal: listening.signal });
  return () => listening.abort();
}

function isPressed({ control, alt, shift, meta, key }: Shortcut, event: KeyboardEvent): boolean {
  const isSame =
    event.ctrlKey === control && event.altKey === alt && event.shiftKey === shift && event.metaKey === meta;
  // On Windows AltGr is told as Control and Alt: whoever writes “ł” with it locks nothing.
  if (!isSame || event.getModifierState('AltGraph')) return false;
  // By what is written on the key; where that is no Latin letter, or Alt makes another sign of it (macOS), by its place.
  if (/^[a-z0-9]$/i.test(event.key)) return event.key.toUpperCase() === key;
  if (key.length > 1) return event.key === key;
  return event.code === (/\d/.test(key) ? `Digit${key}` : `Key${key}`);
}
