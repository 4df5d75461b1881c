/** Without a backend: how a session starts of its own accord, and how tabs that started two of them become one. */
import type { Facts } from '../facts/facts.js';
import type { Policy } from '../facts/policy.js';
import type { Ledger } from '../ledger.js';
import type { Memory, Reply, TakeTurn } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, serverTime } from '../time/instant.js';
import type { Door } from './door.js';

/** A newcomer listens this long for other tabs, then begins in turn. */
const HELLO_WAIT: Duration = 500;
const TURN_PATIENCE: Duration = 1_000;
/** Another session that was heard of is looked for in the mirror after this. */
const OTHER_SESSION_WAIT: Duration = 200;

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
  begin(how: { readonly subject?: string; readonly policy?: Policy }): void;
  /** Opens the session that was learnt, once this tab has listened. */
  meet(): void;
  /** Looks whether mirror and begun key together name another session, and meets it. */
  findOther(): Promise<Reply>;
  /** Whether this tab started the session of its own accord: then nothing of it needs to be wiped. */
  hasStarted(sessionId: string): boolean;
}

export function createAlone(parts: AloneParts): Alone {
  const { clock, random, ledger, memory, door, hasBackend } = parts;
  let isListening = !hasBackend;
  let started: string | undefined;

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
  function begin({ subject, policy = parts.policy }: { readonly subject?: string; readonly policy?: Policy }): void {
    const now = ledger.reading()?.now ?? serverTime(clock.read().wall);
    const known = [ledger.facts().session?.order, memory.read()?.facts.session?.order, memory.begun()?.order];
    const order = Math.max(Math.floor(now), ...known.map((one) => (one ?? 0) + 1));
    const id = `local-${Math.floor(now).toString(36)}-${random().toString(36).slice(2, 12)}`;
    const session = { id, order, startedAt: now, ...(subject === undefined ? {} : { subject }) };
    const facts: Facts = { session, authenticatedAt: now, ...(policy ? { policy } : {}) };
    door.meet(facts, memory.begun());
  }

  async function beginInTurn(signal: AbortSignal): Promise<void> {
    learnKept();
    if (signal.aborted) return;
    if (ledger.facts().session) return meet();
    begin({});
    started = ledger.facts().session?.id;
    await door.settled();
  }

  return {
    begin,
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
      await new Promise<void>((resolve) => void clock.wait(OTHER_SESSION_WAIT, resolve));
      const facts = memory.read()?.facts;
      const begun = memory.begun();
      const isOther = facts?.session !== undefined && facts.session.id !== ledger.facts().session?.id;
      if (isOther && facts.session?.id === begun?.id) door.meet(facts, begun);
      return { type: 'done' };
    },
    hasStarted: (sessionId) => sessionId === started,
  };
}
