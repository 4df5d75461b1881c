/** What the app asks to be allowed, wired: authentications, and the operations that need them. */

import { createAskPerson } from './actions/ask-person.js';
import { type Askers, createAskers } from './actions/askers.js';
import { createFreshness, type Freshness } from './actions/ensure-fresh.js';
import { createEnter, type Enter } from './actions/entry.js';
import { createGuard, type Guard } from './actions/guard.js';
import { createGuardFetch, type GuardFetch } from './actions/guarded-fetch.js';
import { createHeldRequests } from './actions/held-requests.js';
import { createInTurn } from './actions/in-turn.js';
import { createLoops } from './actions/loops.js';
import type { Place } from './actions/outgoing.js';
import { createProof } from './actions/proof.js';
import { createReauthentication, type Reauthentication } from './actions/reauthenticate.js';
import { type Asked, createAsked } from './asked.js';
import type { Report } from './events.js';
import type { AskingMessage } from './facts/asking.js';
import type { Ledger } from './ledger.js';
import type { Operations } from './operations.js';
import type { Settings } from './options.js';
import type { Memory, World } from './ports.js';
import type { SessionView } from './rules/view.js';
import type { Clock } from './time/clock.js';

export interface RequestsParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly operations: Operations;
  readonly memory: Memory;
  readonly world: Pick<World, 'random' | 'turns' | 'presence'>;
  /** Speaks to the other tabs of who asks the person; whether there is a way to. */
  readonly speak: (message: AskingMessage) => boolean;
  /** Runs the app's code. */
  readonly run: (task: () => void) => void;
  /** What resolves when somebody opens this page; nothing once that is so. */
  readonly prerendering: () => Promise<void> | undefined;
  /** Asks the server, and lets what it names come through the door. */
  readonly ask: () => Promise<boolean>;
  readonly readMirror: () => void;
  readonly look: () => void;
  readonly subscribe: (listener: (view: SessionView) => void) => () => void;
  readonly endSignal: () => AbortSignal;
  readonly place: () => Place | undefined;
  /** What a request has to wait for, since the credential that it is sent with is over. */
  readonly credential: (signal: AbortSignal | undefined) => Promise<void> | undefined;
  readonly report: Report;
}

export interface Requests {
  readonly enter: Enter;
  readonly freshness: Freshness;
  readonly guard: Guard;
  readonly guardFetch: GuardFetch;
  readonly reauthentication: Reauthentication;
  readonly askers: Askers;
  readonly asked: Asked;
}

export function createRequests(parts: RequestsParts): Requests {
  const { settings, clock, ledger, operations, world, report } = parts;
  const { backend, reauthenticate: run } = settings;
  const ask = backend ? parts.ask : undefined;
  const proof = createProof(ledger, ask);
  const { readMirror, look, subscribe } = parts;
  const askers = createAskers({
    about: 'authentication',
    clock,
    random: world.random,
    sessionId: () => ledger.facts().session?.id,
    say: parts.speak,
    changed: () => asked.look(),
    refused: (because) => reauthentication.refuse(because),
  });
  const askPerson = run && createAskPerson({ ledger, proof, run, ask, askers, report });
  const turn = `nightlatch:${settings.name}:reauthenticate`;
  const inTurn = createInTurn({
    clock,
    random: world.random,
    isVisible: world.presence.isVisible,
    askers,
    queue: (signal, granted) => world.turns.queue(turn, { signal }, granted),
  });
  const reauthentication = createReauthentication({
    clock,
    proof,
    askers,
    inTurn,
    askPerson,
    askServer: ask,
    readMirror,
    changed: () => asked.look(),
  });
  const asked = createAsked({
    possible: run !== undefined,
    progress: reauthentication.progress,
    isElsewhere: askers.isElsewhere,
    run: parts.run,
  });
  const enter = createEnter({ clock, ledger, prerendering: parts.prerendering, look, subscribe, report });
  const loops = createLoops({ ledger, memory: parts.memory, proof });
  const freshness = createFreshness({ ledger, operations, proof, reauthentication, loops, askServer: ask, report });

  const { endSignal, place } = parts;
  const guardFetch = createGuardFetch({
    clock,
    ledger,
    enter,
    freshness,
    held: createHeldRequests(clock, settings.holdRequests),
    underWay: reauthentication.underWay,
    hasBackend: backend !== undefined,
    canAsk: run !== undefined,
    askServer: parts.ask,
    credential: parts.credential,
    endSignal,
    place,
    report,
  });

  return { reauthentication, askers, asked, enter, freshness, guard: createGuard({ enter, freshness }), guardFetch };
}
