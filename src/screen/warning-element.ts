/** `<nightlatch-warning>`: the warning as a dialog, and the small indicator that stays when it was put away. */
import type { Announcement } from './announce.js';
import { build, setText } from './build.js';
import { FaceElement, putInShadow } from './face-element.js';
import { hearClicks } from './hear-clicks.js';
import type { Messages } from './messages.js';
import { createModal, type Modal } from './modal.js';
import { WARNING_CSS } from './styles.js';
import type { OpenWarning, Warning, WarningState } from './warning.js';

/** What `<nightlatch-warning>` shows, in which words. */
export interface WarningElementOptions {
  readonly warning: Warning;
  readonly messages: Messages;
}

/**
 * The face of a {@link Warning}. Does nothing until it is told by {@link NightlatchWarning.use} which one.
 *
 * Parts: `dialog`, `title`, `time`, `count`, `reason`, `status`, `button`, `primary`, `indicator`.
 */
export class NightlatchWarning extends FaceElement<WarningElementOptions> {
  readonly #parts = parts();
  readonly #modal: Modal;
  #options: WarningElementOptions | undefined;

  constructor() {
    super();
    const { dialog, indicator, elsewhere } = this.#parts;
    putInShadow(this, WARNING_CSS, dialog, indicator, elsewhere);
    this.#modal = createModal(dialog, {
      modal: 'always',
      focus: () => this.#firstButton(),
      onEscape: () => this.#escape(),
    });
  }

  /** Says something to those who listen: in the dialog where it is open, for what is outside may not be heard then. */
  say({ text, urgency }: Announcement): void {
    const { dialog, polite, assertive, elsewhere } = this.#parts;
    if (dialog.open) setText(urgency === 'polite' ? polite : assertive, text);
    else setText(elsewhere, text);
  }

  protected follow(options: WarningElementOptions): () => void {
    this.#options = options;
    const { warning } = options;
    const deafen = hearClicks(this, (event, on) => event.isTrusted && this.#click(on));
    const unsubscribe = warning.subscribe((state) => this.#render(state));
    this.#render(warning.getState());
    return () => {
      deafen();
      unsubscribe();
    };
  }

  protected hide(): void {
    this.#modal.hide();
  }

  #render(state: WarningState): void {
    const { indicator, polite, assertive, elsewhere } = this.#parts;
    if (!state.open || state.dismissed) {
      this.#modal.hide();
      // What was said is over, and must not be found there by somebody who reads on.
      setText(polite, '');
      setText(assertive, '');
    }
    indicator.hidden = !state.open || !state.dismissed;
    if (!state.open) return;
    this.#fill(state);
    if (state.dismissed) return;
    setText(elsewhere, '');
    this.#modal.show();
  }

  #fill(state: OpenWarning): void {
    const messages = this.#options?.messages;
    if (!messages) return;
    const { dialog, title, label, count, reason, status, stay, dismiss, signOut, indicator, details } = this.#parts;
    const pending = state.status === 'pending';
    const canStay = state.extendable && state.status !== 'refused';

    setText(title, messages.warningTitle(state.cause));
    setText(label, messages.timeLeft);
    setText(count, messages.duration(state.remaining));
    setText(reason, messages.warningReason(state));
    setText(status, statusText(state, messages));
    status.hidden = state.status === 'idle';
    status.classList.toggle('problem', state.status === 'failed' || state.status === 'refused');

    setText(stay, state.status === 'failed' ? messages.tryAgain : messages.stay);
    setText(dismiss, messages.dismiss);
    setText(signOut, messages.signOut);
    // Not `disabled`, which would throw the focus out of the dialog while the server is being asked.
    stay.setAttribute('aria-disabled', String(pending));
    const had = this.shadowRoot?.activeElement;
    stay.hidden = !canStay;
    dismiss.hidden = canStay;
    if (dialog.open && had instanceof HTMLElement && had.hidden) this.#firstButton().focus();

    indicator.setAttribute('aria-label', messages.indicatorName);
    setText(details, pending ? messages.extending : messages.indicator(state.remaining));
  }

  #firstButton(): HTMLElement {
    const { stay, dismiss } = this.#parts;
    return stay.hidden ? dismiss : stay;
  }

  /** Only what a person does is an answer: a script could otherwise hold a session for ever, or throw people out. */
  #click(on: Node): void {
    const { stay, dismiss, signOut, details } = this.#parts;
    const warning = this.#options?.warning;
    if (stay.contains(on)) warning?.stay();
    else if (signOut.contains(on)) warning?.signOut();
    else if (dismiss.contains(on)) warning?.dismiss();
    else if (details.contains(on)) warning?.reopen();
  }

  /**
   * Esc does what is safe: stay where that is possible, else put the warning away. While the server is being asked, the
   * dialog makes room for the indicator; it comes back with bad news.
   */
  #escape(): void {
    const warning = this.#options?.warning;
    const state = warning?.getState();
    if (!warning || !state?.open) return;
    const canStay = state.extendable && state.status !== 'refused';
    if (!canStay || state.status === 'pending' || warning.stay()) warning.dismiss();
  }
}

function statusText({ status }: OpenWarning, messages: Messages): string {
  switch (status) {
    case 'idle':
      return '';
    case 'pending':
      return messages.extending;
    case 'failed':
      return messages.extensionFailed;
    case 'refused':
      return messages.extensionRefused;
  }
}

/** The live regions stand ready and empty: what appears together with its text is not announced. */
function parts() {
  const title = build('h2', { id: 'title', part: 'title' });
  const label = build('span', { class: 'muted' });
  const count = build('span', { class: 'count', part: 'count' });
  // For the eye: it changes each second, and the ear is told less often by the regions below.
  const time = build('p', { class: 'time', part: 'time', 'aria-hidden': 'true' }, label, count);
  const reason = build('p', { id: 'reason', part: 'reason', class: 'muted' });
  const status = build('p', { class: 'status', part: 'status', hidden: '' });
  const stay = build('button', { type: 'button', class: 'primary', part: 'button primary' });
  const dismiss = build('button', { type: 'button', class: 'primary', part: 'button primary' });
  const signOut = build('button', { type: 'button', part: 'button' });
  const polite = build('p', { class: 'ear', role: 'status' });
  const assertive = build('p', { class: 'ear', role: 'alert' });
  const dialog = build(
    'dialog',
    { role: 'alertdialog', 'aria-labelledby': 'title', 'aria-describedby': 'reason', part: 'dialog' },
    ...[title, time, reason, status, build('div', { class: 'buttons' }, stay, dismiss, signOut), polite, assertive],
  );
  const details = build('button', { type: 'button', part: 'button' });
  const indicator = build('section', { class: 'indicator', part: 'indicator', hidden: '' }, details);
  const elsewhere = build('p', { class: 'ear', role: 'status' });
  return {
    dialog,
    title,
    label,
    count,
    reason,
    status,
    stay,
    dismiss,
    signOut,
    polite,
    assertive,
    indicator,
    details,
    elsewhere,
  };
}
