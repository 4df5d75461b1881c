/** A session server in memory: what `docs/server-contract.md` asks of one, without HTTP. */
import { DEFAULT_POLICY as DEFAULTS } from '../facts/default-policy.js';
import type { EndReason } from '../facts/facts.js';
import type { Policy } from '../facts/policy.js';
import { clampPolicy } from '../facts/policy.js';
import type { Refusal, Reply, SessionDocument, StreamEnd, StreamEvent } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, earlier, plus, type ServerTime, serverTime } from '../time/instant.js';

/** A session as the server has it. */
export interface FakeSession {
  readonly id: string;
  readonly order: number;
  readonly subject: string;
  readonly startedAt: ServerTime;
  readonly rev: number;
  readonly authenticatedAt: ServerTime;
  readonly acr: string;
  readonly lastActivityAt: ServerTime;
  readonly lockedAt: ServerTime | undefined;
  readonly extensionsLeft: number | undefined;
  readonly policy: Policy;
  readonly end: { readonly reason: EndReason; readonly detail?: string; readonly at: ServerTime } | undefined;
}

/** Where a browser keeps its session's secret. All tabs of one browser share one. */
export interface CookieJar {
  secret: string | undefined;
}

/** A call as the server gets it. */
export type FakeCall =
  | { readonly type: 'peek' }
  | { readonly type: 'touch'; readonly sessionId: string; readonly idleFor: Duration; readonly source?: 'hold' }
  | { readonly type: 'extend'; readonly sessionId: string; readonly from: ServerTime | undefined }
  | { readonly type: 'lock'; readonly sessionId: string }
  | { readonly type: 'end'; readonly sessionId: string; readonly reason: EndReason }
  | { readonly type: 'reauthenticate'; readonly sessionId: string; readonly acr?: string }
  | { readonly type: 'sign-in'; readonly subject: string; readonly acr?: string };

/** What the server answers; `secret` is the new cookie, where it sets one. */
export interface FakeAnswer {
  readonly reply: Reply;
  readonly secret?: string;
}

/** The server's end of a stream. */
export interface FakeStream {
  send(event: StreamEvent): void;
  close(end: StreamEnd): void;
}

/** How the fake server keeps time and which policy it issues. */
export interface FakeServerOptions {
  /** Rings when a session expires, so that its streams hear of it. */
  readonly clock: Clock;
  /** The server's own time, in epoch milliseconds. Default: what the wall clock says. */
  readonly now?: () => number;
  /** What differs from the wire's defaults, for every session; durations in milliseconds. */
  readonly policy?: Partial<Policy>;
  /** How often each session may be extended. Default: any number of times. */
  readonly extensions?: number;
}

/**
 * A server for tests that enforces what it says: idle and absolute limits, locks, rotation, and the short memory of why a
 * session ended.
 *
 * It answers at once and never fails; `createFakeBackend` puts a network in front of it.
 *
 * @example
 * const clock = createManualClock();
 * const server = createFakeServer({ clock, policy: { idleTimeout: minutes(15) } });
 * const backend = createFakeBackend(server, { clock });
 * await backend.signIn('ana');
 * server.revoke(server.sessions()[0].id);
 */
export interface FakeServer {
  now(): ServerTime;
  answer(call: FakeCall, secret: string | undefined): FakeAnswer;
  /** Opens a stream; a refusal if the secret or the name does not fit. */
  open(sessionId: string, secret: string | undefined, stream: FakeStream): Refusal | undefined;
  /** The client's end of a stream is gone. */
  drop(stream: FakeStream): void;
  /** All sessions the server remembers, ended ones included, as they are now. */
  sessions(): readonly FakeSession[];
  session(id: string): FakeSession | undefined;
  /** Whose session a secret opens, superseded secrets included. */
  sessionOf(secret: string | undefined): FakeSession | undefined;
  /** An administrator ends a session, or the risk engine does. */
  revoke(id: string, detail?: string): void;
  /** An administrator changes the policy: of one session, or of all and those to come. */
  changePolicy(change: Partial<Policy>, id?: string): void;
  /** At the next answer the session gets a new secret; the old one is good until the new one is presented, at most 60 s. */
  rotate(id: string): void;
  /** Expires what is over by now, and tells the streams. Every call does so first. */
  look(): void;
  /** The store is lost: no session is known any more, nor that there ever was one. */
  restartEmpty(): void;
}

interface Stored {
  id: string;
  order: number;
  subject: string;
  startedAt: ServerTime;
  rev: number;
  authenticatedAt: ServerTime;
  acr: string;
  lastActivityAt: ServerTime;
  /** The last activity that was no `hold`. */
  lastRealActivityAt: ServerTime;
  /** The longest that the last activity lay back as the next was heard of, since the last authentication. */
  longestPause: Duration;
  lockedAt: ServerTime | undefined;
  extensionsLeft: number | undefined;
  policy: Policy;
  end: FakeSession['end'];
  secret: string;
  /** Whether anybody has come with `secret` yet: if not, the reply that brought it may have been lost. */
  isPresented: boolean;
  /** In periodic rotation the secret before, and until when it is still good. */
  spare: { readonly secret: string; readonly until: ServerTime } | undefined;
  rotationDue: boolean;
  streams: { readonly stream: FakeStream; readonly secret: string }[];
}

/** The first policy that is issued where the test names none. */
export const DEFAULT_POLICY: Policy = { ...DEFAULTS, version: 1 };

/** How long the old secret stays good in periodic rotation. */
const SPARE_FOR: Duration = 60_000;
const MOST_STREAMS = 2;
/** Activity further back than this is refused as absurd. */
const LONGEST_IDLE: Duration = 366 * 86_400_000;

/** Makes a server without sessions. */
export function createFakeServer(options: FakeServerOptions): FakeServer {
  let policy = clampPolicy({ ...DEFAULT_POLICY, ...options.policy }).policy;
  let stored = new Map<string, Stored>();
  let owners = new Map<string, Stored>();
  let lastOrder = 0;
  let lastNumber = 0;
  let lastSecret = 0;
  let armedFor: number | undefined;
  let callOff: (() => void) | undefined;

  const now = (): ServerTime => serverTime(options.now?.() ?? options.clock.read().wall);

  /** Sets the one timer for the next limit that will be reached. */
  function arm(): void {
    let first: number | undefined;
    for (const one of stored.values()) {
      const at = one.end ? undefined : nextLimit(one);
      if (at !== undefined && (first === undefined || at < first)) first = at;
    }
    if (first === armedFor) return;
    callOff?.();
    armedFor = first;
    if (first === undefined) return;
    callOff = options.clock.wait(first - now(), () => {
      armedFor = undefined;
      look();
    });
  }

  function newSecret(owner: Stored): string {
    lastSecret += 1;
    const secret = `secret ${lastSecret}`;
    owners.set(secret, owner);
    return secret;
  }

  function changed(one: Stored): void {
    one.rev += 1;
    const document = documentOf(one);
    for (const { stream } of one.streams) stream.send({ type: 'document', document });
  }

  function documentOf(one: Stored): SessionDocument {
    const idle = idleExpiry(one);
    const absolute = absoluteExpiry(one);
    return {
      serverTime: now(),
      session: { id: one.id, order: one.order, startedAt: one.startedAt, subject: one.subject },
      rev: one.rev,
      authenticatedAt: one.authenticatedAt,
      acr: one.acr,
      lastActivityAt: one.lastActivityAt,
      longestPause: one.longestPause,
      policy: one.policy,
      ...(idle === undefined ? {} : { idleExpiry: idle }),
      ...(absolute === undefined ? {} : { absoluteExpiry: absolute }),
      ...(one.lockedAt === undefined ? {} : { lockedAt: one.lockedAt }),
      ...(one.extensionsLeft === undefined ? {} : { extensionsLeft: one.extensionsLeft }),
    };
  }

  function end(one: Stored, reason: EndReason, at: ServerTime, detail?: string): void {
    if (one.end) return;
    one.end = { reason, at, ...(detail === undefined ? {} : { detail }) };
    one.rev += 1;
    const { streams } = one;
    one.streams = [];
    for (const { stream } of streams) {
      stream.send({
        type: 'revoked',
        sessionId: one.id,
        reason,
        endedAt: at,
        ...(detail === undefined ? {} : { detail }),
      });
      stream.close({ type: 'closed' });
    }
  }

  /** What has come to pass: in the order of the limits, for a lock may end what idleness locked. */
  function expire(one: Stored): void {
    for (;;) {
      if (one.end) return;
      const first = nextLimit(one);
      if (first === undefined || first > now()) return;
      if (first === absoluteExpiry(one)) return end(one, 'absolute', first);
      if (one.lockedAt !== undefined || one.policy.onIdle === 'end') return end(one, 'idle', first);
      one.lockedAt = first;
      changed(one);
    }
  }

  function look(): void {
    for (const one of stored.values()) if (!one.end) expire(one);
    arm();
  }

  /** The precedence of refusals: unknown, another's, over, superseded. */
  function admit(secret: string | undefined, sessionId: string | undefined): Stored | Refusal {
    const one = secret === undefined ? undefined : owners.get(secret);
    if (!one || secret === undefined) return { type: 'no-session' };
    if (sessionId !== undefined && sessionId !== one.id) return { type: 'session-mismatch', sessionId: one.id };
    expire(one);
    if (one.end) return endedRefusal(one, one.end);
    if (secret === one.secret) {
      one.isPresented = true;
      one.spare = undefined;
      return one;
    }
    if (secret === one.spare?.secret && now() < one.spare.until) return one;
    return { type: 'session-rotated', sessionId: one.id };
  }

  function refuse(refusal: Refusal): FakeAnswer {
    return { reply: { type: 'refused', refusal, serverTime: now() } };
  }

  function give(one: Stored): FakeAnswer {
    const reply: Reply = { type: 'document', document: documentOf(one) };
    if (!one.rotationDue) return { reply };
    one.rotationDue = false;
    one.spare = { secret: one.secret, until: plus(now(), SPARE_FOR) };
    one.isPresented = false;
    one.secret = newSecret(one);
    return { reply, secret: one.secret };
  }

  function touch(one: Stored, idleFor: Duration, source: 'hold' | undefined): FakeAnswer {
    if (!Number.isFinite(idleFor) || idleFor < 0 || idleFor > LONGEST_IDLE) {
      return { reply: { type: 'unknown', problem: 'status 400' } };
    }
    const claimed = Math.max(now() - idleFor, one.startedAt);
    const at = source === 'hold' ? Math.min(claimed, one.lastRealActivityAt + one.policy.holdMax) : claimed;
    if (source !== 'hold') one.lastRealActivityAt = serverTime(Math.max(one.lastRealActivityAt, at));
    if (at > one.lastActivityAt) {
      one.longestPause = Math.max(one.longestPause, now() - one.lastActivityAt);
      one.lastActivityAt = serverTime(at);
      changed(one);
    }
    return give(one);
  }

  function act(one: Stored): void {
    one.longestPause = Math.max(one.longestPause, now() - one.lastActivityAt);
    one.lastActivityAt = serverTime(Math.max(now(), one.lastActivityAt));
    one.lastRealActivityAt = serverTime(Math.max(now(), one.lastRealActivityAt));
  }

  function extend(one: Stored, from: ServerTime | undefined): FakeAnswer {
    if (!one.policy.extendable) return refuse({ type: 'extension-refused', reason: 'policy' });
    if (idleExpiry(one) === from) {
      if (one.extensionsLeft === 0) return refuse({ type: 'extension-refused', reason: 'no extensions left' });
      if (one.extensionsLeft !== undefined) one.extensionsLeft -= 1;
    }
    act(one);
    changed(one);
    return give(one);
  }

  function lock(one: Stored): FakeAnswer {
    if (one.lockedAt === undefined) {
      one.lockedAt = now();
      changed(one);
    }
    return give(one);
  }

  /** A superseded secret may do this too, as long as nobody has come with its successor: the reply may have been lost. */
  function reauthenticate(secret: string | undefined, sessionId: string, acr: string): FakeAnswer {
    const admitted = admit(secret, sessionId);
    const one = isSession(admitted) ? admitted : owners.get(secret ?? '');
    if (!isSession(admitted) && (admitted.type !== 'session-rotated' || !one || one.isPresented))
      return refuse(admitted);
    if (!one) return refuse({ type: 'no-session' });
    one.authenticatedAt = serverTime(Math.max(now(), one.authenticatedAt));
    act(one);
    one.longestPause = 0;
    one.acr = acr;
    one.lockedAt = undefined;
    one.isPresented = false;
    one.spare = undefined;
    one.secret = newSecret(one);
    changed(one);
    const closing = one.streams;
    one.streams = [];
    for (const { stream } of closing) stream.close({ type: 'closed' });
    return { reply: { type: 'document', document: documentOf(one) }, secret: one.secret };
  }

  function signIn(secret: string | undefined, subject: string, acr: string): FakeAnswer {
    const before = secret === undefined ? undefined : owners.get(secret);
    if (before) {
      expire(before);
      end(before, 'signed-out', now());
    }
    lastNumber += 1;
    lastOrder = Math.max(lastOrder + 1, Math.floor(now()));
    const one: Stored = {
      id: `session ${lastNumber}`,
      order: lastOrder,
      subject,
      startedAt: now(),
      rev: 1,
      authenticatedAt: now(),
      acr,
      lastActivityAt: now(),
      lastRealActivityAt: now(),
      longestPause: 0,
      lockedAt: undefined,
      extensionsLeft: options.extensions,
      policy,
      end: undefined,
      secret: '',
      isPresented: true,
      spare: undefined,
      rotationDue: false,
      streams: [],
    };
    one.secret = newSecret(one);
    stored.set(one.id, one);
    return { reply: { type: 'document', document: documentOf(one) }, secret: one.secret };
  }

  function signOut(secret: string | undefined, sessionId: string): FakeAnswer {
    const one = secret === undefined ? undefined : owners.get(secret);
    if (!one) return refuse({ type: 'no-session' });
    if (one.id !== sessionId) return refuse({ type: 'session-mismatch', sessionId: one.id });
    expire(one);
    end(one, 'signed-out', now());
    return { reply: { type: 'done' } };
  }

  function answer(call: FakeCall, secret: string | undefined): FakeAnswer {
    const answered = decide(call, secret);
    arm();
    return answered;
  }

  function decide(call: FakeCall, secret: string | undefined): FakeAnswer {
    if (call.type === 'sign-in') return signIn(secret, call.subject, call.acr ?? 'pwd');
    if (call.type === 'end') return signOut(secret, call.sessionId);
    if (call.type === 'reauthenticate') return reauthenticate(secret, call.sessionId, call.acr ?? 'pwd');
    const one = admit(secret, call.type === 'peek' ? undefined : call.sessionId);
    if (!isSession(one)) return refuse(one);
    if (call.type === 'peek') return give(one);
    if (call.type === 'lock') return lock(one);
    if (one.lockedAt !== undefined)
      return refuse({ type: 'session-locked', sessionId: one.id, lockedAt: one.lockedAt });
    return call.type === 'touch' ? touch(one, call.idleFor, call.source) : extend(one, call.from);
  }

  return {
    now,
    answer,
    open(sessionId, secret, stream) {
      const one = admit(secret, sessionId);
      if (!isSession(one)) return one;
      stream.send({ type: 'document', document: documentOf(one) });
      one.streams.push({ stream, secret: one.secret });
      if (one.streams.length > MOST_STREAMS) {
        const oldest = one.streams.shift();
        oldest?.stream.send({ type: 'superseded' });
        oldest?.stream.close({ type: 'closed' });
      }
      return undefined;
    },
    drop(gone) {
      for (const one of stored.values()) one.streams = one.streams.filter(({ stream }) => stream !== gone);
    },
    sessions() {
      look();
      return [...stored.values()];
    },
    session(id) {
      const one = stored.get(id);
      if (one) expire(one);
      return one;
    },
    sessionOf(secret) {
      const one = owners.get(secret ?? '');
      if (one) expire(one);
      return one;
    },
    revoke(id, detail) {
      const one = stored.get(id);
      if (!one) return;
      expire(one);
      end(one, 'revoked', now(), detail);
    },
    changePolicy(change, id) {
      look();
      const targets = [...stored.values()].filter((one) => !one.end && (id === undefined || one.id === id));
      const version = Math.max(policy.version, ...targets.map((one) => one.policy.version)) + 1;
      if (id === undefined) policy = clampPolicy({ ...policy, ...change, version }).policy;
      for (const one of targets) {
        one.policy = clampPolicy({ ...one.policy, ...change, version }).policy;
        changed(one);
        expire(one);
      }
      arm();
    },
    rotate(id) {
      const one = stored.get(id);
      if (one) one.rotationDue = true;
    },
    look,
    restartEmpty() {
      const lost = stored;
      stored = new Map();
      owners = new Map();
      lastOrder = 0;
      arm();
      for (const one of lost.values())
        for (const { stream } of one.streams) stream.close({ type: 'lost', problem: 'restart' });
    },
  };
}

function idleExpiry(one: Stored): ServerTime | undefined {
  const { policy, lockedAt } = one;
  if (lockedAt !== undefined) return policy.lockTimeout === null ? undefined : plus(lockedAt, policy.lockTimeout);
  return policy.idleTimeout === null ? undefined : plus(one.lastActivityAt, policy.idleTimeout);
}

function absoluteExpiry({ policy, authenticatedAt, startedAt }: Stored): ServerTime | undefined {
  const start = policy.absoluteFrom === 'auth_time' ? authenticatedAt : startedAt;
  return policy.absoluteTimeout === null ? undefined : plus(start, policy.absoluteTimeout);
}

function nextLimit(one: Stored): ServerTime | undefined {
  return earlier(idleExpiry(one), absoluteExpiry(one));
}

function isSession(one: Stored | Refusal): one is Stored {
  return 'streams' in one;
}

function endedRefusal(one: Stored, over: NonNullable<Stored['end']>): Refusal {
  return {
    type: 'session-ended',
    sessionId: one.id,
    reason: over.reason,
    ...(over.detail === undefined ? {} : { detail: over.detail }),
    endedAt: over.at,
  };
}
