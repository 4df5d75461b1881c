/** `<nightlatch-elsewhere>`: the dialog that says that another tab asks the person, and offers to go on here. */
import { build, setText } from './build.js';
import type { Elsewhere } from './elsewhere.js';
import { FaceElement, putInShadow } from './face-element.js';
import { hearClicks } from './hear-clicks.js';
import type { Messages } from './messages.js';
import { createModal, type Modal } from './modal.js';
import { WARNING_CSS } from './styles.js';

/** What `<nightlatch-elsewhere>` shows, in which words. */
export interface ElsewhereElementOptions {
  readonly elsewhere: Elsewhere;
  readonly messages: Messages;
}

/**
 * The face of an {@link Elsewhere}. Does nothing until it is told by {@link NightlatchElsewhere.use} which one.
 *
 * Parts: `dialog`, `title`, `text`, `button`, `primary`.
 */
export class NightlatchElsewhere extends FaceElement<ElsewhereElementOptions> {
  readonly #parts = parts();
  readonly #modal: Modal;
  #options: ElsewhereElementOptions | undefined;

  constructor() {
    super();
    const { dialog, title } = this.#parts;
    putInShadow(this, WARNING_CSS, dialog);
    // The focus goes to the heading: it may come while somebody types.
    this.#modal = createModal(dialog, {
      modal: 'always',
      focus: () => title,
      onEscape: () => this.#options?.elsewhere.putAway(),
    });
  }

  protected follow(options: ElsewhereElementOptions): () => void {
    this.#options = options;
    const { elsewhere, messages } = options;
    const { title, text, here, later } = this.#parts;
    setText(title, messages.elsewhereTitle);
    setText(text, messages.elsewhereText);
    setText(here, messages.continueHere);
    setText(later, messages.notNow);
    const deafen = hearClicks(this, (_, on) => {
      if (here.contains(on)) elsewhere.continueHere();
      else if (later.contains(on)) elsewhere.putAway();
    });
    const render = (): void => {
      if (elsewhere.getState().open) this.#modal.show();
      else this.#modal.hide();
    };
    const unsubscribe = elsewhere.subscribe(render);
    render();
    return () => {
      deafen();
      unsubscribe();
    };
  }

  protected hide(): void {
    this.#modal.hide();
  }
}

function parts() {
  const title = build('h2', { id: 'title', part: 'title', tabindex: '-1' });
  const text = build('p', { id: 'text', class: 'text muted', part: 'text' });
  const here = build('button', { type: 'button', class: 'primary', part: 'button primary' });
  const later = build('button', { type: 'button', part: 'button' });
  const buttons = build('div', { class: 'buttons' }, here, later);
  const attributes = { 'aria-labelledby': 'title', 'aria-describedby': 'text', part: 'dialog' };
  return { dialog: build('dialog', attributes, title, text, buttons), title, text, here, later };
}
