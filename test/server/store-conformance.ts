/** What every session store must do, whatever it is made of. */
import { beforeEach, describe, expect, test } from 'vitest';
import { touched } from '../../demo/server/sessions/activity.js';
import { ended } from '../../demo/server/sessions/ended.js';
import { memoryOfEnds, openChallenges } from '../../demo/server/sessions/limits.js';
import { noticed } from '../../demo/server/sessions/noticed.js';
import { secretRotated } from '../../demo/server/sessions/secrets.js';
import type { Session, SessionStart } from '../../demo/server/sessions/session.js';
import type { Changed, SessionStore } from '../../demo/server/sessions/store.js';
import { createMovableClock, type MovableClock } from './support/movable-clock.js';
import { sessionStart } from './support/plain-session.js';

const start: SessionStart = sessionStart();

const endedAt = (session: Session, at: number): Changed<null> => ({
  session: ended(session, { reason: 'revoked', at, initiatingEntity: 'admin' }),
  result: null,
});

const touchedNow = (session: Session, now: number): Changed<null> => ({
  session: touched(session, now, { idleFor: 0, source: 'person' }),
  result: null,
});

/** `createStore` makes an empty store that goes by the given clock. */
export function describeStore(name: string, createStore: (clock: MovableClock) => SessionStore): void {
  describe(name, () => {
    let clock: MovableClock;
    let store: SessionStore;

    beforeEach(() => {
      clock = createMovableClock({ runs: false });
      store = createStore(clock);
    });

    test('goes by its own clock', async () => {
      const before = await store.now();
      await clock.advance(1500);
      expect(await store.now()).toBe(before + 1500);
    });

    describe('starting a session', () => {
      test('starts it open, now, at rev 1', async () => {
        const now = await store.now();
        const session = await store.create(start);
        expect(session).toMatchObject({
          id: 'session-1',
          rev: 1,
          startedAt: now,
          authenticatedAt: now,
          lastActivityAt: now,
          lockedAt: null,
          end: null,
        });
        expect(await store.find('session-1')).toEqual(session);
      });

      test('issues the time in milliseconds as its order', async () => {
        expect((await store.create(start)).order).toBe(await store.now());
      });

      test('issues a greater order each time, in the same millisecond and after the clock was set back', async () => {
        const first = await store.create(start);
        const second = await store.create({ ...start, id: 'session-2', secretHash: 'hash-2' });
        clock.setBack(60_000);
        const third = await store.create({ ...start, id: 'session-3', secretHash: 'hash-3' });
        expect(second.order).toBe(first.order + 1);
        expect(third.order).toBe(second.order + 1);
      });

      test('issues different orders to sessions started at once', async () => {
        const sessions = await Promise.all(
          Array.from({ length: 20 }, (_, n) => store.create({ ...start, id: `id-${n}`, secretHash: `hash-${n}` })),
        );
        expect(new Set(sessions.map(({ order }) => order)).size).toBe(20);
      });
    });

    describe('finding a session', () => {
      test('finds it by the secret it started with, and no other', async () => {
        await store.create(start);
        expect((await store.findBySecret('hash-1'))?.id).toBe('session-1');
        expect(await store.findBySecret('hash-2')).toBeUndefined();
        expect(await store.findBySecret('session-1')).toBeUndefined();
      });

      test('finds it by each secret it has had', async () => {
        await store.create(start);
        for (const [hash, goodUntil] of [
          ['hash-2', clock.now() + 60_000],
          ['hash-3', null],
        ] as const) {
          await store.update('session-1', (session, now) => ({
            session: secretRotated(session, { hash, issuedAt: now, goodUntil }),
            result: null,
          }));
        }
        for (const hash of ['hash-1', 'hash-2', 'hash-3']) {
          expect((await store.findBySecret(hash))?.id).toBe('session-1');
        }
      });

      test('lists all sessions it remembers', async () => {
        await store.create(start);
        await store.create({ ...start, id: 'session-2', secretHash: 'hash-2' });
        await store.update('session-2', endedAt);
        expect((await store.list()).map(({ id }) => id).sort()).toEqual(['session-1', 'session-2']);
      });
    });

    describe('changing a session', () => {
      test('increments rev by one with each change', async () => {
        await store.create(start);
        for (const rev of [2, 3, 4]) {
          await clock.advance(1000);
          const updated = await store.update('session-1', touchedNow);
          expect(updated?.session.rev).toBe(rev);
          expect((await store.find('session-1'))?.rev).toBe(rev);
        }
      });

      test('says what was before, what is now, and by which time', async () => {
        const session = await store.create(start);
        await clock.advance(1000);
        const updated = await store.update('session-1', (current, now) => ({
          ...touchedNow(current, now),
          result: 'done',
        }));
        expect(updated).toMatchObject({ before: session, result: 'done', now: clock.now() });
        expect(updated?.session.lastActivityAt).toBe(clock.now());
      });

      test('leaves rev alone and tells nobody where nothing changed', async () => {
        await store.create(start);
        const heard: number[] = [];
        store.subscribe({ changed: ({ rev }) => heard.push(rev) });
        const updated = await store.update('session-1', (session) => ({ session, result: 'looked' }));
        expect(updated).toMatchObject({ session: { rev: 1 }, result: 'looked' });
        expect(heard).toEqual([]);
      });

      test('changes nothing where the change throws', async () => {
        const session = await store.create(start);
        const failing = store.update('session-1', () => {
          throw new Error('no');
        });
        await expect(failing).rejects.toThrow('no');
        expect(await store.find('session-1')).toEqual(session);
      });

      test('answers undefined for a session it does not know', async () => {
        expect(await store.update('nobody', touchedNow)).toBeUndefined();
      });

      test('makes changes that come at once one after the other, losing none', async () => {
        await store.create(start);
        await Promise.all(
          Array.from({ length: 25 }, () =>
            store.update('session-1', (session) => ({
              session: { ...session, extensionsUsed: session.extensionsUsed + 1 },
              result: null,
            })),
          ),
        );
        expect(await store.find('session-1')).toMatchObject({ extensionsUsed: 25, rev: 26 });
      });

      test('lets exactly one of two revocations that come at once end the session', async () => {
        await store.create(start);
        const results = await Promise.all([store.update('session-1', endedAt), store.update('session-1', endedAt)]);
        expect(results.filter((updated) => updated?.before.end === null)).toHaveLength(1);
        expect(await store.find('session-1')).toMatchObject({ rev: 2 });
      });

      test('tells every listener of each change in the order of rev, until it unsubscribes', async () => {
        const heard: unknown[] = [];
        const unsubscribe = store.subscribe({ changed: ({ id, rev }, now) => heard.push([id, rev, now]) });
        const startedAt = clock.now();
        await store.create(start);
        await clock.advance(1);
        await store.update('session-1', touchedNow);
        await store.update('session-1', endedAt);
        unsubscribe();
        await store.create({ ...start, id: 'session-2', secretHash: 'hash-2' });
        expect(heard).toEqual([
          ['session-1', 1, startedAt],
          ['session-1', 2, startedAt + 1],
          ['session-1', 3, startedAt + 1],
        ]);
      });
    });

    describe('the vault key of a session', () => {
      test('is made at the first asking, and the same from then on, however many ask at once', async () => {
        await store.create(start);
        const keys = await Promise.all(Array.from({ length: 20 }, () => store.vaultKey('session-1')));
        await store.update('session-1', touchedNow);
        keys.push(await store.vaultKey('session-1'));
        expect(keys[0]?.key).toHaveLength(32);
        expect(keys[0]?.kid).toMatch(/^[\w-]{8,64}$/);
        for (const key of keys) expect(key).toEqual(keys[0]);
      });

      test('is its own: no two sessions have the same, also of one person', async () => {
        await store.create(start);
        await store.create({ ...start, id: 'session-2', secretHash: 'hash-2' });
        const [one, other] = [await store.vaultKey('session-1'), await store.vaultKey('session-2')];
        expect(one?.kid).not.toBe(other?.kid);
        expect(one?.key).not.toEqual(other?.key);
      });

      test('is in no session that the store hands out, and asking for it is no change', async () => {
        await store.create(start);
        const heard: number[] = [];
        store.subscribe({ changed: ({ rev }) => heard.push(rev) });
        const { key } = (await store.vaultKey('session-1')) ?? {};
        const said = JSON.stringify([await store.find('session-1'), await store.list()]);
        expect(heard).toEqual([]);
        expect((await store.find('session-1'))?.rev).toBe(1);
        for (const form of ['base64', 'base64url', 'hex'] as const) expect(said).not.toContain(key?.toString(form));
      });

      test('is forgotten in the change that ends the session, and never given again', async () => {
        await store.create(start);
        const asked = store.vaultKey('session-1');
        const ending = store.update('session-1', endedAt);
        expect(await asked).toBeDefined();
        await ending;
        expect(await store.vaultKey('session-1')).toBeUndefined();
        await store.purge();
        expect(await store.vaultKey('session-1')).toBeUndefined();
      });

      test('there is none of a session it does not know', async () => {
        expect(await store.vaultKey('nobody')).toBeUndefined();
      });
    });

    describe('the streams of a session', () => {
      const notice = { event: 'credential-change', at: 0, initiatingEntity: 'admin', members: {} } as const;
      const withNotice = (session: Session): Changed<null> => ({ session: noticed(session, notice), result: null });

      test('numbers events upwards, across changes, notices and openings', async () => {
        await store.create(start);
        const first = await store.openStream('session-1', 'a', null);
        const noted = await store.update('session-1', withNotice);
        const second = await store.openStream('session-1', 'b', null);
        const numbers = [
          first?.firstEventId,
          noted?.session.notices[0]?.id,
          noted?.session.lastEventId,
          second?.firstEventId,
        ].map((id) => id ?? Number.NaN);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        expect(new Set(numbers).size).toBe(numbers.length);
      });

      test('opening one is no change of the session', async () => {
        await store.create(start);
        const opening = await store.openStream('session-1', 'a', null);
        expect(opening?.session.rev).toBe(1);
        expect((await store.find('session-1'))?.rev).toBe(1);
      });

      test('hands on the notices missed since an event, numbered anew, once', async () => {
        await store.create(start);
        const first = await store.openStream('session-1', 'a', null);
        await store.update('session-1', withNotice);
        const second = await store.openStream('session-1', 'b', first?.firstEventId ?? 0);
        expect(second?.missed).toMatchObject([{ event: 'credential-change', id: (second?.firstEventId ?? 0) + 1 }]);
        const third = await store.openStream('session-1', 'c', second?.missed[0]?.id ?? 0);
        expect(third?.missed).toEqual([]);
        expect(third?.firstEventId).toBeGreaterThan((second?.missed[0]?.id ?? 0) + 1);
      });

      test("hands on nothing to who says nothing, or names another session's event", async () => {
        await store.create(start);
        await store.update('session-1', withNotice);
        expect((await store.openStream('session-1', 'a', null))?.missed).toEqual([]);
        expect((await store.openStream('session-1', 'b', 999))?.missed).toEqual([]);
      });

      test('has two places, and a third stream takes that of the oldest', async () => {
        await store.create(start);
        const replaced: string[] = [];
        store.subscribe({ streamReplaced: (id, streamId) => replaced.push(`${id} ${streamId}`) });
        for (const streamId of ['a', 'b']) await store.openStream('session-1', streamId, null);
        expect(replaced).toEqual([]);
        await store.openStream('session-1', 'c', null);
        expect(replaced).toEqual(['session-1 a']);
      });

      test('a closed stream leaves its place', async () => {
        await store.create(start);
        const replaced: string[] = [];
        store.subscribe({ streamReplaced: (_id, streamId) => replaced.push(streamId) });
        for (const streamId of ['a', 'b']) await store.openStream('session-1', streamId, null);
        await store.closeStream('session-1', 'a');
        await store.openStream('session-1', 'c', null);
        expect(replaced).toEqual([]);
      });

      test('there are none of a session it does not know', async () => {
        expect(await store.openStream('nobody', 'a', null)).toBeUndefined();
      });
    });

    describe('what a browser is asked to sign', () => {
      test('is kept for a session, and had once', async () => {
        await store.create(start);
        expect(await store.keepChallenge('session-1', 'proof', 'first', 1_000)).toBe(true);
        expect(await store.takeChallenge('session-1', 'proof', 'other')).toBe(false);
        expect(await store.takeChallenge('session-1', 'proof', 'first')).toBe(true);
        expect(await store.takeChallenge('session-1', 'proof', 'first')).toBe(false);
      });

      test('goes to one of those who ask at the same time', async () => {
        await store.create(start);
        await store.keepChallenge('session-1', 'proof', 'only', 1_000);
        const take = () => store.takeChallenge('session-1', 'proof', 'only');
        const all = await Promise.all(Array.from({ length: 8 }, take));
        expect(all.filter((taken) => taken)).toHaveLength(1);
      });

      test('stays beside later ones, of which the newest are kept, and is forgotten after its time', async () => {
        await store.create(start);
        await store.keepChallenge('session-1', 'proof', 'first', 1_000);
        await store.keepChallenge('session-1', 'proof', 'second', 1_000);
        expect(await store.takeChallenge('session-1', 'proof', 'second')).toBe(true);
        expect(await store.takeChallenge('session-1', 'proof', 'first')).toBe(true);
        for (let asked = 0; asked <= openChallenges; asked += 1) {
          await store.keepChallenge('session-1', 'proof', `asked ${asked}`, 1_000);
        }
        expect(await store.takeChallenge('session-1', 'proof', 'asked 0')).toBe(false);
        await clock.advance(999);
        expect(await store.takeChallenge('session-1', 'proof', 'asked 1')).toBe(true);
        await clock.advance(1);
        expect(await store.takeChallenge('session-1', 'proof', 'asked 2')).toBe(false);
      });

      test('is of one session and for one purpose, and changes nothing', async () => {
        await store.create(start);
        await store.create({ ...start, id: 'session-2', secretHash: 'hash-2' });
        const before = await store.find('session-1');
        await store.keepChallenge('session-1', 'proof', 'mine', 1_000);
        expect(await store.takeChallenge('session-2', 'proof', 'mine')).toBe(false);
        expect(await store.takeChallenge('session-1', 'registration', 'mine')).toBe(false);
        expect(await store.takeChallenge('session-1', 'proof', 'mine')).toBe(true);
        expect(await store.find('session-1')).toEqual(before);
      });

      test('is for no session that is unknown', async () => {
        expect(await store.keepChallenge('nobody', 'proof', 'x', 1_000)).toBe(false);
        expect(await store.takeChallenge('nobody', 'proof', 'x')).toBe(false);
      });
    });

    describe('forgetting', () => {
      test('remembers why a session ended for a day, to all of its secrets, and then no more', async () => {
        await store.create(start);
        await store.update('session-1', (session, now) => ({
          session: secretRotated(session, { hash: 'hash-2', issuedAt: now, goodUntil: null }),
          result: null,
        }));
        await store.update('session-1', endedAt);
        await clock.advance(memoryOfEnds - 1);
        await store.purge();
        for (const hash of ['hash-1', 'hash-2']) {
          expect((await store.findBySecret(hash))?.end).toMatchObject({ reason: 'revoked' });
        }
        await clock.advance(1);
        await store.purge();
        for (const hash of ['hash-1', 'hash-2']) expect(await store.findBySecret(hash)).toBeUndefined();
        expect(await store.find('session-1')).toBeUndefined();
        expect(await store.list()).toEqual([]);
      });

      test('never forgets a session that has not ended', async () => {
        await store.create(start);
        await clock.advance(10 * memoryOfEnds);
        await store.purge();
        expect(await store.find('session-1')).toBeDefined();
      });
    });
  });
}
