/** What `<nightlatch-sign-in>` is made of: a dialog around one plain form. */
import { build } from './build.js';
import { padlock } from './padlock.js';

export interface SignInParts {
  readonly dialog: HTMLDialogElement;
  readonly title: HTMLElement;
  readonly text: HTMLElement;
  readonly note: HTMLElement;
  readonly form: HTMLFormElement;
  readonly usernameField: HTMLElement;
  readonly usernameLabel: HTMLElement;
  readonly username: HTMLInputElement;
  readonly passwordField: HTMLElement;
  readonly passwordLabel: HTMLElement;
  readonly password: HTMLInputElement;
  readonly reveal: HTMLButtonElement;
  readonly problem: HTMLElement;
  readonly submit: HTMLButtonElement;
  readonly other: HTMLButtonElement;
  readonly cancel: HTMLButtonElement;
  readonly notYou: HTMLButtonElement;
}

/** The names are long: they share the page with its own. */
export function signInParts(): SignInParts {
  const title = build('h2', { id: 'nightlatch-sign-in-title', tabindex: '-1' });
  const text = build('p', { id: 'nightlatch-sign-in-text', class: 'nightlatch-muted' });
  const note = build('p', { id: 'nightlatch-sign-in-note', class: 'nightlatch-muted' });
  const usernameLabel = build('label', { for: 'nightlatch-sign-in-username' });
  // In the form, though nobody can change it: password managers choose by it whose password they offer.
  const username = build('input', {
    id: 'nightlatch-sign-in-username',
    name: 'username',
    type: 'text',
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    readonly: '',
  });
  const usernameField = build('div', { class: 'nightlatch-field' }, usernameLabel, username);
  const passwordLabel = build('label', { for: 'nightlatch-sign-in-password' });
  const password = build('input', {
    id: 'nightlatch-sign-in-password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: '',
    'aria-describedby': 'nightlatch-sign-in-problem',
  });
  const reveal = button({ 'aria-controls': 'nightlatch-sign-in-password', class: 'nightlatch-reveal' });
  const entry = build('div', { class: 'nightlatch-entry' }, password, reveal);
  const problem = build('p', { id: 'nightlatch-sign-in-problem', role: 'alert' });
  const passwordField = build('div', { class: 'nightlatch-field' }, passwordLabel, entry);
  const submit = build('button', { type: 'submit', class: 'nightlatch-primary' });
  const cancel = button({});
  const other = button({ class: 'nightlatch-quiet' });
  const notYou = button({ class: 'nightlatch-quiet' });
  const buttons = build('div', { class: 'nightlatch-buttons' }, submit, cancel);
  // `post`, should it ever be sent by the browser itself: a password does not belong into an address.
  const form = build('form', { method: 'post' }, usernameField, passwordField, problem, buttons);
  const dialog = build(
    'dialog',
    {
      'aria-labelledby': 'nightlatch-sign-in-title',
      'aria-describedby': 'nightlatch-sign-in-text nightlatch-sign-in-note',
    },
    ...[padlock('nightlatch-mark'), title, text, note, form, build('div', { class: 'nightlatch-more' }, other, notYou)],
  );
  return {
    dialog,
    title,
    text,
    note,
    form,
    usernameField,
    usernameLabel,
    username,
    passwordField,
    passwordLabel,
    password,
    reveal,
    problem,
    submit,
    other,
    cancel,
    notYou,
  };
}

/**
 * The word by which the browser offers passkeys beside what it has saved; without a request that waits, it would promise what is not
 * there. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fe-autocomplete-webauthn
 */
export function offerPasskey(isOffered: boolean, { username, password }: SignInParts): void {
  const offer = isOffered ? ' webauthn' : '';
  setAutocomplete(username, `username${offer}`);
  setAutocomplete(password, `current-password${offer}`);
}

/** Only what changes: browsers look at the form anew. */
function setAutocomplete(field: HTMLInputElement, value: string): void {
  if (field.getAttribute('autocomplete') !== value) field.setAttribute('autocomplete', value);
}

function button(attributes: Readonly<Record<string, string>>): HTMLButtonElement {
  return build('button', { type: 'button', ...attributes });
}
