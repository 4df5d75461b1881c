/** The fields of a form by stable names, and what each holds as plain data. */
import { isPrivate } from './private-fields.js';
import { type RichNode, readRich } from './rich-text.js';

export type FieldElement = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLElement;

/** What a field holds. */
export type FieldValue =
  | { readonly is: 'text'; readonly text: string }
  /** A checkbox, or one button of a radio group. */
  | { readonly is: 'checked'; readonly checked: boolean }
  | { readonly is: 'chosen'; readonly values: readonly string[] }
  /** Names alone: what is in the files is not ours to keep, and no page can choose them again. */
  | { readonly is: 'files'; readonly names: readonly string[] }
  | { readonly is: 'rich'; readonly nodes: readonly RichNode[] };

export interface Field {
  /** The same after a reload, as long as the form is: by name, else by id, else by its place. */
  readonly name: string;
  readonly element: FieldElement;
}

const CONTROLS = 'input, select, textarea, [contenteditable]';

/** All fields that may be kept. `apart` are elements that keep what is in them in their own way. */
export function fieldsOf(root: HTMLElement, apart: readonly Element[] = []): readonly Field[] {
  const counts = new Map<string, number>();
  const found: Field[] = [];
  for (const element of elementsOf(root)) {
    if (apart.some((other) => other.contains(element)) || isPartOfAnother(element)) continue;
    // Counted before it is left out: what is private must not move the names of others when that changes.
    const base = baseName(element);
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    if (!isPrivate(element)) found.push({ name: count === 0 ? base : `${base}#${count}`, element });
  }
  return found;
}

function elementsOf(root: HTMLElement): readonly FieldElement[] {
  const inside = [...root.querySelectorAll<FieldElement>(CONTROLS)];
  const own = root.matches('[contenteditable]') ? [root, ...inside] : inside;
  if (root.localName !== 'form') return own;
  // Those that stand elsewhere in the page and belong to it by their attribute `form`.
  const outside = [...(root as HTMLFormElement).elements].filter(
    (element): element is FieldElement => element.matches(CONTROLS) && !root.contains(element),
  );
  return [...own, ...outside];
}

export const isEditable = (element: Element): boolean => {
  const said = element.getAttribute('contenteditable');
  return said !== null && said.toLowerCase() !== 'false';
};

/** What stands in an editable text belongs to that; an island in it that is not to be edited is no field at all. */
function isPartOfAnother(element: Element): boolean {
  const host = element.parentElement?.closest('[contenteditable]');
  if (host && isEditable(host)) return true;
  return (
    element.hasAttribute('contenteditable') &&
    !isEditable(element) &&
    !/^(input|select|textarea)$/.test(element.localName)
  );
}

function baseName(element: FieldElement): string {
  const name = element.getAttribute('name') || element.id;
  const input = element as HTMLInputElement;
  const isOneOfMany = element.localName === 'input' && /^(radio|checkbox)$/.test(input.type);
  return JSON.stringify([element.localName, name, ...(isOneOfMany ? [input.value] : [])]);
}

/** What the field holds now. */
export function readField(element: FieldElement): FieldValue {
  switch (element.localName) {
    case 'select':
      return { is: 'chosen', values: [...(element as HTMLSelectElement).selectedOptions].map(({ value }) => value) };
    case 'textarea':
      return { is: 'text', text: (element as HTMLTextAreaElement).value };
    case 'input': {
      const input = element as HTMLInputElement;
      if (input.type === 'file') return { is: 'files', names: [...(input.files ?? [])].map(({ name }) => name) };
      if (input.type === 'checkbox' || input.type === 'radio') return { is: 'checked', checked: input.checked };
      return { is: 'text', text: input.value };
    }
    default:
      return isPlain(element)
        ? { is: 'text', text: element.textContent ?? '' }
        : { is: 'rich', nodes: readRich(element) };
  }
}

export const isPlain = (element: Element): boolean =>
  element.getAttribute('contenteditable')?.toLowerCase() === 'plaintext-only';

/** Reads what was stored of a field; `undefined` where it is no such thing. */
export function fieldValueOf(stored: unknown): FieldValue | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { is, text, checked, values, names, nodes } = stored as Readonly<Record<string, unknown>>;
  switch (is) {
    case 'text':
      return typeof text === 'string' ? { is, text } : undefined;
    case 'checked':
      return typeof checked === 'boolean' ? { is, checked } : undefined;
    case 'chosen':
      return isTexts(values) ? { is, values } : undefined;
    case 'files':
      return isTexts(names) ? { is, names } : undefined;
    case 'rich':
      // Looked at node by node where they are made.
      return Array.isArray(nodes) ? { is, nodes } : undefined;
    default:
      return undefined;
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
