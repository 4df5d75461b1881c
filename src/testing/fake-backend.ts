/** The way from a page to a fake server: a network that delays, loses and repeats. */
import type { Backend, Reply, StreamEnd, StreamEvent } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import type { CookieJar, FakeAnswer, FakeCall, FakeServer, FakeStream } from './fake-server.js';
import { createRandom, type Random, type Span, within } from './random.js';

/** How well the network works. Can be changed at any time; what is on its way keeps the fate it was given. */
export interface Network {
  /**
   * `down`: no connection, known at once. `silent`: requests vanish, and nothing is ever heard. `broken`: answers that are
   * none of the contract's (a 500, an HTML page, a captive portal), and the server never sees the request.
   */
  state: 'up' | 'down' | 'silent' | 'broken';
  /** How long a request travels, and how long a reply does. */
  requestDelay: Span;
  replyDelay: Span;
  requestLoss: number;
  replyLoss: number;
  /** The part of requests that reaches the server twice. */
  requestRepeats: number;
  /** The part of open streams that breaks, per event. */
  streamLoss: number;
}

/** A network on which all goes well and nothing takes time. */
export const GOOD_NETWORK: Network = {
  state: 'up',
  requestDelay: [0, 0],
  replyDelay: [0, 0],
  requestLoss: 0,
  replyLoss: 0,
  requestRepeats: 0,
  streamLoss: 0,
};

/** What the backend tells of each call, for whoever keeps a journal. */
export type Carried =
  | { readonly type: 'sent'; readonly number: number; readonly call: FakeCall }
  | { readonly type: 'arrived'; readonly number: number; readonly call: FakeCall; readonly answer: FakeAnswer }
  | { readonly type: 'answered'; readonly number: number; readonly call: FakeCall; readonly reply: Reply }
  | { readonly type: 'opened'; readonly sessionId: string }
  | { readonly type: 'heard'; readonly event: StreamEvent }
  | { readonly type: 'closed'; readonly end: StreamEnd };

/** Where the fake backend lives, and how well its network works. */
export interface FakeBackendOptions {
  readonly clock: Clock;
  /** The browser's cookies: pass one jar to the backends of all its tabs. Default: a jar of its own. */
  readonly jar?: CookieJar;
  /** Default: a good one. */
  readonly network?: Network;
  /** The page it lives in: answers wait while it is stopped, and streams break when it is gone. */
  readonly page?: { deliver(task: () => void): void; whenGone(tell: () => void): void };
  readonly random?: Random;
  /** Whether the server offers a stream. Default: true. */
  readonly streams?: boolean;
  readonly tell?: (carried: Carried) => void;
}

/** A {@link Backend} on a fake server, with the calls that an app makes itself. */
export interface FakeBackend extends Backend {
  /** The app's own sign-in; ends the session before. */
  signIn(subject: string, signal?: AbortSignal): Promise<Reply>;
  /** The app's own re-authentication; changes the secret, never the session's name. */
  reauthenticate(sessionId: string, signal?: AbortSignal): Promise<Reply>;
}

/** A fetch without an answer is given up after this long. */
const TIME_LIMIT: Duration = 30_000;
/** Comments on a quiet stream. */
const COMMENT_EVERY: Duration = 20_000;

/** Makes the backend of one page. */
export function createFakeBackend(server: FakeServer, options: FakeBackendOptions): FakeBackend {
  const { clock } = options;
  const random = options.random ?? createRandom(1);
  const network = options.network ?? { ...GOOD_NETWORK };
  const jar = options.jar ?? { secret: undefined };
  const tell = options.tell ?? (() => {});
  const deliver = options.page ? options.page.deliver : (task: () => void) => task();
  let lastNumber = 0;

  function send(call: FakeCall, signal?: AbortSignal): Promise<Reply> {
    lastNumber += 1;
    const number = lastNumber;
    const { secret } = jar;
    tell({ type: 'sent', number, call });
    return new Promise((resolve) => {
      let isOver = false;
      const settle = (reply: Reply): void => {
        if (isOver) return;
        isOver = true;
        callOff();
        tell({ type: 'answered', number, call, reply });
        resolve(reply);
      };
      const callOff = clock.wait(TIME_LIMIT, () => deliver(() => settle(unknown('no answer in time'))));
      if (signal?.aborted) return settle(unknown('aborted'));
      signal?.addEventListener('abort', () => settle(unknown('aborted')), { once: true });

      const come = (answer: FakeAnswer): void => {
        if (random() < network.replyLoss || network.state === 'silent') return;
        clock.wait(within(random, network.replyDelay), () => {
          if (isOver) return;
          // Cookies are the browser's: they come even while the page is stopped.
          if (answer.secret !== undefined) jar.secret = answer.secret;
          deliver(() => settle(answer.reply));
        });
      };
      const go = (): void => {
        clock.wait(within(random, network.requestDelay), () => {
          if (network.state === 'silent') return;
          if (network.state !== 'up')
            return come({ reply: unknown(network.state === 'down' ? 'no connection' : 'status 500') });
          const answer = server.answer(call, secret);
          tell({ type: 'arrived', number, call, answer });
          come(answer);
        });
      };
      if (random() < network.requestLoss) return;
      go();
      // A form is never sent twice by a browser; what is safe to repeat is.
      if (isRepeatable(call) && random() < network.requestRepeats) go();
    });
  }

  function listen(sessionId: string, heard: (event: StreamEvent) => void, signal: AbortSignal): Promise<StreamEnd> {
    return new Promise((resolve) => {
      let isOver = false;
      let lastArrival = Number.NEGATIVE_INFINITY;
      const stop = (end: StreamEnd): void => {
        if (isOver) return;
        isOver = true;
        server.drop(stream);
        tell({ type: 'closed', end });
        resolve(end);
      };
      /** Things on one connection keep their order. */
      const bring = (task: () => void): void => {
        if (isOver || network.state === 'silent') return;
        const now = clock.read().monotonic;
        lastArrival = Math.max(lastArrival, now + within(random, network.replyDelay));
        clock.wait(lastArrival - now, () => deliver(() => !isOver && task()));
      };
      const say = (event: StreamEvent): void => {
        if (random() < network.streamLoss || network.state === 'down' || network.state === 'broken') {
          server.drop(stream);
          return bring(() => stop({ type: 'lost', problem: 'connection reset' }));
        }
        bring(() => {
          tell({ type: 'heard', event });
          heard(event);
        });
      };
      const stream: FakeStream = { send: say, close: (end) => bring(() => stop(end)) };
      const comment = (): void => {
        clock.wait(COMMENT_EVERY, () => {
          if (isOver) return;
          say({ type: 'alive' });
          comment();
        });
      };

      if (signal.aborted) return stop({ type: 'closed' });
      signal.addEventListener('abort', () => stop({ type: 'closed' }), { once: true });
      options.page?.whenGone(() => {
        isOver = true;
        server.drop(stream);
      });
      if (random() < network.requestLoss) return;
      const { secret } = jar;
      clock.wait(within(random, network.requestDelay), () => {
        if (isOver || network.state === 'silent') return;
        if (network.state !== 'up') return bring(() => stop({ type: 'lost', problem: network.state }));
        tell({ type: 'opened', sessionId });
        const refusal = server.open(sessionId, secret, stream);
        const reply: Reply | undefined = refusal && { type: 'refused', refusal, serverTime: server.now() };
        if (reply) bring(() => stop({ type: 'refused', reply }));
        else comment();
      });
    });
  }

  return {
    sliding: false,
    peek: (signal) => send({ type: 'peek' }, signal),
    touch: ({ keepalive, ...call }, signal) => send({ type: 'touch', ...call }, keepalive ? undefined : signal),
    extend: (call, signal) => send({ type: 'extend', ...call }, signal),
    lock: (call, signal) => send({ type: 'lock', ...call }, signal),
    end: (call, signal) => send({ type: 'end', ...call }, signal),
    ...(options.streams === false
      ? {}
      : { stream: ({ sessionId }, heard, signal) => listen(sessionId, heard, signal) }),
    signIn: (subject, signal) => send({ type: 'sign-in', subject }, signal),
    reauthenticate: (sessionId, signal) => send({ type: 'reauthenticate', sessionId }, signal),
  };
}

function isRepeatable({ type }: FakeCall): boolean {
  return type !== 'sign-in' && type !== 'reauthenticate';
}

function unknown(problem: string): Reply {
  return { type: 'unknown', problem };
}
