/** Silent renewal: when a credential is renewed, and by which tab. Only while the person is there. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { CredentialSource, Presence } from '../ports.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { type Duration, minutes, seconds } from '../time/instant.js';
import { waitFor } from '../time/pause.js';
import { untilAborted } from '../time/until-aborted.js';
import { anyOf } from './any-signal.js';
import type { Askers } from './askers.js';
import type { HeldCredential } from './credential.js';
import type { InTurn } from './in-turn.js';
import { createRenewOnce, type RenewOnceParts } from './renew-once.js';

/** What another tab or the app has renewed is seen by then, also where nobody says so. */
const READ_EVERY: Duration = seconds(30);
/** A request waits so long for the credential that it is sent with. */
const PATIENCE: Duration = seconds(15);
/** After an attempt that came to nothing, and after one whose credential is due as it comes, as under a clock that is wrong. */
const FIRST_RETRY: Duration = seconds(2);
const LONGEST_RETRY: Duration = minutes(1);
const JITTER = 0.25;

export interface RenewalParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly source: CredentialSource;
  readonly held: HeldCredential;
  readonly presence: Pick<Presence, 'isVisible' | 'frozen'>;
  /** Says to the other tabs that this one renews. */
  readonly askers: Pick<Askers, 'begin' | 'end'>;
  /** Works when no other tab that may still run renews. */
  readonly inTurn: InTurn;
  /** The person is being asked to authenticate, here or in another tab; and when that is over. */
  readonly asking: { isUnderWay(): boolean; settled(): Promise<void> };
  /** Looks what is so now: the time, the mirror, what the person did. */
  readonly look: () => void;
  readonly subscribe: RenewOnceParts['subscribe'];
  readonly endSignal: () => AbortSignal;
  readonly wipeAgain: RenewOnceParts['wipeAgain'];
  readonly report: Report;
}

export interface Renewal {
  start(): void;
  /** Looks whether it is time. Called on each change. */
  consider(): void;
  /** Reads the credential anew: it may have been renewed elsewhere. */
  reread(): Promise<void>;
  /** The network is back. */
  hurry(): void;
  /** What a request has to wait for, since its credential is over; nothing where there is nothing to wait for. */
  ready(signal: AbortSignal | undefined): Promise<void> | undefined;
  stop(): void;
}

export function createRenewal(parts: RenewalParts): Renewal {
  const { clock, ledger, source, held, report } = parts;
  const renewOnce = createRenewOnce({ ...parts, read });
  let running: { readonly done: Promise<void>; readonly given: AbortController } | undefined;
  let detach: (() => void) | undefined;
  let callOff: (() => void) | undefined;
  let retry = FIRST_RETRY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let readAt = Number.NEGATIVE_INFINITY;
  /** The session that was open then. */
  let readFor: string | undefined;
  let isWaiting = false;

  const now = (): number => clock.read().monotonic;

  function openSession(): string | undefined {
    const view = ledger.view();
    return isOpen(view) ? view.session.id : undefined;
  }

  /** Whether the person has acted not long ago, or watches: nobody's credential is renewed for a page that was left. */
  function isAttended(): boolean {
    if (ledger.standing().holds?.length) return true;
    const [acted, reading] = [ledger.facts().lastActivityAt, ledger.reading()];
    return acted !== undefined && reading !== undefined && reading.now - acted <= held.attention;
  }

  const isDue = (): boolean => (held.dueIn() ?? 1) <= 0 && openSession() !== undefined && isAttended();

  function consider(): void {
    callOff?.();
    callOff = undefined;
    // A hidden page wakes for nothing; it looks when it is seen.
    if (!detach || running || openSession() === undefined || !parts.presence.isVisible()) return;
    if (parts.asking.isUnderWay()) return waitForAnswer();
    if (now() - readAt >= READ_EVERY || readFor !== openSession()) return void read().then(consider);
    const due = held.dueIn();
    if (due === undefined) return;
    const wait = Math.max(due, pausedUntil - now());
    // Unattended it waits for an act, and that is a change.
    if (wait > 0) callOff = clock.wait(wait, look);
    else if (isDue()) run();
  }

  /** Another credential comes with the answer, and a provider may take the one of before for over while it asks. */
  function waitForAnswer(): void {
    if (isWaiting) return;
    isWaiting = true;
    void parts.asking.settled().then(() => {
      isWaiting = false;
      look();
    });
  }

  function read(): Promise<void> {
    readAt = now();
    readFor = openSession();
    return held.read();
  }

  function look(): void {
    callOff = undefined;
    parts.look();
    consider();
  }

  function run(): Promise<void> {
    const given = new AbortController();
    const signal = anyOf(given.signal, parts.endSignal());
    const done = parts
      .inTurn((hasWaited) => renew(signal, hasWaited), signal, signal)
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
        consider();
      });
    running = { done, given };
    return done;
  }

  /** With the turn: no other tab renews now, and one may have done so a moment ago. */
  async function renew(signal: AbortSignal, hasWaited: boolean): Promise<void> {
    await parts.presence.frozen();
    if (hasWaited) parts.look();
    await read();
    const sessionId = openSession();
    if (sessionId === undefined || signal.aborted || !isDue()) return;
    parts.askers.begin();
    const { how, isUnderWay } = await renewOnce(sessionId, signal);
    parts.askers.end(how);
    if (how === 'failed' || (how === 'done' && (held.dueIn() ?? 1) <= 0)) pause(isUnderWay ? LONGEST_RETRY : retry);
    else retry = FIRST_RETRY;
  }

  /** Also where a new one is due as it comes: it lives for seconds, or a clock is wrong. */
  function pause(wait: Duration): void {
    pausedUntil = now() + wait * (1 - JITTER + 2 * JITTER * parts.random());
    retry = Math.min(retry * 2, LONGEST_RETRY);
  }

  return {
    start() {
      if (detach) return;
      const changed = (): void => void read().then(consider);
      detach = attached(source, changed, report);
      changed();
    },
    consider,
    async reread() {
      await read();
      consider();
    },
    hurry() {
      pausedUntil = Number.NEGATIVE_INFINITY;
      retry = FIRST_RETRY;
      consider();
    },
    ready(signal) {
      if ((held.left() ?? 1) > 0) return undefined;
      consider();
      return running && waitFor(clock, untilAborted(running.done, signal), PATIENCE);
    },
    stop() {
      detach?.();
      detach = undefined;
      callOff?.();
      callOff = undefined;
      running?.given.abort(new DOMException('stopped', 'AbortError'));
    },
  };
}

/** One that fails to attach is read and renewed all the same. */
function attached(source: CredentialSource, changed: () => void, report: Report): () => void {
  try {
    return source.attach?.(changed) ?? (() => undefined);
  } catch (problem) {
    report({ type: 'source-failed', source: source.name, problem: String(problem) });
    return () => undefined;
  }
}
