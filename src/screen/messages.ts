/** The words on screen: replaceable one by one, and in any language. Text only, never HTML. */
import type { EndReason } from '../facts/facts.js';
import type { DeadlineCause } from '../rules/deadlines.js';
import { type Duration, minutes, type ServerTime, serverTime } from '../time/instant.js';
import { createFormats, type Formats } from './formats.js';

/** What the words of a warning are made from. */
export interface WarningWords {
  readonly cause: DeadlineCause;
  /** Milliseconds of the limit behind the deadline; `null` where unknown. */
  readonly limit: Duration | null;
  /** Whether more time can be asked for. */
  readonly extendable: boolean;
}

/** What the words about an end are made from. */
export interface EndedWords {
  readonly reason: EndReason;
  readonly detail?: string;
  readonly at: ServerTime;
  readonly limit?: Duration;
}

/** What the words about an answer that was not taken are made from. */
export interface RefusedWords {
  /** How often the person may still try, where the server says so. */
  readonly attemptsLeft?: number;
  /** How long they may not, and until when, where the server says so. */
  readonly wait?: Duration;
  readonly until?: ServerTime;
}

/** Every word that the elements show or say. Durations are milliseconds, instants epoch milliseconds. */
export interface Messages {
  /** The language of the words, as a BCP 47 tag: set as `lang`, so that they are spoken rightly on any page. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  /** A length of time, already rounded: "2 minutes". Used by the default texts too. */
  readonly duration: (duration: Duration) => string;
  /** A time of day, in the person's own time zone: "2:05 PM". */
  readonly clockTime: (at: ServerTime) => string;

  readonly warningTitle: (cause: DeadlineCause) => string;
  /** Why, and what to do about it; without the time, because it is not read anew as that runs. */
  readonly warningReason: (warning: WarningWords) => string;
  readonly timeLeft: string;
  /** For the ear, when the warning opens: all that matters in one breath. */
  readonly warningSpoken: (warning: WarningWords & { readonly remaining: Duration }) => string;
  /** For the ear, each minute and at 60, 40 and 20 seconds. */
  readonly remainingSpoken: (remaining: Duration) => string;
  readonly stay: string;
  readonly signOut: string;
  readonly dismiss: string;
  readonly tryAgain: string;
  readonly extending: string;
  readonly extensionFailed: string;
  readonly extensionRefused: string;
  readonly stillSignedIn: string;
  /** The warning closed though nobody answered it here: another tab, or the app. */
  readonly answeredElsewhere: string;
  readonly timeIsUp: string;
  /** The small indicator that stays when a warning was put away; its name for assistive technology. */
  readonly indicatorName: string;
  readonly indicator: (remaining: Duration) => string;
  /** The title of a tab in the background whose session needs an answer. */
  readonly attentionTitle: (title: string) => string;

  readonly checkingTitle: string;
  readonly checkingText: string;
  readonly unreachableTitle: string;
  readonly unreachableText: string;
  /** The server has answered, with no policy that this page takes: one that was not signed, for instance. */
  readonly policyRefusedTitle: string;
  /** See `policyRefusedTitle`. */
  readonly policyRefusedText: string;
  readonly absentText: string;
  readonly trying: string;
  readonly lockedTitle: string;
  readonly lockedText: string;
  /** When the lock ends the session. */
  readonly lockedUntil: (until: ServerTime) => string;
  /** Of a locked page, while another tab asks the person who they are. */
  readonly lockedElsewhere: string;
  /** Signs out, for whoever is not the person whose session is locked. */
  readonly notYou: string;
  /** Something in this page waits for another tab, which asks the person to authenticate. */
  readonly elsewhereTitle: string;
  readonly elsewhereText: string;
  readonly continueHere: string;
  readonly notNow: string;
  readonly endedTitle: (reason: EndReason) => string;
  readonly endedText: (end: EndedWords) => string;
  readonly endedAt: (at: ServerTime) => string;
  readonly signIn: string;
  readonly reload: string;

  /** The question who somebody is: to open a locked page, or for something that needs a recent answer. */
  readonly unlockTitle: string;
  readonly unlockText: string;
  readonly confirmTitle: string;
  readonly confirmText: (question: { readonly authenticatedAt?: ServerTime }) => string;
  /** The labels of the two fields. */
  readonly username: string;
  /** See `username`. */
  readonly password: string;
  readonly showPassword: string;
  readonly hidePassword: string;
  readonly unlock: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly proving: string;
  readonly passwordWrong: (refused: RefusedWords) => string;
  readonly tooManyAttempts: (refused: RefusedWords) => string;
  readonly usePasskey: string;
  /** To the other way. */
  readonly usePasswordInstead: string;
  readonly usePasskeyInstead: string;
  readonly passkeyWrong: (refused: RefusedWords) => string;
  readonly passkeyCancelled: string;
  readonly passkeyTimedOut: string;
  readonly passkeyUnusable: string;
  readonly proofUnreachable: string;
  /** The time has passed for which no answer counted. */
  readonly proofAgain: string;

  /** Why a control of the page cannot be used: no right to it, too long since the person authenticated, or nobody knows yet. */
  readonly operationDenied: string;
  readonly operationStale: string;
  readonly operationUnknown: string;
  /** The person was asked to authenticate for a control, and has not. */
  readonly operationLeft: string;
}

/** The language and the words of the screen; what is left out is said in English. */
export interface MessageOptions {
  /** How numbers and times are written, as a BCP 47 tag. Default: `en`, the language of the default texts. */
  readonly locale?: string;
  /** Texts in place of the defaults. One that is left out, `undefined` or empty stays the default. */
  readonly messages?: { readonly [key in keyof Messages]?: Messages[key] | undefined };
}

/** The messages: yours over the English ones. */
export function createMessages({ locale = 'en', messages = {} }: MessageOptions = {}): Messages {
  const given = Object.fromEntries(Object.entries(messages).filter(([, value]) => value !== undefined && value !== ''));
  // The default texts use whatever formats are in force, so replacing `duration` changes them all.
  const all: Messages = { ...english(createFormats(locale), () => all), ...given };
  return all;
}

function english(formats: Formats, now: () => Pick<Messages, 'duration' | 'clockTime' | 'stay'>): Messages {
  const time = (duration: Duration): string => now().duration(duration);
  const again = ({ wait, until }: RefusedWords): string => {
    if (wait === undefined || until === undefined) return 'Try again later.';
    if (wait < minutes(2)) return `Try again in ${time(wait)}.`;
    // Up, never down: whoever waits for as long as they were told gets in.
    return `Try again at ${now().clockTime(serverTime(Math.ceil(until / minutes(1)) * minutes(1)))}.`;
  };
  return {
    language: 'en',
    direction: 'ltr',
    duration: formats.duration,
    clockTime: formats.clockTime,

    warningTitle: (cause) => WARNING_TITLES[cause],
    warningReason({ cause, limit, extendable }) {
      switch (cause) {
        case 'idle': {
          const when =
            limit === null ? 'when you have not been active for a while' : `after ${time(limit)} without activity`;
          return `For your security, we sign you out ${when}.${extendable ? '' : ' More time cannot be asked for. Save your work.'}`;
        }
        case 'absolute':
          return limit === null
            ? 'For your security, every session has an end, however busy you are. Save your work, then sign in again.'
            : `For your security, a session lasts ${time(limit)} at most, however busy you are. Save your work, then sign in again.`;
        case 'credential':
          return 'Your sign-in is only valid for a certain time. Save your work, then sign in again.';
      }
    },
    timeLeft: 'Time left',
    warningSpoken: ({ remaining, extendable }) =>
      `You will be signed out in ${time(remaining)}.${extendable ? ` To go on working, choose “${now().stay}”.` : ''}`,
    remainingSpoken: (remaining) => `${time(remaining)} left.`,
    stay: 'Stay signed in',
    signOut: 'Sign out',
    dismiss: 'OK',
    tryAgain: 'Try again',
    extending: 'Asking the server for more time…',
    extensionFailed: 'The server did not answer, so you do not have more time yet.',
    extensionRefused: 'The server allows no more time for this session. Save your work, then sign in again.',
    stillSignedIn: 'You are still signed in.',
    answeredElsewhere: 'You are still signed in. No answer is needed any more.',
    timeIsUp: 'Your time is up.',
    indicatorName: 'Session',
    indicator: (remaining) => `Signed out in ${time(remaining)}`,
    attentionTitle: (title) => (title ? `Signed out soon – ${title}` : 'Signed out soon'),

    checkingTitle: 'Checking your session',
    checkingText: 'We are making sure that you are still signed in. The page stays hidden until we know.',
    unreachableTitle: 'We cannot reach the server',
    unreachableText:
      'So we do not know whether you are still signed in, and the page stays hidden. Check your connection, then try again.',
    policyRefusedTitle: 'We could not check your session',
    policyRefusedText:
      'The server has answered, but not with rules that this page can trust, so it stays hidden. If it lasts, try another network, or ask those who run this site.',
    absentText: 'Sign in to see this page.',
    trying: 'Trying to reach the server…',
    lockedTitle: 'Locked',
    lockedText: 'For your security, this page is locked. What you have entered is kept.',
    lockedUntil: (until) => `Your session ends at ${now().clockTime(until)}.`,
    lockedElsewhere: 'You are asked who you are in another tab. Continue there, or here.',
    notYou: 'Not you? Sign out',
    elsewhereTitle: 'Continue in the other tab, or here',
    elsewhereText:
      'Another tab asks you to confirm that it is you. When you have done so there, this page goes on by itself. What you have entered is kept.',
    continueHere: 'Continue here',
    notNow: 'Not now',
    endedTitle: (reason) => (reason === 'replaced' ? 'This session is no longer current' : 'You are signed out'),
    endedText: ({ reason, limit }) => {
      switch (reason) {
        case 'idle':
          return limit === undefined
            ? 'For your security, we signed you out because you were not active.'
            : `For your security, we signed you out after ${time(limit)} without activity.`;
        case 'absolute':
          return limit === undefined
            ? 'For your security, we signed you out because your session had reached its longest time.'
            : `For your security, we signed you out after ${time(limit)}, the longest that a session may last.`;
        case 'credential':
          return 'Your sign-in was no longer valid.';
        case 'revoked':
          return 'Your session was ended for you, by an administrator or for the safety of your account.';
        case 'signed-out':
          return 'You have signed out. It is safe to close this page.';
        case 'replaced':
          return 'Somebody else has signed in with this browser. Reload the page to go on.';
        case 'unknown':
          return 'The server does not know your session any more. You may have signed out on another page.';
      }
    },
    endedAt: (at) => `Ended at ${now().clockTime(at)}`,
    signIn: 'Sign in again',
    reload: 'Reload the page',

    unlockTitle: 'Unlock this page',
    unlockText: 'Prove that it is you, and it opens again where you left it. What you have entered is kept.',
    confirmTitle: 'Confirm that it is you',
    confirmText: ({ authenticatedAt }) =>
      `This needs a proof from not too long ago.${authenticatedAt === undefined ? '' : ` You last proved who you are at ${now().clockTime(authenticatedAt)}.`} What you have entered is kept.`,
    username: 'User name',
    password: 'Password',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    unlock: 'Unlock',
    confirm: 'Confirm',
    cancel: 'Cancel',
    proving: 'Checking…',
    passwordWrong: ({ attemptsLeft, ...refused }) => {
      const wrong = 'That is not your password.';
      if (refused.until !== undefined) return `${wrong} No attempt is left. ${again(refused)}`;
      if (attemptsLeft === undefined) return `${wrong} Try again.`;
      return `${wrong} ${attemptsLeft === 1 ? '1 attempt is left.' : `${attemptsLeft} attempts are left.`}`;
    },
    usePasskey: 'Use your passkey',
    usePasswordInstead: 'Use your password instead',
    usePasskeyInstead: 'Use your passkey instead',
    passkeyWrong: (refused) =>
      `That passkey was not accepted. ${refused.until === undefined ? 'Try again.' : `No attempt is left. ${again(refused)}`}`,
    passkeyCancelled: 'You have not used your passkey. You can try again.',
    passkeyTimedOut: 'The request for your passkey has run out. You can try again.',
    passkeyUnusable: 'No passkey of yours can be used here.',
    tooManyAttempts: (refused) => `There were too many attempts. ${again(refused)}`,
    proofUnreachable: 'The server did not answer, so we do not know. Check your connection, then try again.',
    proofAgain: 'You can try again now.',

    operationDenied: 'You are not allowed to do this.',
    operationStale: 'To do this, you have to authenticate again.',
    operationUnknown: 'We are checking your session. Try again in a moment.',
    operationLeft: 'You have not authenticated, so nothing was done.',
  };
}

const WARNING_TITLES: Readonly<Record<DeadlineCause, string>> = {
  idle: 'You’re about to be signed out',
  absolute: 'Your session is about to end',
  credential: 'Your sign-in is about to expire',
};
