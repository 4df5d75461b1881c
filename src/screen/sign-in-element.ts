/** `<nightlatch-sign-in>`: asks a person in place who they are, over the covered page or over the open one. */
import type { Viewing } from '../ports.js';
import { isOpen } from '../rules/view.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import { setText } from './build.js';
import { FaceElement } from './face-element.js';
import { hearClicks } from './hear-clicks.js';
import { keepInput } from './input-stop.js';
import type { Messages } from './messages.js';
import { createModal, type Modal } from './modal.js';
import { leaveForSignIn, type SignIn } from './sign-in.js';
import { offerPasskey, type SignInParts, signInParts } from './sign-in-parts.js';
import type { OpenSignIn, SignInPrompt, SignInState } from './sign-in-state.js';
import { signInSheet } from './sign-in-styles.js';
import { problemText } from './sign-in-words.js';
import { adopt } from './style-sheet.js';
import { createTyping, type Typing } from './typing.js';

/** What `<nightlatch-sign-in>` asks, in which words. */
export interface SignInElementOptions {
  readonly prompt: SignInPrompt;
  readonly messages: Messages;
  readonly latch: Pick<Viewing, 'getView' | 'subscribe'> & { signOut(): Promise<unknown> };
  /** Where somebody else comes to, once all is wiped. Left out, the page is loaded anew. */
  readonly signIn?: SignIn;
  readonly clock?: Clock;
}

/**
 * The face of a {@link SignInPrompt}. Does nothing until it is told by {@link NightlatchSignIn.use} which one.
 *
 * It has no shadow root: password managers of which some do not look into one (Proton Pass, LastPass, several on phones) find a plain
 * form with a user name and a current password. Its own style sheet keeps the page's styles out.
 */
export class NightlatchSignIn extends FaceElement<SignInElementOptions> {
  #parts: SignInParts | undefined;
  #modal: Modal | undefined;
  #options: SignInElementOptions | undefined;
  #typing: Typing | undefined;

  protected follow(options: SignInElementOptions): () => void {
    this.#options = options;
    const { prompt, latch, clock } = options;
    this.#typing ??= createTyping(clock ?? createSystemClock());
    const parts = this.#parts ?? this.#build();
    this.#parts = parts;
    const { form } = parts;
    const listening = new AbortController();
    const submit = (event: Event): void => {
      event.preventDefault();
      this.#submit();
    };
    // On the way down, as the clicks: an app that has a word in every form's submission has none here.
    const down = { capture: true, signal: listening.signal };
    const view = this.ownerDocument.defaultView;
    view?.addEventListener('submit', (event) => event.target === form && submit(event), down);
    view?.addEventListener('keydown', (event) => this.#type(event, parts), down);
    const deafen = hearClicks(this, (event, on) => this.#click(event, on));
    const ends = [
      prompt.subscribe((state, previous) => this.#render(state, previous)),
      // The page may be locked while somebody is asked, or open again.
      latch.subscribe(() => prompt.getState().open && this.#render(prompt.getState(), prompt.getState())),
    ];
    this.#render(prompt.getState());
    return () => {
      listening.abort();
      deafen();
      for (const end of ends) end();
    };
  }

  protected hide(): void {
    this.#forget();
    this.#modal?.hide();
  }

  /** Not in the constructor, which may add no children. */
  #build(): SignInParts {
    const parts = signInParts();
    keepInput(this);
    this.append(parts.dialog);
    this.#modal = createModal(parts.dialog, {
      modal: 'always',
      focus: () => this.#focus(parts),
      onEscape: () => !parts.cancel.hidden && this.#options?.prompt.cancel(),
      // What a password manager shows beside its field.
      besidePopovers: true,
    });
    return parts;
  }

  #render(state: SignInState, previous?: SignInState): void {
    const options = this.#options;
    if (!options || !this.#parts) return;
    if (!state.open) return this.hide();
    const isNew = !previous?.open || previous.number !== state.number;
    if (isNew) this.#forget();
    // The page may have replaced the document's sheets since.
    const sheet = signInSheet();
    if (sheet) adopt(this.ownerDocument, sheet);
    this.#fill(state, options, this.#parts);
    this.#modal?.show();
    if (!previous?.open || isNew) return;
    if (previous.way !== state.way) this.#change(previous, state, options.prompt, this.#parts);
    else if (previous.pending && !state.pending) this.#offerAgain(state, this.#parts);
  }

  #fill(state: OpenSignIn, { messages, latch }: SignInElementOptions, parts: SignInParts): void {
    const view = latch.getView();
    const isLocked = view.phase === 'locked';
    parts.dialog.classList.toggle('nightlatch-locked', isLocked);
    const authenticatedAt = isOpen(view) ? { authenticatedAt: view.authenticatedAt } : {};
    setText(parts.title, isLocked ? messages.unlockTitle : messages.confirmTitle);
    setText(parts.text, isLocked ? messages.unlockText : messages.confirmText(authenticatedAt));
    const until = isLocked ? view.deadline?.at : undefined;
    setText(parts.note, until === undefined ? '' : messages.lockedUntil(until));
    setText(parts.usernameLabel, messages.username);
    parts.usernameField.hidden = state.username === undefined;
    if (parts.username.value !== (state.username ?? '')) parts.username.value = state.username ?? '';
    setText(parts.passwordLabel, messages.password);
    this.#reveal(parts, parts.password.type === 'text');
    offerPasskey(state.passkeyInAutofill === true, parts);
    // Said by the live region once it is there, and by the field whenever somebody comes back to it.
    setText(parts.problem, problemText(state.problem, messages));
    // A passkey may have been chosen in this field, and is no matter of what stands in it.
    const isWrong =
      (state.problem?.type === 'wrong' && state.problem.way === 'password') || state.problem?.type === 'too-many';
    parts.problem.classList.toggle('nightlatch-good', state.problem?.type === 'again');
    if (isWrong) parts.password.setAttribute('aria-invalid', 'true');
    else parts.password.removeAttribute('aria-invalid');
    this.#offer(state, isLocked ? messages.unlock : messages.confirm, messages, parts);
    setText(parts.cancel, messages.cancel);
    // A locked page has nothing behind it to go back to.
    parts.cancel.hidden = isLocked;
    setText(parts.notYou, messages.notYou);
  }

  /** The way that is asked for, and the one to use instead. */
  #offer({ way, other, pending }: OpenSignIn, password: string, messages: Messages, parts: SignInParts): void {
    const isPassword = way === 'password';
    parts.passwordField.hidden = !isPassword;
    // A field that nobody sees must not hold the form up.
    parts.password.disabled = !isPassword;
    const isBusy = pending || way === 'looking';
    const words = isPassword ? password : messages.usePasskey;
    setText(parts.submit, isBusy ? messages.proving : words);
    // Not `disabled`, which would throw the focus out of the dialog.
    parts.submit.setAttribute('aria-disabled', String(isBusy));
    parts.other.hidden = other === undefined;
    setText(parts.other, other === 'passkey' ? messages.usePasskeyInstead : messages.usePasswordInstead);
  }

  #submit(): void {
    const { prompt } = this.#options ?? {};
    const parts = this.#parts;
    const state = prompt?.getState();
    if (!prompt || !parts || !state?.open) return;
    this.#reveal(parts, false);
    if (state.way === 'password') prompt.submit(parts.password.value);
    else prompt.askPasskey();
  }

  /** Another way is asked for: the focus goes along, and whoever has just asked for this is asked by their device at once. */
  #change(previous: OpenSignIn, { way, offered }: OpenSignIn, prompt: SignInPrompt, parts: SignInParts): void {
    if (this.ownerDocument.activeElement !== parts.title) entryOf(parts).focus({ preventScroll: true });
    const { navigator } = this.ownerDocument.defaultView ?? {};
    // Nobody has asked for what only stands ready, however active they were a moment ago.
    if (offered || !navigator?.userActivation?.isActive) return;
    if (previous.way === 'looking' && way === 'passkey') prompt.askPasskey();
  }

  /** Unasked, it may come while somebody types: that belongs neither into the field nor on a button. */
  #focus(parts: SignInParts): HTMLElement {
    const state = this.#options?.prompt.getState();
    const isUnasked = state?.open === true && state.offered;
    return isUnasked && this.#typing?.isUnderWay() ? parts.title : entryOf(parts);
  }

  /** Whoever begins to type at the heading means the password; what this key writes goes to where the focus is by then. */
  #type(event: KeyboardEvent, { title, password, passwordField }: SignInParts): void {
    if (!this.#typing?.begins(event) || passwordField.hidden) return;
    if (this.ownerDocument.activeElement === title) password.focus({ preventScroll: true });
  }

  #click({ isTrusted }: Event, on: Node): void {
    const { reveal, other, cancel, notYou, password } = this.#parts ?? {};
    if (!this.#parts) return;
    if (reveal?.contains(on)) {
      this.#reveal(this.#parts, password?.type === 'password');
    } else if (other?.contains(on)) {
      this.#options?.prompt.takeOther();
    } else if (cancel?.contains(on)) {
      this.#options?.prompt.cancel();
    } else if (notYou?.contains(on) && isTrusted) {
      this.#leave();
    }
  }

  /** The cover goes up first; what is asked ends with the session. */
  #leave(): void {
    const { latch, prompt, signIn } = this.#options ?? {};
    if (!latch) return;
    void leaveForSignIn(latch.signOut, () => latch.getView().phase === 'ended', signIn);
    prompt?.cancel();
  }

  #reveal({ password, reveal }: SignInParts, isShown: boolean): void {
    const { messages } = this.#options ?? {};
    if (!messages) return;
    const type = isShown ? 'text' : 'password';
    if (password.type !== type) password.type = type;
    setText(reveal, isShown ? messages.hidePassword : messages.showPassword);
  }

  /** Whoever was refused types anew, and need not delete first. */
  #offerAgain({ way }: OpenSignIn, { password, submit }: SignInParts): void {
    if (way !== 'password') return submit.focus({ preventScroll: true });
    password.focus({ preventScroll: true });
    password.select();
  }

  /** What was typed stays for nobody. */
  #forget(): void {
    const parts = this.#parts;
    if (!parts) return;
    parts.password.value = '';
    this.#reveal(parts, false);
    setText(parts.problem, '');
  }
}

/** Where the answer is given. */
function entryOf({ passwordField, password, submit }: SignInParts): HTMLElement {
  return passwordField.hidden ? submit : password;
}
