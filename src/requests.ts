/** What the app asks to be allowed, wired: authentications, and the operations that need them. */
import { createAskPerson } from './actions/ask-person.js';
import { createFreshness, type Freshness } from './actions/ensure-fresh.js';
import { createEnter, type Enter } from './actions/entry.js';
import { createGuard, type Guard } from './actions/guard.js';
import { createGuardFetch, type GuardFetch } from './actions/guarded-fetch.js';
import type { Place } from './actions/outgoing.js';
import { createProof } from './actions/proof.js';
import { createReauthentication, type Reauthentication } from './actions/reauthenticate.js';
import type { Report } from './events.js';
import type { Ledger } from './ledger.js';
import type { Operations } from './operations.js';
import type { Settings } from './options.js';
import type { TakeTurn } from './ports.js';
import type { SessionView } from './rules/view.js';
import type { Clock } from './time/clock.js';

export interface RequestsParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly operations: Operations;
  readonly takeTurn: TakeTurn;
  /** What resolves when somebody opens this page; nothing once that is so. */
  readonly prerendering: () => Promise<void> | undefined;
  /** Asks the server, and lets what it names come through the door. */
  readonly ask: () => Promise<boolean>;
  readonly readMirror: () => void;
  readonly look: () => void;
  readonly subscribe: (listener: (view: SessionView) => void) => () => void;
  readonly endSignal: () => AbortSignal;
  readonly place: () => Place | undefined;
  readonly report: Report;
}

export interface Requests {
  readonly enter: Enter;
  readonly freshness: Freshness;
  readonly guard: Guard;
  readonly guardFetch: GuardFetch;
  readonly reauthentication: Reauthentication;
}

export function createRequests(parts: RequestsParts): Requests {
  const { settings, clock, ledger, operations, takeTurn, report } = parts;
  const { backend, reauthenticate: run } = settings;
  const ask = backend ? parts.ask : undefined;
  const proof = createProof(ledger, ask);
  const askPerson = run && createAskPerson({ ledger, proof, run, ask, report });
  const { readMirror, look, subscribe } = parts;
  const reauthentication = createReauthentication({ clock, proof, takeTurn, askPerson, askServer: ask, readMirror });
  const enter = createEnter({ clock, ledger, prerendering: parts.prerendering, look, subscribe, report });
  const freshness = createFreshness({ ledger, operations, proof, reauthentication, askServer: ask, report });

  const { endSignal, place } = parts;
  const guardFetch = createGuardFetch({
    clock,
    ledger,
    enter,
    freshness,
    hasBackend: backend !== undefined,
    canAsk: run !== undefined,
    askServer: parts.ask,
    endSignal,
    place,
    report,
  });

  return { reauthentication, enter, freshness, guard: createGuard({ enter, freshness }), guardFetch };
}
