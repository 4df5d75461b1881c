/** Servers that ask again for an authentication that they have: remembered in all tabs, so that not each of them asks the person for it. */
import type { Ledger } from '../ledger.js';
import type { Memory } from '../ports.js';
import type { Requirement } from '../rules/freshness.js';
import { type Duration, later, minutes, plus } from '../time/instant.js';
import type { Proof } from './proof.js';

/** So long the person is left alone; with a longer age asked for, as long as that. */
const REST: Duration = minutes(5);

export interface LoopsParts {
  readonly ledger: Pick<Ledger, 'facts' | 'reading'>;
  readonly memory: Pick<Memory, 'loop' | 'setLoop'>;
  readonly proof: Pick<Proof, 'newest'>;
}

export interface Loops {
  /** The server has not taken the newest authentication for what it asks for. */
  note(asked: Requirement): void;
  /** Whether that is known, and another authentication would hardly be taken either. */
  isKnown(asked: Requirement): boolean;
}

export function createLoops({ ledger, memory, proof }: LoopsParts): Loops {
  return {
    note(asked) {
      const { session } = ledger.facts();
      const at = proof.newest()?.authenticatedAt;
      const now = ledger.reading()?.now;
      if (!session || at === undefined || now === undefined) return;
      memory.setLoop({
        sessionId: session.id,
        asked: nameOf(asked),
        at,
        until: plus(now, Math.max(REST, asked.maxAge ?? 0)),
      });
    },
    isKnown(asked) {
      const loop = memory.loop();
      const now = ledger.reading()?.now;
      if (!loop || now === undefined || loop.sessionId !== ledger.facts().session?.id) return false;
      // Somebody has authenticated since: that one may be taken.
      const isNewest = later(loop.at, proof.newest()?.authenticatedAt) === loop.at;
      return isNewest && loop.asked === nameOf(asked) && now < loop.until;
    },
  };
}

/** A name for what is asked for. A server's claims may say something of the person, and are not written down. */
function nameOf({ maxAge, acrValues, claims, scope, factors }: Requirement): string {
  let hash = 0;
  for (const character of JSON.stringify([maxAge, acrValues, claims, scope, factors])) {
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  }
  return hash.toString(36);
}
