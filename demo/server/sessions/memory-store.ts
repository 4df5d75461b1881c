/** The session store of a server that is one process: everything is lost when it stops. */
import { randomBytes } from 'node:crypto';
import type { SealingKey } from '../keys/draft-keys.js';
import type { Clock } from '../time/clock.js';
import { memoryOfEnds, openChallenges } from './limits.js';
import type { Session, SessionStart } from './session.js';
import type { SessionStore, StoreListener } from './store.js';

const streamsPerSession = 2;

/** Each method does its work in one go, without waiting in between: that is what makes it atomic here. */
export function createMemoryStore(clock: Clock): SessionStore {
  const sessions = new Map<string, Session>();
  const idsBySecret = new Map<string, string>();
  /** Open streams by session, oldest first. */
  const streams = new Map<string, readonly string[]>();
  /** By purpose and session, oldest first. */
  const challenges = new Map<string, readonly { readonly challenge: string; readonly goodUntil: number }[]>();
  const vaultKeys = new Map<string, SealingKey>();
  const listeners = new Set<StoreListener>();
  let lastOrder = 0;

  function keep(session: Session): void {
    sessions.set(session.id, session);
    for (const { hash } of session.secrets) idsBySecret.set(hash, session.id);
  }

  function announce(session: Session, now: number): void {
    for (const listener of [...listeners]) listener.changed?.(session, now);
  }

  return {
    async now() {
      return clock.now();
    },

    async create(start) {
      const now = clock.now();
      lastOrder = Math.max(lastOrder + 1, now);
      const session = startedSession(start, lastOrder, now);
      keep(session);
      announce(session, now);
      return session;
    },

    async find(id) {
      return sessions.get(id);
    },

    async findBySecret(hash) {
      const id = idsBySecret.get(hash);
      return id === undefined ? undefined : sessions.get(id);
    },

    async list() {
      return [...sessions.values()];
    },

    async update(id, change) {
      const before = sessions.get(id);
      if (before === undefined) return undefined;
      const now = clock.now();
      const { session, result } = change(before, now);
      if (session === before) return { before, session, result, now };
      const numbered = { ...session, rev: before.rev + 1, lastEventId: session.lastEventId + 1 };
      keep(numbered);
      if (numbered.end !== null) vaultKeys.delete(id);
      announce(numbered, now);
      return { before, session: numbered, result, now };
    },

    async vaultKey(id) {
      const session = sessions.get(id);
      if (session === undefined || session.end !== null) return undefined;
      const key = vaultKeys.get(id) ?? freshKey();
      vaultKeys.set(id, key);
      return key;
    },

    async openStream(id, streamId, lastEventId) {
      const session = sessions.get(id);
      if (session === undefined) return undefined;
      const firstEventId = session.lastEventId + 1;
      const missed = session.notices
        .filter((notice) => lastEventId !== null && notice.id > lastEventId)
        .map((notice, index) => ({ ...notice, id: firstEventId + 1 + index }));
      const open = [...(streams.get(id) ?? []), streamId];
      const replaced = open.slice(0, -streamsPerSession);
      streams.set(id, open.slice(-streamsPerSession));
      const ownLastEventId = firstEventId + (missed.length === 0 ? 0 : missed.length + 1);
      sessions.set(id, { ...session, lastEventId: ownLastEventId + replaced.length });
      replaced.forEach((oldest, index) => {
        for (const listener of [...listeners]) listener.streamReplaced?.(id, oldest, ownLastEventId + 1 + index);
      });
      return { session, now: clock.now(), firstEventId, missed };
    },

    async closeStream(id, streamId) {
      const left = (streams.get(id) ?? []).filter((open) => open !== streamId);
      if (left.length === 0) streams.delete(id);
      else streams.set(id, left);
    },

    async keepChallenge(id, purpose, challenge, goodFor) {
      if (!sessions.has(id)) return false;
      const now = clock.now();
      const open = (challenges.get(`${purpose} ${id}`) ?? []).filter(({ goodUntil }) => now < goodUntil);
      const newest = [...open, { challenge, goodUntil: now + goodFor }].slice(-openChallenges);
      challenges.set(`${purpose} ${id}`, newest);
      return true;
    },

    async takeChallenge(id, purpose, challenge) {
      const open = challenges.get(`${purpose} ${id}`) ?? [];
      const taken = open.find((one) => one.challenge === challenge);
      challenges.set(
        `${purpose} ${id}`,
        open.filter((one) => one !== taken),
      );
      return taken !== undefined && clock.now() < taken.goodUntil;
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async purge() {
      const oldest = clock.now() - memoryOfEnds;
      for (const { id, end, secrets } of sessions.values()) {
        if (end === null || end.at > oldest) continue;
        sessions.delete(id);
        streams.delete(id);
        for (const purpose of ['proof', 'registration']) challenges.delete(`${purpose} ${id}`);
        for (const { hash } of secrets) idsBySecret.delete(hash);
      }
    },
  };
}

const freshKey = (): SealingKey => ({ kid: randomBytes(12).toString('base64url'), key: randomBytes(32) });

/** A session that starts now: open, unlocked, and with one secret. */
export function startedSession({ secretHash, ...start }: SessionStart, order: number, now: number): Session {
  return {
    ...start,
    order,
    rev: 1,
    startedAt: now,
    authenticatedAt: now,
    lastActivityAt: now,
    lastActAt: now,
    longestPause: 0,
    lockedAt: null,
    extensionsUsed: 0,
    // Presented: there is no secret before it that would have to know.
    secrets: [{ hash: secretHash, issuedAt: now, presented: true, goodUntil: null }],
    lastEventId: 0,
    notices: [],
    end: null,
  };
}
