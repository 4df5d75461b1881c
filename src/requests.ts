/** What the app asks to be allowed: wires re-authentication to its tab. */
import { createAskPerson } from './actions/ask-person.js';
import { createProof } from './actions/proof.js';
import { createReauthentication, type Reauthentication } from './actions/reauthenticate.js';
import type { Report } from './events.js';
import type { Ledger } from './ledger.js';
import type { Settings } from './options.js';
import type { TakeTurn } from './ports.js';
import type { Clock } from './time/clock.js';

export interface RequestsParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly takeTurn: TakeTurn;
  /** Asks the server, and lets what it names come through the door. */
  readonly ask: () => Promise<boolean>;
  readonly readMirror: () => void;
  readonly report: Report;
}

export interface Requests {
  readonly reauthentication: Reauthentication;
}

export function createRequests({
  settings,
  clock,
  ledger,
  takeTurn,
  ask,
  readMirror,
  report,
}: RequestsParts): Requests {
  const { backend, reauthenticate: run } = settings;
  const askServer = backend ? ask : undefined;
  const proof = createProof(ledger, askServer);
  const askPerson = run && createAskPerson({ ledger, proof, run, ask: askServer, report });
  const reauthentication = createReauthentication({ clock, proof, takeTurn, askPerson, askServer, readMirror });

  return { reauthentication };
}
