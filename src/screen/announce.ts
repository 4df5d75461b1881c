/** What the ear hears of a warning, and when: all of it once, then each minute, then 60, 40 and 20 seconds. */
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { spokenRemaining } from './countdown.js';
import type { Messages } from './messages.js';
import type { ClosedWarning, OpenWarning, Warning, WarningState } from './warning.js';

/** Something to be said to people who hear the page. */
export interface Announcement {
  readonly text: string;
  /** `assertive` interrupts: the last 20 seconds, the end, and an extension that was not given. */
  readonly urgency: 'polite' | 'assertive';
}

/** From here on the time left interrupts whatever is being read. */
const LAST: Duration = 20_000;
const MINUTE: Duration = 60_000;

/** What a change of the warning says, if anything. */
export function announcement(state: WarningState, previous: WarningState, words: Messages): Announcement | undefined {
  if (!state.open) return previous.open ? closing(state, words) : undefined;
  if (!previous.open) return opening(state, words);
  if (state.status !== previous.status) {
    const said = statusOf(state, words);
    if (said) return said;
  }
  const shownAgain = previous.dismissed && !state.dismissed;
  if (shownAgain || state.deadline !== previous.deadline || state.cause !== previous.cause)
    return opening(state, words);
  const step = spokenRemaining(state.remaining);
  if (step === spokenRemaining(previous.remaining) || step === 0) return undefined;
  // Who has put the warning away has heard it: only the last minute is worth another word.
  if (state.dismissed && step > MINUTE) return undefined;
  return { text: words.remainingSpoken(step), urgency: urgencyOf(step) };
}

function opening(state: OpenWarning, words: Messages): Announcement {
  return { text: words.warningSpoken(state), urgency: urgencyOf(state.remaining) };
}

function closing({ closedBy }: ClosedWarning, words: Messages): Announcement | undefined {
  // Closed by a doubt: nothing is known that could be said.
  if (closedBy === undefined) return undefined;
  switch (closedBy) {
    case 'answer':
      return { text: words.stillSignedIn, urgency: 'polite' };
    case 'elsewhere':
      return { text: words.answeredElsewhere, urgency: 'polite' };
    case 'over':
      return { text: words.timeIsUp, urgency: 'assertive' };
  }
}

function statusOf(state: OpenWarning, words: Messages): Announcement | undefined {
  switch (state.status) {
    case 'idle':
      return undefined;
    case 'pending':
      return { text: words.extending, urgency: 'polite' };
    case 'failed':
      return { text: words.extensionFailed, urgency: 'assertive' };
    case 'refused':
      return { text: words.extensionRefused, urgency: 'assertive' };
  }
}

function urgencyOf(left: Duration): Announcement['urgency'] {
  return left <= LAST ? 'assertive' : 'polite';
}

/**
 * A screen reader speaks a dialog's name when focus enters it, and drops what a live region says at that moment. So the
 * opening message waits (1 s in the Ministry of Justice's component, which was tested with screen readers).
 */
const AFTER_NAME: Duration = 1_000;

/** What an announcer speaks with. */
export interface AnnouncerOptions {
  readonly clock: Clock;
  readonly messages: Messages;
  readonly say: (announcement: Announcement) => void;
}

/** Follows a warning and says what {@link announcement} has for each change. Returns the function that ends it. */
export function announce(warning: Warning, { clock, messages, say }: AnnouncerOptions): () => void {
  let callOff: (() => void) | undefined;

  function open(): void {
    callOff?.();
    callOff = clock.wait(AFTER_NAME, () => {
      callOff = undefined;
      const state = warning.getState();
      if (state.open) say(opening(state, messages));
    });
  }

  function heard(state: WarningState, previous: WarningState): void {
    const appears = state.open && !state.dismissed && (!previous.open || previous.dismissed) && state.status === 'idle';
    if (appears) return open();
    const said = announcement(state, previous, messages);
    if (!said) return;
    const waiting = callOff !== undefined;
    // A step within the first second is part of what the opening message is about to say.
    if (waiting && state.open && state.status === 'idle') return;
    callOff?.();
    callOff = undefined;
    say(said);
  }

  const unsubscribe = warning.subscribe(heard);
  if (warning.getState().open) open();
  return () => {
    unsubscribe();
    callOff?.();
  };
}
