/** Why a session ended, for the person whose session it was. */
import type { Tone } from './parts.js';

export interface Ending {
  readonly title: string;
  readonly text: string;
  readonly tone: Tone;
}

const revoked: Ending = {
  title: 'Your session was ended',
  text: 'An administrator or a security rule ended it. If you did not expect this, ask your administrator.',
  tone: 'warn',
};

const endings: Readonly<Record<string, Ending>> = {
  idle: {
    title: 'You were signed out',
    text: 'Nobody used this session for a while, so it was ended and its data removed from this browser.',
    tone: 'warn',
  },
  absolute: {
    title: 'Your session reached its longest time',
    text: 'However busy, a session lasts only so long. Sign in to start a new one.',
    tone: 'warn',
  },
  credential: {
    title: 'Your sign-in ran out',
    text: 'What proved who you are is no longer valid. Sign in to go on.',
    tone: 'warn',
  },
  revoked,
  'signed-out': {
    title: 'You have signed out',
    text: 'What the session left in this browser has been removed.',
    tone: 'good',
  },
  replaced: {
    title: 'Somebody else signed in',
    text: 'Another session took the place of yours in this browser.',
    tone: 'warn',
  },
};

export function endingOf(reason: string): Ending {
  return endings[reason] ?? { title: 'Your session is over', text: 'Sign in to start a new one.', tone: 'plain' };
}
