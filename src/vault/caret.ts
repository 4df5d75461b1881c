/** Where somebody is writing: the field, and the caret or the selection in it. */
import { type FieldElement, isEditable } from './fields.js';

/** Positions in the text of a field; in formatted text, in all its text together. */
export interface Caret {
  readonly start: number;
  readonly end: number;
}

/** The selection in a field that has the focus; nothing where it has none, such as a checkbox. */
export function readCaret(element: FieldElement): Caret | undefined {
  if (isEditable(element)) return readEditable(element);
  const { selectionStart, selectionEnd } = element as HTMLInputElement;
  // Null in fields without one: dates, numbers, addresses.
  if (typeof selectionStart !== 'number' || typeof selectionEnd !== 'number') return undefined;
  return { start: selectionStart, end: selectionEnd };
}

function readEditable(host: Element): Caret | undefined {
  const selection = host.ownerDocument.getSelection();
  if (!selection || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  if (!host.contains(range.startContainer) || !host.contains(range.endContainer)) return undefined;
  const before = host.ownerDocument.createRange();
  before.selectNodeContents(host);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  return { start, end: start + range.toString().length };
}

/** Focuses the field and puts the caret there. */
export function writeCaret(element: FieldElement, caret: Caret | undefined): void {
  element.focus();
  if (!caret) return;
  if (isEditable(element)) return writeEditable(element, caret);
  const input = element as HTMLInputElement;
  if (typeof input.selectionStart === 'number') input.setSelectionRange(caret.start, caret.end);
}

function writeEditable(host: Element, { start, end }: Caret): void {
  const [from, to] = [pointAt(host, start), pointAt(host, end)];
  const selection = host.ownerDocument.getSelection();
  if (selection && from && to) selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

function pointAt(host: Element, position: number): { readonly node: Node; readonly offset: number } | undefined {
  const walker = host.ownerDocument.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  let left = position;
  let last: Node | undefined;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = node.nodeValue ?? '';
    if (left <= length) return { node, offset: left };
    left -= length;
    last = node;
  }
  return last ? { node: last, offset: last.nodeValue?.length ?? 0 } : { node: host, offset: 0 };
}

/** Reads what was stored of a place. */
export function caretOf(stored: unknown): Caret | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { start, end } = stored as Readonly<Record<string, unknown>>;
  return isPosition(start) && isPosition(end) && end >= start ? { start, end } : undefined;
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
