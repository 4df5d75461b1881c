/** Calls to the server: numbered, limited in time, measured for the clock, and dropped after a sleep. */

import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Begun, Reply, SessionDocument } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { DeviceTime, Duration, ServerTime } from '../time/instant.js';
import { elapsed, gap } from '../time/instant.js';
import type { Measured, Sample } from '../time/offset.js';
import type { PolicyCheck } from './policy-check.js';
import { createReplays } from './replays.js';
import { isDeath, isRotated, timeOf } from './replies.js';

/** What a tab knew when it sent a request: by it the weight of the reply is judged (`docs/architecture.md` K1–K4). */
export interface Asked {
  readonly number: number;
  /** The ledger's count at sending. */
  readonly learnt: number;
  /** The session known at sending. */
  readonly sessionId: string | undefined;
  /** The begun key at sending. */
  readonly begun: Begun | undefined;
  readonly sentAt: DeviceTime;
}

/** The device clocks moved apart by this much while a call was under way: the device slept. */
const SLEEP: Duration = 2_000;
/** What a call says that found its secret superseded twice. */
export const ROTATED = 'the secret was rotated';
/** What became of a call that this tab gave up itself: that says nothing of the server, and is asked anew. */
export const DROPPED = 'dropped';

/** Calls that a server may leave out. */
const OPTIONAL: ReadonlySet<string> = new Set(['extend', 'lock']);
/** Calls that do not speak for the session that is known. */
const OUTLIVES: ReadonlySet<string> = new Set(['peek', 'end']);

export interface CallsParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly begun: () => Begun | undefined;
  readonly measure: (sample: Sample) => Measured;
  /** Verifies the policy of a document before it is taken in. Left out: policies are taken as they come. */
  readonly check?: PolicyCheck | undefined;
  /** Takes each reply in before the caller sees it. */
  readonly take: (reply: Reply, asked: Asked) => void;
  /** A reply to a call that was given up: it is worth nothing, but for a death. */
  readonly late: (reply: Reply, asked: Asked) => void;
  /** Makes several changes one: the view is computed after the last. */
  readonly together: (changes: () => void) => void;
  /** The device slept while a call was under way. */
  readonly slept: () => void;
  readonly report: Report;
}

export interface Calls {
  /**
   * Runs one call. It never rejects: what does not come in time, or comes after the tab slept, is `unknown`.
   *
   * A reply that the secret was rotated is asked again, once: the new cookie may have been on its way.
   */
  call(
    name: string,
    limit: Duration,
    run: (signal: AbortSignal) => Promise<Reply>,
    signal?: AbortSignal,
  ): Promise<Reply>;
  /** Notes what is known now, for a stream that is opened now. */
  ask(): Asked;
  /**
   * Takes in a document that came without a call, in the page, as the reply to the request that was sent then. Nobody knows
   * what this browser knew at that time, so it counts as nothing.
   */
  arrive(document: SessionDocument, sentAt: DeviceTime): void;
  /** Takes a server time measured outside of a call. */
  measure(serverTime: ServerTime, asked: Asked, receivedAt?: DeviceTime): void;
  /** Drops all requests under way: after a sleep their replies are worth nothing. */
  drop(): void;
  /** Drops those that were made for the session that has ended; questions and tellings are of use after it. */
  dropForEnd(): void;
  /** When the server last answered, by the monotonic clock. */
  answeredAt(): number;
}

export function createCalls(parts: CallsParts): Calls {
  const { clock, ledger, begun, measure, check, take, late, together, slept, report } = parts;
  let number = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const replays = createReplays();
  const underWay = new Map<AbortController, string>();
  /** Dropped by this tab: that says nothing of the server. */
  const droppedNow = new Set<AbortController>();

  function ask(): Asked {
    number += 1;
    return {
      number,
      learnt: ledger.learnt(),
      sessionId: ledger.facts().session?.id,
      begun: begun(),
      sentAt: clock.read(),
    };
  }

  function measureAt(serverTime: ServerTime, asked: Asked, receivedAt: DeviceTime = clock.read()): void {
    const before = ledger.reading();
    const measured = measure({ serverTime, sentAt: asked.sentAt, receivedAt });
    if (measured === 'kept') return;
    const after = ledger.reading();
    if (measured === 'stepped' && before && after) report({ type: 'clock-stepped', gap: after.now - before.now });
    else report({ type: 'clock-measured', uncertainty: elapsed(asked.sentAt, receivedAt) });
  }

  function drop(controller: AbortController): void {
    droppedNow.add(controller);
    controller.abort();
  }

  async function once(
    name: string,
    limit: Duration,
    run: (signal: AbortSignal) => Promise<Reply>,
    outer?: AbortSignal,
  ): Promise<Reply> {
    const asked = ask();
    const controller = new AbortController();
    const { signal } = controller;
    const stop = () => controller.abort();
    outer?.addEventListener('abort', stop, { once: true });
    underWay.set(controller, name);
    const callOff = clock.wait(limit, stop);
    const dropped = new Promise<Reply>((resolve) => {
      const give = () => resolve({ type: 'unknown', problem: 'no answer in time' });
      if (outer?.aborted) stop();
      if (signal.aborted) give();
      else signal.addEventListener('abort', give, { once: true });
    });
    /** What is done with a reply before it counts says nothing of the server's clock. */
    let receivedAt: DeviceTime | undefined;
    const checked = async (reply: Reply): Promise<Reply> => {
      receivedAt = clock.read();
      return check && reply.type === 'document' ? { ...reply, document: await check(reply.document) } : reply;
    };
    const running = begin(run, signal);
    const answer = (check ? running.then(checked) : running).catch(
      (problem: unknown): Reply => ({ type: 'unknown', problem: String(problem) }),
    );
    const reply = await Promise.race([answer, dropped]);
    callOff();
    underWay.delete(controller);
    outer?.removeEventListener('abort', stop);
    // A death is a death, however late the word of it: a request that outlives its page's freeze brings it, say.
    if (signal.aborted) void answer.then((word) => isDeath(word) && late(word, asked));
    if (droppedNow.delete(controller)) return { type: 'unknown', problem: DROPPED };
    if (gap(asked.sentAt, clock.read()) > SLEEP) {
      if (isDeath(reply)) take(reply, asked);
      slept();
      return { type: 'unknown', problem: DROPPED };
    }
    if (signal.aborted) return { type: 'unknown', problem: 'no answer in time' };
    if (reply.type === 'unknown') return reply;
    // That a call is not there says nothing of the session.
    if (reply.type === 'absent') {
      return OPTIONAL.has(name) ? reply : { type: 'unknown', problem: `the server has no call ${name}` };
    }
    const said = timeOf(reply);
    if (said !== undefined && replays.isReplay(said, asked.sentAt, clock.read()) && !isDeath(reply)) {
      return { type: 'unknown', problem: 'an answer that was given before' };
    }
    answeredAt = clock.read().monotonic;
    // Its time and its word count together: by either alone a page could open for a moment, or close.
    together(() => {
      if (said !== undefined) measureAt(said, asked, receivedAt);
      take(reply, asked);
    });
    return reply;
  }

  return {
    async call(name, limit, run, signal) {
      let reply = await once(name, limit, run, signal);
      if (isRotated(reply)) reply = await once(name, limit, run, signal);
      if (isRotated(reply)) reply = { type: 'unknown', problem: ROTATED };
      if (reply.type === 'unknown' && reply.problem !== DROPPED && !signal?.aborted) {
        report({ type: 'backend-unreachable', call: name, problem: reply.problem });
      }
      return reply;
    },
    ask,
    arrive(document, sentAt) {
      const asked = { ...ask(), sentAt, sessionId: undefined, begun: undefined };
      answeredAt = clock.read().monotonic;
      together(() => {
        measureAt(document.serverTime, asked);
        take({ type: 'document', document }, asked);
      });
    },
    measure: measureAt,
    drop() {
      for (const controller of underWay.keys()) drop(controller);
    },
    dropForEnd() {
      for (const [controller, name] of underWay) if (!OUTLIVES.has(name)) drop(controller);
    },
    answeredAt: () => answeredAt,
  };
}

async function begin(run: (signal: AbortSignal) => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  return run(signal);
}
