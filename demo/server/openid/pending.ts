/** Who was sent to the provider and has not come back yet: one use each, in the browser that went, for as long as a person takes. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../time/clock.js';
import { minutes } from '../time/durations.js';

/** What a person was sent for. */
export interface Errand {
  /** Whose session is to go on. Left out: to sign in. */
  readonly session?: { readonly id: string; readonly subject: string };
  /** What the page calls it, handed back to it as it came. */
  readonly pageState: string;
  /** Milliseconds; null where no age was asked for. */
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
  /** Asked to prove it anew, whatever the provider remembers. */
  readonly isAnew: boolean;
}

export interface Pending extends Errand {
  readonly nonce: string;
  /** PKCE (RFC 7636): what only this server can show when it comes for the tokens. */
  readonly verifier: string;
  readonly beganAt: number;
}

export interface PendingErrands {
  /** `binding` is a secret of the browser's, out of reach of scripts. */
  begin(errand: Errand, binding: string): { readonly state: string; readonly pending: Pending };
  /** Once; `undefined` for a state that nobody has, has used already, has let lie, or that another browser comes with. */
  take(state: string, binding: string): Pending | undefined;
}

/** As long as a page waits for an answer. */
export const errandGoodFor = minutes(10);

/** More than this many at a time is nobody's work: the oldest give way. */
const most = 10_000;

/** In memory; a server of several nodes keeps it where all of them see it. */
export function createPendingErrands(clock: Pick<Clock, 'now'>): PendingErrands {
  const kept = new Map<string, { readonly pending: Pending; readonly binding: string }>();

  function dropOld(): void {
    const oldest = clock.now() - errandGoodFor;
    for (const [state, { pending }] of kept) {
      if (pending.beganAt > oldest && kept.size < most) return;
      kept.delete(state);
    }
  }

  return {
    begin(errand, binding) {
      dropOld();
      const state = random();
      const pending = { ...errand, nonce: random(), verifier: random(), beganAt: clock.now() };
      kept.set(state, { pending, binding: digest(binding) });
      return { state, pending };
    },
    take(state, binding) {
      const found = kept.get(state);
      if (found === undefined || found.binding !== digest(binding)) return undefined;
      kept.delete(state);
      return clock.now() - found.pending.beganAt < errandGoodFor ? found.pending : undefined;
    },
  };
}

export const random = (): string => randomBytes(32).toString('base64url');

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
