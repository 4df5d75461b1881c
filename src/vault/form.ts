/** A form as something that is being written: all of its fields, but for what must not be kept. */
import { type Caret, caretOf, readCaret, writeCaret } from './caret.js';
import type { DraftSource, DraftWritten } from './draft-source.js';
import { type Field, type FieldValue, fieldsOf, fieldValueOf, readField } from './fields.js';
import { noteSecret } from './private-fields.js';
import { writeField } from './write-field.js';

/** An editor that keeps its own document: what it says is kept as it is. */
export interface FormEditor {
  /** What the editor draws in; what is in there is left alone otherwise. */
  readonly element: HTMLElement;
  /** The document, as JSON can say it. */
  read(): unknown;
  write(value: unknown): void;
  /** Calls back at each change, where the editor's element sends no `input` event. */
  watch?(changed: () => void): () => void;
}

/** What can be said of a form. */
export interface FormOptions {
  /** Rich editors in the form, by a name of the app's. */
  readonly editors?: Readonly<Record<string, FormEditor>>;
}

/** What a form holds: by field, and by editor. */
export interface FormDraft {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly editors?: Readonly<Record<string, unknown>>;
}

/** The field and the caret in it. */
interface FormPlace extends Partial<Caret> {
  readonly field: string;
}

/**
 * The fields of a form, or of any element: texts, dates, numbers, choices, checkboxes, radio groups, `contenteditable`; files by their
 * names only. Never what is `type=password` or was, hidden, named `cc-*`, `one-time-code`, `current-password` or `new-password` by its
 * `autocomplete`, or within `data-nightlatch-private`.
 *
 * Fields are known by `name`, else by `id`: give them one. What is put back is told as `input` and `change`, or as a click, so
 * that frameworks hear it. A field or a choice that comes later is filled as it comes.
 */
export function form(root: HTMLElement, { editors = {} }: FormOptions = {}): DraftSource<FormDraft> {
  const apart = Object.values(editors).map(({ element }) => element);
  const fields = (): readonly Field[] => fieldsOf(root, apart);
  /** What has nowhere to go yet. */
  const waiting = new Map<string, FieldValue>();
  let last: { readonly element: Element; readonly caret: Caret | undefined } | undefined;
  for (const { element } of fields()) noteSecret(element);

  function notePlace(): void {
    const { activeElement } = root.ownerDocument;
    // A button of the form has the focus when it has just been pressed: the place is where somebody was writing before.
    const field = activeElement && belongs(activeElement) && fields().find(({ element }) => element === activeElement);
    if (field) last = { element: field.element, caret: readCaret(field.element) };
  }

  const belongs = (element: Element): boolean => root.contains(element) || (element as HTMLInputElement).form === root;

  /** Fills what has come since; whether nothing waits any more. */
  function fill(): boolean {
    if (waiting.size === 0) return true;
    for (const { name, element } of fields()) {
      const value = waiting.get(name);
      if (value && writeField(element, value) !== 'waits') waiting.delete(name);
    }
    return waiting.size === 0;
  }

  const arrivals = new MutationObserver(() => fill() && arrivals.disconnect());

  return {
    read() {
      notePlace();
      // What has nowhere to go yet was written all the same.
      const entries = [...fields().map(({ name, element }) => [name, readField(element)] as const), ...waiting];
      const documents = Object.entries(editors).map(([name, editor]) => [name, editor.read()] as const);
      return {
        fields: Object.fromEntries(entries),
        ...(documents.length === 0 ? {} : { editors: Object.fromEntries(documents) }),
      };
    },

    place() {
      notePlace();
      const field = last && fields().find(({ element }) => element === last?.element);
      return field && { field: field.name, ...last?.caret };
    },

    write(stored, place) {
      const { fields: values, editors: documents } = partsOf(stored);
      for (const [name, editor] of Object.entries(editors)) {
        if (documents.has(name)) editor.write(documents.get(name));
      }
      const known = fields();
      const files: string[] = [];
      waiting.clear();
      for (const [name, value] of values) {
        const field = known.find((one) => one.name === name);
        if (value.is === 'files') files.push(...value.names);
        else if (!field || writeField(field.element, value) === 'waits') waiting.set(name, value);
      }
      // What one field has called up, such as a second question, is there by now.
      if (!fill()) arrivals.observe(root, { childList: true, subtree: true });
      goTo(placeOf(place));
      return { missing: [...waiting.keys()].map(shownName), files } satisfies DraftWritten;
    },

    watch(changed) {
      const listening = new AbortController();
      const options = { capture: true, signal: listening.signal };
      const hear = ({ target }: Event): void => {
        const element = target as Element;
        if (!belongs(element)) return;
        noteSecret(element);
        // The person's own word goes before what was waiting to be put there.
        const field = fields().find((one) => one.element === element);
        if (field) waiting.delete(field.name);
        notePlace();
        changed();
      };
      const { ownerDocument } = root;
      for (const type of ['input', 'change', 'reset']) ownerDocument.addEventListener(type, hear, options);
      ownerDocument.addEventListener('focusin', ({ target }) => noteSecret(target as Element), options);
      // The caret is asked for when it is known, not when the page may have been covered.
      ownerDocument.addEventListener('selectionchange', notePlace, options);
      const ends = Object.values(editors).map((editor) => editor.watch?.(changed));
      return () => {
        listening.abort();
        arrivals.disconnect();
        for (const end of ends) end?.();
      };
    },

    clear() {
      arrivals.disconnect();
      waiting.clear();
      last = undefined;
      // Without a word to anybody: an app that hears of a change would act on it, and the session is over.
      for (const { element } of fields()) emptied(element);
    },
  };

  function goTo(place: FormPlace | undefined): void {
    const field = place && fields().find(({ name }) => name === place.field);
    if (field) writeCaret(field.element, caretOf(place));
  }
}

function emptied(element: HTMLElement): void {
  if (element.localName === 'select') {
    for (const option of (element as HTMLSelectElement).options) option.selected = option.defaultSelected;
  } else if (element.localName === 'input' && /^(checkbox|radio)$/.test((element as HTMLInputElement).type)) {
    (element as HTMLInputElement).checked = (element as HTMLInputElement).defaultChecked;
  } else if ('value' in element) element.value = '';
  else element.replaceChildren();
}

/** The name or id that the app has given, for a message. */
const shownName = (name: string): string => {
  const [, given = ''] = JSON.parse(name.replace(/#\d+$/, '')) as readonly string[];
  return given;
};

/** Names as `fieldsOf` makes them; whatever else is stored there is none. */
const NAME = /^\["[a-z][\w-]*","(?:[^"\\]|\\.)*"(?:,"(?:[^"\\]|\\.)*")?\](?:#\d{1,6})?$/;

function partsOf(stored: unknown): {
  readonly fields: ReadonlyMap<string, FieldValue>;
  readonly editors: ReadonlyMap<string, unknown>;
} {
  const { fields, editors } = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<FormDraft>;
  const values = new Map<string, FieldValue>();
  for (const [name, value] of Object.entries(fields ?? {})) {
    const known = NAME.test(name) ? fieldValueOf(value) : undefined;
    if (known) values.set(name, known);
  }
  return { fields: values, editors: new Map(Object.entries(editors ?? {})) };
}

function placeOf(stored: unknown): FormPlace | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { field } = stored as Readonly<Record<string, unknown>>;
  return typeof field === 'string' ? { ...caretOf(stored), field } : undefined;
}
