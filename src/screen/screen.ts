/** The whole screen: the cover, the warning and the panel, together and in the right order. */
import { type Clock, createSystemClock } from '../time/clock.js';
import { announce } from './announce.js';
import { callAttention } from './attention.js';
import { createCover } from './cover.js';
import { defineElements } from './define.js';
import { createElsewhere } from './elsewhere.js';
import { listenForShortcut, readShortcut, type Shortcut } from './lock-shortcut.js';
import { createMessages, type MessageOptions } from './messages.js';
import { type Checkable, createPanel } from './panel.js';
import { createPublicPage } from './public-page.js';
import { type SignInOptions, signInBy } from './sign-in.js';
import type { SignInPrompt } from './sign-in-state.js';
import { offerUnlocking } from './unlock.js';
import { createPageVisibility } from './visibility.js';
import { type Answerable, createWarning } from './warning.js';

/** What a screen needs of the latch. */
export interface ScreenLatch extends Answerable, Checkable {
  lock(): unknown;
}

/** How the screen looks, speaks and leads on. */
export interface ScreenOptions extends SignInOptions, MessageOptions {
  /** This page needs no session: nothing is covered, and no panel is shown. Default: whether `<html>` has `data-public`. */
  readonly publicPage?: boolean;
  /**
   * What a page shows while nobody is signed in. Default `'page'`: itself, as an app with a sign-in page of its own does.
   * `'panel'`: it is covered, and a panel says why and leads to the sign-in.
   */
  readonly whenAbsent?: 'page' | 'panel';
  /**
   * The question who somebody is: asked in `<nightlatch-sign-in>`, over this page. Its `reauthenticate` has to be the latch's option. A
   * locked page is then unlocked in place, and whoever comes to it finds the question there; `signInUrl` and `onSignIn` are for a
   * session that is over.
   */
  readonly signInPrompt?: SignInPrompt;
  /**
   * Keys by which people who leave their desk lock the page, in all tabs: `Control+Alt+L`. Needs Control, Alt or Meta, for single keys
   * are pressed by accident and by voice (WCAG 2.1.4). Default: none. Say it where it is wanted, with a button beside it that
   * calls `latch.lock()` and has the same text as `aria-keyshortcuts`.
   *
   * `createScreen` throws a `TypeError` for what is no shortcut, or one that browsers keep to themselves.
   */
  readonly lockShortcut?: string;
  readonly clock?: Clock;
}

export interface Screen {
  /** Begins to show what is to be shown. May be repeated. */
  start(): void;
  /** Ends it, but takes no cover down: a covered page stays covered, with its panel, until a screen is started again. */
  stop(): void;
}

/**
 * Shows a session's state to the person: warns in time, covers the page when the session is not open, and says why.
 *
 * The words, the language of numbers and the way to sign in are options; colours, radius and font are custom properties
 * (`--nightlatch-accent`, `--nightlatch-surface`, …). Works under `default-src 'self'` and Trusted Types.
 *
 * @example
 * const screen = createScreen(latch, { signInUrl: '/sign-in' });
 * screen.start();
 */
export function createScreen(latch: ScreenLatch, options: ScreenOptions = {}): Screen {
  const messages = createMessages(options);
  const signIn = signInBy(options);
  const { signInPrompt } = options;
  const shortcut = shortcutOf(options);
  const stops: (() => void)[] = [];
  let parts: Parts | undefined;

  return {
    start() {
      if (stops.length > 0) return;
      parts ??= createParts(latch, options);
      const { warning, panel, cover, elsewhere, clock, visibility, face, ended, other, question } = parts;
      const elements: readonly Element[] = [face, ended, other, ...(signInPrompt ? [question] : [])];
      for (const left of document.querySelectorAll(`html > [${LEFT}]`)) if (!elements.includes(left)) left.remove();
      ended.removeAttribute(LEFT);
      face.use({ warning, messages });
      ended.use({ panel, messages, ...(signIn ? { signIn } : {}) });
      other.use({ elsewhere, messages });
      if (signInPrompt) question.use({ prompt: signInPrompt, messages, latch, clock, ...(signIn ? { signIn } : {}) });

      // The cover first: it hears of each change before the others do, and nothing they do can come in between.
      cover.start();
      // Then the warning, which clears the way for the panel.
      warning.start();
      panel.start();
      elsewhere.start();
      stops.push(
        keepInPlace(elements),
        // After the elements: what is said of a dialog that has closed is said outside of it.
        announce(warning, { clock, messages, say: (said) => face.say(said) }),
        callAttention(warning, { messages, visibility }),
        shortcut ? listenForShortcut(latch, shortcut) : () => {},
        // After the panel, in the same task: the question stands in front of it, and has the focus at last.
        ...(signInPrompt ? [offerUnlocking({ latch, prompt: signInPrompt, panel, visibility })] : []),
      );
    },
    stop() {
      if (stops.length === 0 || !parts) return;
      const { warning, panel, cover, elsewhere, face, ended, other, question } = parts;
      for (const stop of stops.splice(0)) stop();
      warning.stop();
      panel.stop();
      cover.stop();
      elsewhere.stop();
      face.remove();
      other.remove();
      question.remove();
      if (panel.getState().kind === 'hidden') ended.remove();
      else ended.setAttribute(LEFT, '');
    },
  };
}

function shortcutOf({ lockShortcut }: ScreenOptions): Shortcut | undefined {
  if (lockShortcut === undefined) return undefined;
  const read = typeof lockShortcut === 'string' ? readShortcut(lockShortcut) : 'is no text.';
  if (typeof read === 'string') throw new TypeError(`lockShortcut is "${String(lockShortcut)}": it ${read}`);
  return read;
}

type Parts = ReturnType<typeof createParts>;

/** Everything a screen is made of. Made at the first start: a screen may be created where there is no document yet. */
function createParts(latch: ScreenLatch, options: ScreenOptions) {
  const { publicPage, whenAbsent = 'page', clock = createSystemClock() } = options;
  defineElements();
  const visibility = createPageVisibility();
  const face = document.createElement('nightlatch-warning');
  const ended = document.createElement('nightlatch-ended');
  const other = document.createElement('nightlatch-elsewhere');
  const question = document.createElement('nightlatch-sign-in');
  for (const element of [face, ended, other, question]) element.setAttribute('data-nightlatch', '');
  return {
    clock,
    visibility,
    face,
    ended,
    question,
    other,
    elsewhere: createElsewhere(latch),
    cover: createCover(latch, { clock, whenAbsent, ...(publicPage === undefined ? {} : { publicPage }) }),
    warning: createWarning(latch, { clock, visibility }),
    panel: createPanel(latch, { clock, whenAbsent, publicPage: createPublicPage(publicPage) }),
  };
}

/** Marks a panel whose screen was stopped: the next screen to start takes its place. */
const LEFT = 'data-left';

/** Children of `<html>`, beside the body: outside of what is hidden, and of what a framework renders anew. */
function keepInPlace(elements: readonly Element[]): () => void {
  const place = (): void => {
    for (const element of elements) {
      if (element.parentNode !== document.documentElement) document.documentElement.append(element);
    }
  };
  const observer = new MutationObserver(place);
  observer.observe(document.documentElement, { childList: true });
  place();
  return () => observer.disconnect();
}
