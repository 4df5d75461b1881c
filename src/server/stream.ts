/** The server's event stream, one per browser: who holds the turn reads it, who is visible and does not, polls. */
import type { Backend, Reply, StreamEnd, StreamEvent, Turns } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import type { Asked } from './calls.js';

/** A comment comes at least every 20 s; a line on which nothing is heard for this long is dead. */
const SILENCE: Duration = 60_000;
/** Reconnecting waits this long, doubling up to the longest. */
const FIRST_RETRY: Duration = 1_000;
const LONGEST_RETRY: Duration = 30_000;
/** A tab that was hidden keeps its stream if it gets the turn back within this time: then nobody else waited. */
const HANDOVER: Duration = 200;

export interface StreamParts {
  readonly backend: Pick<Backend, 'stream'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly turns: Turns;
  readonly turnName: string;
  /** Notes what is known as a stream is opened: its first event is a reply to that request. */
  readonly ask: () => Asked;
  readonly heard: (event: StreamEvent, asked: Asked, isFirst: boolean) => void;
  readonly refused: (reply: Reply, asked: Asked) => void;
  readonly isVisible: () => boolean;
  /** This tab has come to hold an open stream, or does so no longer. */
  readonly held: (isHeld: boolean) => void;
}

export interface Stream {
  /** Follows one session; `undefined` closes the stream. */
  follow(sessionId: string | undefined): void;
  /** The tab came into view: it takes the turn from whoever has it. */
  appeared(): void;
  /** The tab went out of view: it queues behind the others. */
  vanished(): void;
  /** The page is being frozen or put away: the stream is closed and the turn given back. */
  parted(): void;
  isHeld(): boolean;
}

export function createStream(parts: StreamParts): Stream {
  const { backend, clock, random } = parts;
  let sessionId: string | undefined;
  /** The place in the queue, or the turn itself. */
  let place: AbortController | undefined;
  /** The place that has been granted the turn. */
  let turn: AbortController | undefined;
  let connection: { readonly close: () => void; readonly sessionId: string } | undefined;
  let held = false;
  /** Servers without a stream are asked once per session. */
  let absentFor: string | undefined;

  function setHeld(isHeld: boolean): void {
    if (held === isHeld) return;
    held = isHeld;
    parts.held(isHeld);
  }

  function queue(steal: boolean): void {
    if (!backend.stream || sessionId === undefined || absentFor === sessionId) return;
    const mine = new AbortController();
    const previous = place;
    place = mine;
    void parts.turns.queue(parts.turnName, { signal: mine.signal, steal }, (lost) => hold(mine, lost));
    previous?.abort();
  }

  /** Reads the stream for as long as the turn lasts. */
  function hold(mine: AbortController, lost: AbortSignal): Promise<void> {
    return new Promise((done) => {
      if (mine.signal.aborted || place !== mine) return done();
      turn = mine;
      connect();
      mine.signal.addEventListener('abort', () => done(), { once: true });
      lost.addEventListener(
        'abort',
        () => {
          if (place === mine) {
            place = undefined;
            disconnect();
            if (parts.isVisible()) queue(false);
          }
          done();
        },
        { once: true },
      );
    });
  }

  function disconnect(): void {
    connection?.close();
    connection = undefined;
    setHeld(false);
  }

  function connect(): void {
    if (sessionId === undefined || !backend.stream || connection?.sessionId === sessionId) return;
    disconnect();
    const closing = new AbortController();
    connection = { close: () => closing.abort(), sessionId };
    void read(sessionId, closing.signal);
  }

  /** Reads until the session, the turn or the server ends it; what is lost is tried again. */
  async function read(id: string, closed: AbortSignal): Promise<void> {
    let retry = FIRST_RETRY;
    while (!closed.aborted) {
      const attempt = new AbortController();
      const stop = () => attempt.abort();
      closed.addEventListener('abort', stop, { once: true });
      let callOff = clock.wait(SILENCE, stop);
      const asked = parts.ask();
      let isFirst = true;
      const end = await listen(
        id,
        (event) => {
          if (closed.aborted || attempt.signal.aborted) return;
          callOff();
          callOff = clock.wait(SILENCE, stop);
          setHeld(true);
          retry = FIRST_RETRY;
          parts.heard(event, asked, isFirst);
          if (event.type === 'document') isFirst = false;
        },
        attempt.signal,
      );
      callOff();
      closed.removeEventListener('abort', stop);
      if (closed.aborted) return;
      setHeld(false);
      if (end.type === 'absent') absentFor = id;
      if (end.type === 'absent' || end.type === 'superseded') return release();
      if (end.type === 'refused') parts.refused(end.reply, asked);
      const wait = Math.max(retry * (0.5 + random() / 2), (end.type === 'lost' && end.retryAfter) || 0);
      retry = Math.min(retry * 2, LONGEST_RETRY);
      await pause(wait, closed);
    }
  }

  function pause(wait: Duration, closed: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        callOff();
        closed.removeEventListener('abort', go);
        resolve();
      };
      const callOff = clock.wait(wait, go);
      closed.addEventListener('abort', go, { once: true });
    });
  }

  async function listen(
    id: string,
    heard: (event: StreamEvent) => void,
    signal: AbortSignal,
  ): Promise<StreamEnd | { readonly type: 'superseded' }> {
    let superseded = false;
    const gone = new Promise<StreamEnd>((resolve) => {
      signal.addEventListener('abort', () => resolve({ type: 'lost', problem: 'silence' }), { once: true });
    });
    const reading =
      backend.stream?.(
        { sessionId: id },
        (event) => {
          if (event.type === 'superseded') superseded = true;
          heard(event);
        },
        signal,
      ) ?? Promise.resolve<StreamEnd>({ type: 'absent' });
    const end = await Promise.race([reading, gone]).catch(
      (problem: unknown): StreamEnd => ({ type: 'lost', problem: String(problem) }),
    );
    return superseded ? { type: 'superseded' } : end;
  }

  /** Gives the turn back and leaves the queue: until the tab appears anew it polls. */
  function release(): void {
    const mine = place;
    place = undefined;
    disconnect();
    mine?.abort();
  }

  return {
    follow(id) {
      if (id === sessionId) return;
      sessionId = id;
      if (id === undefined) release();
      else if (connection) connect();
      else if (!place) queue(parts.isVisible());
    },
    appeared() {
      if (!connection || turn !== place) queue(true);
    },
    vanished() {
      if (!place || sessionId === undefined) return;
      queue(false);
      clock.wait(HANDOVER, () => {
        if (turn !== place) disconnect();
      });
    },
    parted: release,
    isHeld: () => held,
  };
}
