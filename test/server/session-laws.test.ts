/** What holds for a session whatever is done to it, in whatever order: random histories. */
import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import { defaultPolicies } from '../../demo/server/policies/defaults.js';
import { extended, touched } from '../../demo/server/sessions/activity.js';
import { ended } from '../../demo/server/sessions/ended.js';
import { absoluteExpiry, idleExpiry } from '../../demo/server/sessions/limits.js';
import { locked } from '../../demo/server/sessions/locked.js';
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { policyApplied } from '../../demo/server/sessions/policy-applied.js';
import { reauthenticated } from '../../demo/server/sessions/reauthenticated.js';
import type { Session } from '../../demo/server/sessions/session.js';
import { changeSession } from '../../demo/server/sessions/update-session.js';
import { createMovableClock } from './support/movable-clock.js';

type Act = (session: Session, now: number) => Session;

/** As a route does it: a session that is over, or locked, is not acted on. */
const whileOpen =
  (act: Act): Act =>
  (session, now) =>
    session.end === null && session.lockedAt === null ? act(session, now) : session;

const acts = oneof(
  record({ idleFor: integer({ min: 0, max: 100 }), source: constantFrom('person', 'hold') }).map(
    (touch): Act => whileOpen((session, now) => touched(session, now, touch)),
  ),
  constant<Act>(whileOpen((session, now) => extended(session, now, idleExpiry(session)))),
  constant<Act>((session, now) => (session.end === null ? locked(session, now) : session)),
  constant<Act>((session, now) =>
    session.end === null ? reauthenticated(session, now, { acr: 'pwd', amr: ['pwd'], secretHash: `${now}` }) : session,
  ),
  record({
    idleTimeout: constantFrom(null, 50, 100),
    absoluteTimeout: constantFrom(null, 150, 300),
    absoluteFrom: constantFrom('session_start', 'auth_time'),
    onIdle: constantFrom('end', 'lock'),
    lockTimeout: constantFrom(null, 60),
    holdMax: constantFrom(0, 80),
  }).map(
    (policy): Act =>
      (session, now) =>
        policyApplied(session, { ...session.policy, ...policy }, now),
  ),
  constant<Act>((session, at) => ended(session, { reason: 'revoked', at, initiatingEntity: 'admin' })),
);

const histories = array(record({ wait: integer({ min: 0, max: 60 }), act: acts }), { maxLength: 30 });

test('dead is dead, time and rev only grow, and an open session is within its limits', async () => {
  await assert(
    asyncProperty(histories, async (history) => {
      const clock = createMovableClock({ runs: false });
      const store = createMemoryStore(clock);
      const audit: string[] = [];
      const ports = { store, audit: { record: ({ event }: { event: string }) => audit.push(event) } };
      let before = await store.create({
        id: 'id',
        username: 'tess',
        subject: 'u',
        role: 'teller',
        acr: 'pwd',
        amr: ['pwd'],
        policy: { ...defaultPolicies.teller, idleTimeout: 100, absoluteTimeout: 300 },
        secretHash: 'first',
      });
      for (const { wait, act } of history) {
        await clock.advance(wait);
        const updated = await changeSession(ports, 'id', act);
        const now = clock.now();
        const session = updated?.session ?? before;
        expect(session.rev - before.rev).toBe(session === before ? 0 : 1);
        expect(session.lastActivityAt).toBeGreaterThanOrEqual(before.lastActivityAt);
        expect(session.lastActivityAt).toBeLessThanOrEqual(now);
        expect(session.id).toBe(before.id);
        if (before.end !== null) expect(session).toEqual(before);
        if (session.end === null) {
          expect(absoluteExpiry(session) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
          expect(idleExpiry(session) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
        }
        before = session;
      }
      expect(audit).toHaveLength(before.end === null ? 0 : 1);
    }),
    { numRuns: 300, seed: 42 },
  );
});
