/** Putting a value into a field so that whoever listens hears of it as of a person's own. */
import { type FieldElement, type FieldValue, isEditable } from './fields.js';
import { createRich } from './rich-text.js';

/** `waits`: what is to be chosen is not there yet. `unfit`: the field is of another kind by now, or takes no such value. */
export type WrittenField = 'written' | 'waits' | 'unfit';

export function writeField(element: FieldElement, value: FieldValue): WrittenField {
  switch (value.is) {
    case 'text':
      return writeText(element, value.text);
    case 'checked':
      return writeChecked(element, value.checked);
    case 'chosen':
      return writeChosen(element, value.values);
    case 'rich':
      return writeRich(element, value.nodes);
    case 'files':
      return 'unfit';
  }
}

function writeText(element: FieldElement, text: string): WrittenField {
  if (element.localName === 'input' || element.localName === 'textarea') {
    const input = element as HTMLInputElement;
    if (/^(checkbox|radio|file)$/.test(input.type)) return 'unfit';
    if (input.value === text) return 'written';
    setNatively(input, 'value', text);
    tell(input);
    return input.value === text ? 'written' : 'unfit';
  }
  if (!isEditable(element)) return 'unfit';
  element.textContent = text;
  tell(element);
  return 'written';
}

/** A click is what frameworks listen to here, and what it does to the other buttons of a group is the browser's business. */
function writeChecked(element: FieldElement, checked: boolean): WrittenField {
  const input = element as HTMLInputElement;
  if (input.localName !== 'input' || !/^(checkbox|radio)$/.test(input.type)) return 'unfit';
  if (input.checked === checked) return 'written';
  // A button of a group is not switched off but by another: that one is written, too.
  if (input.type === 'radio' && !checked) return 'written';
  if (!input.disabled) input.click();
  if (input.checked !== checked) {
    setNatively(input, 'checked', checked);
    tell(input);
  }
  return 'written';
}

function writeChosen(element: FieldElement, values: readonly string[]): WrittenField {
  if (element.localName !== 'select') return 'unfit';
  const select = element as HTMLSelectElement;
  const options = [...select.options];
  if (values.some((value) => !options.some((option) => option.value === value))) return 'waits';
  let isChanged = false;
  for (const option of options) {
    const isChosen = values.includes(option.value);
    if (option.selected === isChosen) continue;
    option.selected = isChosen;
    isChanged = true;
  }
  if (isChanged) tell(select);
  return 'written';
}

function writeRich(element: FieldElement, stored: unknown): WrittenField {
  const nodes = isEditable(element) ? createRich(element.ownerDocument, stored) : undefined;
  if (!nodes) return 'unfit';
  element.replaceChildren(...nodes);
  tell(element);
  return 'written';
}

/** Past what a framework has put in its place on the element: React would take a value that it set itself for no change. */
function setNatively(element: HTMLInputElement, property: 'value' | 'checked', value: string | boolean): void {
  for (let at: object | null = Object.getPrototypeOf(element); at; at = Object.getPrototypeOf(at)) {
    const { set } = Object.getOwnPropertyDescriptor(at, property) ?? {};
    if (set) return set.call(element, value);
  }
}

function tell(element: Element): void {
  element.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  element.dispatchEvent(new Event('change', { bubbles: true }));
}
