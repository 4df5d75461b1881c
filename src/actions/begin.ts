/** Beginning: the app signs the person in, or has just done so, and this tab is bound to what follows. */
import { NightlatchError } from '../errors.js';
import type { Facts } from '../facts/facts.js';
import type { Policy } from '../facts/policy.js';
import type { Ledger } from '../ledger.js';
import type { Begun, Memory } from '../ports.js';
import { isOpen, type SessionView } from '../rules/view.js';
import { later, serverTime } from '../time/instant.js';
import type { Door } from './door.js';

export interface BeginOptions {
  /** Signs the person in; it may write tokens, for what earlier sessions left has been swept when it is called. */
  readonly signIn?: () => Promise<void> | void;
  /** Without a backend: a pseudonym of the person. */
  readonly subject?: string;
  /** Without a backend: the policy of this session, in place of the option's. */
  readonly policy?: Policy;
}

export interface BeginParts {
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly door: Door;
  readonly hasBackend: boolean;
  /** The local policy; a backend sends its own. */
  readonly policy: Policy | undefined;
  readonly newId: () => string;
  /** Tells the server of ends it has not heard of; one attempt. */
  readonly tell: () => Promise<void>;
  /** Asks the server, from now on. */
  readonly ask: () => Promise<boolean>;
}

export interface Begin {
  begin(options: BeginOptions): Promise<SessionView>;
  /** Without a backend: starts a session of its own accord. */
  startAlone(options: BeginOptions): void;
}

/** How often the door may send `begin` back to the server, when other tabs sign in at the same time. */
const MOST_ROUNDS = 4;

export function createBegin(parts: BeginParts): Begin {
  const { ledger, memory, door } = parts;

  async function bind({ signIn, ...rest }: BeginOptions): Promise<SessionView> {
    await parts.tell();
    await door.clear();
    await signIn?.();
    if (!parts.hasBackend) {
      startAlone(rest);
      await door.settled();
      return ledger.view();
    }
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (!(await parts.ask())) {
        throw new NightlatchError('ERR_BACKEND_UNREACHABLE', 'signed in, but the server does not answer; `check()` goes on');
      }
      await door.settled();
      const view = ledger.view();
      if (isOpen(view) || view.phase === 'locked' || view.phase === 'absent' || view.phase === 'ended') return view;
    }
    return ledger.view();
  }

  /** A local session: its order is greater than any known, and its clock the device's. */
  function startAlone({ subject, policy }: BeginOptions): void {
    const now = ledger.reading()?.now ?? serverTime(0);
    const known = [ledger.facts().session?.order, memory.read()?.facts.session?.order, memory.begun()?.order];
    const order = Math.max(Math.floor(now), ...known.map((one) => (one ?? 0) + 1));
    const startedAt = later(now, serverTime(0)) ?? now;
    const session = { id: parts.newId(), order, startedAt, ...(subject === undefined ? {} : { subject }) };
    const rules = policy ?? parts.policy;
    const facts: Facts = { session, authenticatedAt: startedAt, ...(rules ? { policy: rules } : {}) };
    const begun: Begun | undefined = memory.begun();
    door.meet(facts, begun);
  }

  return { begin: (options) => door.binding(() => bind(options)), startAlone };
}
