/** The auth SDK beside the session, wired: what it holds, and how one tab renews it for all. */
import { type Askers, createAskers } from './actions/askers.js';
import { createHeldCredential } from './actions/credential.js';
import { createInTurn } from './actions/in-turn.js';
import { createRenewal, type Renewal, type RenewalParts } from './actions/renewal.js';
import type { Report } from './events.js';
import type { AskingMessage } from './facts/asking.js';
import type { Ledger } from './ledger.js';
import type { CredentialSource, World } from './ports.js';
import { type Duration, seconds } from './time/instant.js';

/** A refresh token that is used twice may end all that came of it: a tab that may still run is left this long, twice over. */
const ANSWER: Duration = seconds(5);

export interface CredentialsParts {
  readonly name: string;
  readonly source: CredentialSource;
  readonly ledger: Ledger;
  readonly world: Pick<World, 'clock' | 'random' | 'turns' | 'presence'>;
  /** Speaks to the other tabs of who renews; whether there is a way to. */
  readonly speak: (message: AskingMessage) => boolean;
  readonly asking: RenewalParts['asking'];
  readonly look: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly endSignal: () => AbortSignal;
  readonly wipeAgain: (sessionId: string) => Promise<void>;
  readonly report: Report;
}

export interface Credentials extends Renewal {
  /** Another tab spoke of who renews. */
  hear(message: AskingMessage): void;
}

export function createCredentials(parts: CredentialsParts): Credentials {
  const { name, source, ledger, world, report } = parts;
  const { clock, random, turns, presence } = world;
  const askers: Askers = createAskers({
    about: 'renewal',
    clock,
    random,
    sessionId: () => ledger.facts().session?.id,
    say: parts.speak,
    changed: () => undefined,
    done: () => void renewal.reread(),
  });
  const inTurn = createInTurn({
    clock,
    random,
    isVisible: presence.isVisible,
    answer: ANSWER,
    askers,
    queue: (signal, granted) => turns.queue(`nightlatch:${name}:renew`, { signal }, granted),
  });
  const { asking, look, subscribe, endSignal, wipeAgain } = parts;
  const renewal = createRenewal({
    clock,
    random,
    ledger,
    source,
    held: createHeldCredential({ clock, ledger, source, report }),
    presence,
    askers,
    inTurn,
    asking,
    look,
    subscribe,
    endSignal,
    wipeAgain,
    report,
  });
  return { ...renewal, hear: askers.hear };
}
