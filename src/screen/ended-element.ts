/** `<nightlatch-ended>`: what stands in place of a covered page, says why, and leads on. */
import { build, setText } from './build.js';
import { FaceElement, putInShadow } from './face-element.js';
import { hearClicks } from './hear-clicks.js';
import type { Messages } from './messages.js';
import { createModal, type Modal } from './modal.js';
import { padlock } from './padlock.js';
import type { AbsentPanel, CheckingPanel, EndedPanel, LockedPanel, Panel, PanelState } from './panel.js';
import { leaveForSignIn, type SignIn } from './sign-in.js';
import { ENDED_CSS } from './styles.js';

/** What `<nightlatch-ended>` shows, in which words. */
export interface EndedElementOptions {
  readonly panel: Panel;
  readonly messages: Messages;
  /** How the person signs in again. Left out, the panel offers to reload the page. */
  readonly signIn?: SignIn;
}

/** What a panel shows, in words. */
interface Content {
  readonly title: string;
  readonly text: string;
  readonly note?: string;
  readonly actions: readonly ('sign-in' | 'unlock' | 'here' | 'sign-out' | 'try-again' | 'reload')[];
  readonly busy?: boolean;
}

/**
 * The face of a {@link Panel}. Does nothing until it is told by {@link NightlatchEnded.use} which one.
 *
 * Parts: `panel`, `card`, `title`, `text`, `note`, `button`, `primary`.
 */
export class NightlatchEnded extends FaceElement<EndedElementOptions> {
  readonly #parts = parts();
  readonly #modal: Modal;
  #options: EndedElementOptions | undefined;

  constructor() {
    super();
    const { dialog, title } = this.#parts;
    putInShadow(this, ENDED_CSS, dialog);
    // The focus goes to the heading: what somebody is still typing must not press a button.
    this.#modal = createModal(dialog, { modal: 'when-inert', focus: () => title, onEscape: () => {} });
  }

  protected follow(options: EndedElementOptions): () => void {
    this.#options = options;
    const { panel } = options;
    const deafen = hearClicks(this, (event, on) => this.#click(event, on));
    const unsubscribe = panel.subscribe((state) => this.#render(state));
    this.#render(panel.getState());
    return () => {
      deafen();
      unsubscribe();
    };
  }

  protected hide(): void {
    this.#modal.hide();
  }

  #click({ isTrusted }: Event, on: Node): void {
    const { tryAgain, signIn, unlock, here, signOut, reload } = this.#parts;
    const { panel } = this.#options ?? {};
    if (tryAgain.contains(on)) panel?.tryAgain();
    else if (unlock.contains(on)) panel?.unlock();
    else if (here.contains(on)) panel?.continueHere();
    else if (signIn.contains(on)) this.#signIn();
    else if (signOut.contains(on) && isTrusted) this.#leave();
    else if (reload.contains(on)) location.reload();
  }

  #render(state: PanelState): void {
    const { live, dialog } = this.#parts;
    const messages = this.#options?.messages;
    if (state.kind === 'hidden' || !messages) {
      this.#modal.hide();
      live.replaceChildren();
      return;
    }
    const wasOpen = dialog.open;
    const content = contentOf(state, messages);
    this.#fill(content, messages);
    this.#modal.show();
    // A panel that opens is read out because the focus moves; one that changes has to say so itself.
    if (wasOpen) this.#say([content.title, content.text, content.note ?? '']);
  }

  /** Each in a line of its own, so that they are not read in one breath. */
  #say(texts: readonly string[]): void {
    const { live } = this.#parts;
    if (live.textContent !== texts.join('')) live.replaceChildren(...texts.map((text) => build('div', {}, text)));
  }

  #fill({ title, text, note, actions, busy }: Content, messages: Messages): void {
    const parts = this.#parts;
    setText(parts.title, title);
    setText(parts.text, text);
    setText(parts.note, note ?? '');
    parts.note.hidden = !note;

    const { signIn } = this.#options ?? {};
    const canSignIn = actions.includes('sign-in');
    setText(parts.signIn, messages.signIn);
    setText(parts.link, messages.signIn);
    if (signIn?.url !== undefined) parts.link.href = signIn.url;
    parts.signIn.hidden = !canSignIn || !signIn?.run;
    parts.link.hidden = !canSignIn || signIn?.url === undefined;

    setText(parts.tryAgain, messages.tryAgain);
    parts.tryAgain.hidden = !actions.includes('try-again');
    parts.tryAgain.setAttribute('aria-disabled', String(busy ?? false));
    setText(parts.unlock, messages.unlock);
    parts.unlock.hidden = !actions.includes('unlock');
    setText(parts.here, messages.continueHere);
    parts.here.hidden = !actions.includes('here');
    setText(parts.signOut, messages.notYou);
    parts.signOut.hidden = !actions.includes('sign-out');
    setText(parts.reload, messages.reload);
    // Nobody is left without a way on.
    parts.reload.hidden = !actions.includes('reload') && !(canSignIn && !signIn);
    parts.buttons.hidden = [...parts.buttons.children].every((button) => (button as HTMLElement).hidden);
  }

  #signIn(): void {
    this.#options?.signIn?.run?.();
  }

  #leave(): void {
    const { panel, signIn } = this.#options ?? {};
    if (panel) void leaveForSignIn(panel.signOut, () => panel.getState().kind === 'ended', signIn);
  }
}

function contentOf(state: AbsentPanel | CheckingPanel | LockedPanel | EndedPanel, messages: Messages): Content {
  switch (state.kind) {
    case 'checking': {
      const { unreachable, policyRefused, trying } = state;
      const trouble = unreachable ? 'unreachable' : 'checking';
      const how = policyRefused ? 'policyRefused' : trouble;
      return {
        title: messages[`${how}Title`],
        text: messages[`${how}Text`],
        ...(trying ? { note: messages.trying } : {}),
        actions: how === 'checking' ? [] : ['try-again'],
        busy: trying,
      };
    }
    case 'locked': {
      const { until, openable, asked } = state;
      const isElsewhere = asked === 'elsewhere';
      const notes = [
        ...(isElsewhere ? [messages.lockedElsewhere] : []),
        ...(until === undefined ? [] : [messages.lockedUntil(until)]),
      ];
      const open = isElsewhere ? 'here' : 'unlock';
      return {
        title: messages.lockedTitle,
        text: messages.lockedText,
        note: notes.join(' '),
        actions: [openable ? open : 'sign-in', 'sign-out'],
      };
    }
    case 'absent':
      return { title: messages.endedTitle('signed-out'), text: messages.absentText, actions: ['sign-in'] };
    case 'ended':
      return {
        title: messages.endedTitle(state.reason),
        text: messages.endedText(state),
        note: messages.endedAt(state.at),
        // Another person is signed in now: the page, with what it shows of the last one, has to be loaded anew.
        actions: state.reason === 'replaced' ? ['reload'] : ['sign-in'],
      };
  }
}

function parts() {
  const title = build('h1', { id: 'title', part: 'title', tabindex: '-1' });
  const text = build('p', { id: 'text', class: 'text', part: 'text' });
  const note = build('p', { id: 'note', class: 'note muted', part: 'note', hidden: '' });
  const link = build('a', { class: 'link primary', part: 'button primary', hidden: '' });
  const signIn = button('primary', 'button primary');
  const unlock = button('primary', 'button primary');
  const here = button('primary', 'button primary');
  const tryAgain = button('primary', 'button primary');
  const reload = button('primary', 'button primary');
  const signOut = button('', 'button');
  const buttons = build('div', { class: 'buttons' }, tryAgain, link, signIn, unlock, here, reload, signOut);
  const live = build('div', { class: 'ear', role: 'status' });
  const card = build('div', { class: 'card', part: 'card' }, padlock('mark'), title, text, note, buttons, live);
  const dialog = build('dialog', { part: 'panel', 'aria-labelledby': 'title', 'aria-describedby': 'text note' }, card);
  return { dialog, title, text, note, link, signIn, unlock, here, tryAgain, reload, signOut, buttons, live };
}

function button(name: string, part: string): HTMLButtonElement {
  return build('button', { type: 'button', class: name, part, hidden: '' });
}
