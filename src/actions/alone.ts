/** Without a backend: how a session starts of its own accord, and how tabs that started two of them become one. */
import type { Facts } from '../facts/facts.js';
import { compareSessions } from '../facts/join.js';
import type { Policy } from '../facts/policy.js';
import type { Ledger } from '../ledger.js';
import type { Memory, Reply, TakeTurn } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, serverTime } from '../time/instant.js';
import { pause } from '../time/pause.js';
import type { Door } from './door.js';
import { BEGUN, STARTED } from './local-session.js';

/** A newcomer listens this long for other tabs, then begins in turn. */
const HELLO_WAIT: Duration = 500;
const TURN_PATIENCE: Duration = 1_000;
/** Another session that was heard of is looked for in the mirror after this. */
const OTHER_SESSION_WAIT: Duration = 200;

/** How often the mirror is read for a session whose begun key does not fit. */
const MOST_TRIES = 4;
/** What one tab stores, another may not see at once: the turn is kept for as long. */
const STORAGE_LAG: Duration = 50;

/** How a local session begins. */
export interface Beginning {
  readonly subject?: string;
  readonly policy?: Policy;
}

export interface AloneParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly door: Door;
  readonly takeTurn: TakeTurn;
  /** The local policy. */
  readonly policy: Policy | undefined;
  readonly hasBackend: boolean;
}

export interface Alone {
  /** Joins the session that the tabs have, or begins one; with a backend, nothing. */
  start(signal: AbortSignal): void;
  /** Begins a session that the app has asked for. */
  begin(how: Beginning): void;
  /** Opens the session that was learnt, once this tab has listened. */
  meet(): void;
  /** Looks whether mirror and begun key together name a later session, and meets it. */
  findOther(): Promise<Reply>;
  /** Puts the begun key right, where an earlier session has written it last; meets a later one that both keys name. */
  keep(): void;
}

export function createAlone(parts: AloneParts): Alone {
  const { clock, random, ledger, memory, door, hasBackend } = parts;
  let isListening = !hasBackend;
  let tries = 0;

  function learnKept(): void {
    const kept = memory.read();
    if (kept?.facts.session) ledger.learn(kept.facts);
  }

  function meet(): void {
    const facts = ledger.facts();
    if (hasBackend || isListening || !facts.session || facts.end) return;
    if (ledger.standing().opened !== facts.session.id) door.meet(facts, memory.begun());
  }

  /** The order is greater than any known, and the clock is the device's. */
  function begin({ subject, policy = parts.policy }: Beginning, prefix = BEGUN): void {
    const now = ledger.reading()?.now ?? serverTime(clock.read().wall);
    const known = [ledger.facts().session?.order, memory.read()?.facts.session?.order, memory.begun()?.order];
    const order = Math.max(Math.floor(now), ...known.map((one) => (one ?? 0) + 1));
    const id = `${prefix}-${Math.floor(now).toString(36)}-${random().toString(36).slice(2, 12)}`;
    const session = { id, order, startedAt: now, ...(subject === undefined ? {} : { subject }) };
    const facts: Facts = { session, authenticatedAt: now, ...(policy ? { policy } : {}) };
    door.meet(facts, memory.begun());
  }

  async function beginInTurn(signal: AbortSignal): Promise<void> {
    learnKept();
    if (signal.aborted) return;
    if (ledger.facts().session) return meet();
    begin({}, STARTED);
    await door.settled();
    await pause(clock, STORAGE_LAG);
  }

  return {
    begin: (how) => begin(how),
    meet,
    start(signal) {
      if (hasBackend) return;
      isListening = ledger.facts().session === undefined;
      meet();
      if (!isListening) return;
      clock.wait(HELLO_WAIT, () => {
        if (signal.aborted) return;
        isListening = false;
        if (ledger.facts().session) meet();
        else void parts.takeTurn('begin', TURN_PATIENCE, () => beginInTurn(signal));
      });
    },
    async findOther() {
      await pause(clock, OTHER_SESSION_WAIT);
      const facts = memory.read()?.facts;
      const { session } = ledger.facts();
      const isLater = facts?.session && session && compareSessions(facts.session, session) > 0;
      if (!facts || !isLater) return { type: 'done' };
      const begun = memory.begun();
      if (facts.session?.id === begun?.id) {
        tries = 0;
        door.meet(facts, begun);
        return { type: 'done' };
      }
      // Its own tab may be about to put the begun key right; a session that nobody stands up for is none.
      tries = (tries + 1) % MOST_TRIES;
      return tries === 0 ? { type: 'done' } : { type: 'unknown', problem: 'mirror and begun key disagree' };
    },
    keep() {
      const { session, end } = ledger.facts();
      if (hasBackend || !session || end || ledger.standing().opened !== session.id) return;
      const begun = memory.begun();
      const kept = memory.read()?.facts;
      if (kept?.session && kept.session.id === begun?.id && compareSessions(kept.session, session) > 0) {
        return door.meet(kept, begun);
      }
      // Where nobody takes turns, two may begin in the same millisecond.
      if (!begun || compareSessions(begun, session) < 0) memory.setBegun({ id: session.id, order: session.order });
    },
  };
}
