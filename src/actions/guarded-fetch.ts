/** A `fetch` that knows its session: refuses early, names it, answers challenges, and sends again what may be sent again. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import { type Challenge, readChallenge } from '../rules/challenge.js';
import { leaseOf, readLeaseHeader } from '../rules/lease-header.js';
import { replayObstacle } from '../rules/replay.js';
import { routedOperation } from '../rules/routes.js';
import { isOpen } from '../rules/view.js';
import type { Clock } from '../time/clock.js';
import { elapsed } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import { anyOf } from './any-signal.js';
import type { Freshness } from './ensure-fresh.js';
import type { Enter } from './entry.js';
import type { HeldRequest, HeldRequests } from './held-requests.js';
import { failure, notSent } from './not-sent.js';
import { createOutgoing, type GuardedInit, type Outgoing, type Place, type PlainFetch } from './outgoing.js';
import { readRefused } from './refused.js';

/** As `fetch`, with two members more in `init`. */
export type GuardedFetch = (input: RequestInfo | URL, init?: GuardedInit) => Promise<Response>;

export interface GuardedFetchParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly enter: Enter;
  readonly freshness: Freshness;
  readonly held: HeldRequests;
  /** A re-authentication that this tab waits for; nothing where there is none. */
  readonly underWay: () => Promise<void> | undefined;
  /** Whether there is a server that knows the session by its name. */
  readonly hasBackend: boolean;
  /** Whether the app has said how the person authenticates. */
  readonly canAsk: boolean;
  /** Asks the server what is so; whether it answered. */
  readonly askServer: () => Promise<boolean>;
  /** What has to be waited for, since the credential that requests are sent with is over; nothing where that is not so. */
  readonly credential: (signal: AbortSignal | undefined) => Promise<void> | undefined;
  readonly endSignal: () => AbortSignal;
  readonly place: () => Place | undefined;
  readonly report: Report;
}

/** Makes a guarded `fetch` out of another one. */
export type GuardFetch = (fetch: PlainFetch) => GuardedFetch;

export function createGuardFetch(parts: GuardedFetchParts): GuardFetch {
  return (fetch) =>
    async (input, init = {}) =>
      createFlight(parts, fetch, createOutgoing(input, init, parts.place(), parts.held.limits.bytes), init.operation)();
}

/** One request from the app's call to its answer, however often it has to be sent. */
function createFlight(
  { clock, ledger, enter, freshness, report, ...parts }: GuardedFetchParts,
  fetch: PlainFetch,
  outgoing: Outgoing,
  named: string | undefined,
): () => Promise<Response> {
  const { signal } = outgoing;
  const began = clock.read();
  const number = parts.held.next();
  let held: HeldRequest | undefined;
  let sessionId = '';
  let about: { readonly sessionId: string; readonly operation?: string };
  let hasTurned = false;

  /** The session is still open, and still the same. */
  async function stay(): Promise<void> {
    const view = await enter(undefined, signal);
    if (view.session.id !== sessionId) throw failure('ERR_SESSION_MISMATCH', 'another session has begun meanwhile');
  }

  async function begin(): Promise<void> {
    const locked = ledger.view();
    const opening = locked.phase === 'locked' ? parts.underWay() : undefined;
    if (opening && locked.phase === 'locked') {
      about = { sessionId: locked.session.id };
      await hold((until) => untilAborted(opening, until), undefined);
    }
    const view = await enter('fetch', signal);
    sessionId = view.session.id;
    if (opening && about.sessionId !== sessionId) throw notSent('another-session', undefined);
    const { method, path } = outgoing;
    const operation = named ?? (path === undefined ? undefined : routedOperation(view.policy.routes, method, path));
    about = { sessionId, ...(operation === undefined ? {} : { operation }) };
    const missing = operation === undefined ? undefined : freshness.missing(view, operation, 0);
    if (!missing) return;
    requireAsking(undefined);
    await hold((until) => freshness.ask(missing, until), undefined);
    await stay();
  }

  /** The request waits for the person: if there is room, and no longer than it may. */
  async function hold<T>(work: (until: AbortSignal) => Promise<T>, response: Response | undefined): Promise<T> {
    held ??= parts.held.take(number, outgoing.size());
    if (!held) throw notSent('no-room', response);
    report({ type: 'request-held', ...about });
    const limit = parts.held.limit(began, () => notSent('too-late', response));
    try {
      const done = await work(signal ? anyOf(signal, limit.signal) : limit.signal);
      // A timer does not count what a device has slept.
      if (elapsed(began, clock.read()) > parts.held.limits.age) throw notSent('too-late', response);
      return done;
    } finally {
      limit.callOff();
    }
  }

  function requireAsking(response: Response | undefined): void {
    if (parts.canAsk) return;
    const message = 'a fresh authentication is needed, and the option reauthenticate is missing';
    throw failure('ERR_REAUTHENTICATION_REQUIRED', message, response);
  }

  async function send(): Promise<Response> {
    const end = parts.endSignal();
    const either = signal ? anyOf(signal, end) : end;
    try {
      // A fetch of the app's may not listen to the signal.
      const response = await untilAborted(
        outgoing.send(fetch, parts.hasBackend ? sessionId : undefined, either),
        either,
      );
      if (!either.aborted) return response;
      void response.body?.cancel().catch(() => undefined);
      throw either.reason;
    } catch (problem) {
      if (signal?.aborted || !end.aborted) throw problem;
      throw failure('ERR_SESSION_ENDED', 'the session ended while the request was under way', problem);
    }
  }

  /** More time, or less, by the response to an ordinary request. What may have been stored is of another moment, or session. */
  function takeLease({ headers }: Response): void {
    const isStored = /^(GET|HEAD)$/.test(outgoing.method) && !/\bno-store\b/i.test(headers.get('cache-control') ?? '');
    if (!parts.hasBackend || outgoing.path === undefined || isStored) return;
    const header = readLeaseHeader(headers.get('session-lease'));
    const facts = ledger.facts();
    const lease = header && facts.session?.id === sessionId ? leaseOf(header, facts) : undefined;
    if (lease && facts.session) ledger.learn({ session: facts.session, lease });
  }

  /** It was refused because of the session: the server says what is so. Returns where the request may be sent again. */
  async function turn({ problem }: Challenge & { asks: 'session' }, response: Response): Promise<void> {
    const answered = await untilAborted(parts.askServer(), signal);
    if (problem === 'session-mismatch')
      throw failure('ERR_SESSION_MISMATCH', 'the browser holds another session', response);
    if (!answered)
      throw failure('ERR_BACKEND_UNREACHABLE', 'refused, and the server does not say what is so', response);
    await stay();
    // Its secret was replaced while it was on its way. By the contract such a request has not been looked at, whatever it is.
    const { body, repeatable } = outgoing.kind;
    const isUnread = problem === 'session-rotated' && body !== 'once' && repeatable !== false;
    if (!isUnread) requireReplay(response);
    if (hasTurned) throw failure('ERR_REQUEST_NOT_REPLAYED', `refused again: ${problem}`, response);
    hasTurned = true;
  }

  function requireReplay(response: Response): void {
    const view = ledger.view();
    const moment = {
      sessionId: isOpen(view) ? view.session.id : '',
      heldFor: elapsed(began, clock.read()),
      longest: parts.held.limits.age,
    };
    const obstacle = replayObstacle({ ...outgoing.kind, sessionId }, moment);
    if (obstacle) throw notSent(obstacle, response);
  }

  async function fly(): Promise<Response> {
    // Before anything is sent: what is read as it is sent cannot be sent again.
    const reading = outgoing.read();
    if (reading) await untilAborted(reading, signal);
    await begin();
    const renewing = parts.credential(signal);
    if (renewing) {
      await renewing;
      await stay();
    }
    for (let attempt = freshness.attempt(); ; ) {
      await held?.inOrder();
      held = undefined;
      const response = await send();
      takeLease(response);
      const challenge = readChallenge(await readRefused(response));
      switch (challenge?.asks) {
        case undefined:
        // The app's own: whoever holds the token or the key sends it again. It says nothing of the session.
        case 'token':
        case 'nonce':
          return response;
        case 'nothing':
          report({ type: 'operation-refused', ...about, ...operationOf(challenge), by: 'server' });
          throw failure('ERR_OPERATION_DENIED', 'the server does not allow it', response);
        case 'session':
          if (!parts.hasBackend) return response;
          await turn(challenge, response);
          break;
        case 'authentication':
          requireAsking(response);
          attempt = await hold((until) => freshness.answer(attempt, challenge.requirement, until), response);
          await stay();
          requireReplay(response);
          break;
      }
      void response.body?.cancel().catch(() => undefined);
      report({ type: 'request-replayed', ...about });
    }
  }

  return () => fly().finally(() => held?.leave());
}

function operationOf({ operation }: Challenge & { asks: 'nothing' }): { operation?: string } {
  return operation === undefined ? {} : { operation };
}
