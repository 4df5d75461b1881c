/** What holds for a session whatever is done to it, in whatever order: random histories. */
import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { Role } from '../../demo/server/people/rights.js';
import { defaultRules } from '../../demo/server/policies/default-rules.js';
import { judge } from '../../demo/server/policies/judge.js';
import type { Limits } from '../../demo/server/policies/limits.js';
import { rolePolicyChanged } from '../../demo/server/policies/role-policy.js';
import { presented, signalled } from '../../demo/server/policies/trust.js';
import { extended, touched } from '../../demo/server/sessions/activity.js';
import { ended } from '../../demo/server/sessions/ended.js';
import { absoluteExpiry, idleExpiry } from '../../demo/server/sessions/limits.js';
import { locked } from '../../demo/server/sessions/locked.js';
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { reauthenticated } from '../../demo/server/sessions/reauthenticated.js';
import type { Session } from '../../demo/server/sessions/session.js';
import { changeSession } from '../../demo/server/sessions/update-session.js';
import { createMovableClock } from './support/movable-clock.js';
import { around, here, sessionStart } from './support/plain-session.js';

type Act = (session: Session, now: number) => Session;

/** What is done to a session; or what happens around it: other limits for its role, another role for its person. */
type Happening =
  | { readonly kind: 'act' | 'trust' | 'proof'; readonly act: Act }
  | { readonly kind: 'limits'; readonly limits: Partial<Limits> }
  | { readonly kind: 'role'; readonly role: Role };

/** As a route does it: a session that is over, or locked, is not acted on. */
const whileOpen =
  (act: Act): Act =>
  (session, now) =>
    session.end === null && session.lockedAt === null ? act(session, now) : session;

const whileLive =
  (act: Act): Act =>
  (session, now) =>
    session.end === null ? act(session, now) : session;

const happenings = oneof(
  record({ idleFor: integer({ min: 0, max: 100 }), source: constantFrom('person', 'hold') }).map(
    (touch): Happening => ({ kind: 'act', act: whileOpen((session, now) => touched(session, now, touch)) }),
  ),
  constant<Happening>({ kind: 'act', act: whileOpen((session, now) => extended(session, now, idleExpiry(session))) }),
  constant<Happening>({ kind: 'act', act: whileLive(locked) }),
  constant<Happening>({
    kind: 'act',
    act: (session, at) => ended(session, { reason: 'revoked', at, initiatingEntity: 'admin' }),
  }),
  constant<Happening>({
    kind: 'proof',
    act: whileLive((session, now) =>
      reauthenticated(session, now, { acr: 'pwd', amr: ['pwd'], secretHash: `${now}`, hints: here }),
    ),
  }),
  record({
    riskScore: constantFrom(0, 50),
    device: constantFrom('compliant', 'unknown', 'not-compliant'),
    network: constantFrom('trusted', 'untrusted'),
  }).map(
    (signals): Happening => ({
      kind: 'trust',
      act: whileLive((session) => ({ ...session, trust: signalled(session.trust, signals) })),
    }),
  ),
  record({ device: constantFrom('browser', 'other'), address: constantFrom('office', 'train', 'home') }).map(
    (hints): Happening => ({
      kind: 'trust',
      act: whileLive((session) => ({ ...session, trust: presented(session.trust, hints) })),
    }),
  ),
  record({
    idleTimeout: constantFrom(null, 50, 100),
    absoluteTimeout: constantFrom(null, 150, 300),
    absoluteFrom: constantFrom('session_start', 'auth_time'),
    onIdle: constantFrom('end', 'lock'),
    lockTimeout: constantFrom(null, 60),
    holdMax: constantFrom(0, 80),
    maxRenewals: constantFrom(0, 2, 200),
  }).map((limits): Happening => ({ kind: 'limits', limits })),
  constantFrom<Role[]>('teller', 'supervisor', 'auditor').map((role): Happening => ({ kind: 'role', role })),
);

const histories = array(record({ wait: integer({ min: 0, max: 60 }), happening: happenings }), { maxLength: 30 });

const rights = ({ policy }: Session): readonly string[] =>
  Object.keys(policy.operations).filter((operation) => policy.operations[operation]?.allow);

/** Runs a history, and looks at the session before and after each step. */
async function run(
  history: readonly { readonly wait: number; readonly happening: Happening }[],
  look: (before: Session, after: Session, step: { readonly now: number; readonly kind: Happening['kind'] }) => void,
): Promise<{ readonly last: Session; readonly audit: readonly string[] }> {
  let rules = rolePolicyChanged(defaultRules, 'teller', { idleTimeout: 100, absoluteTimeout: 300 });
  let role: Role = 'teller';
  const clock = createMovableClock({ runs: false });
  const store = createMemoryStore(clock);
  const audit: string[] = [];
  const ports = {
    store,
    audit: { record: ({ event }: { event: string }) => event !== 'authz_change' && audit.push(event) },
    circumstances: () => around(rules, role),
  };
  let before = await store.create(sessionStart({ rules }));
  for (const { wait, happening } of history) {
    await clock.advance(wait);
    if (happening.kind === 'limits') {
      for (const one of ['teller', 'supervisor', 'auditor'] as const) {
        rules = rolePolicyChanged(rules, one, happening.limits);
      }
    }
    if (happening.kind === 'role') role = happening.role;
    const act = 'act' in happening ? happening.act : (session: Session) => session;
    const updated = await changeSession(ports, 'session-1', act);
    const after = updated?.session ?? before;
    look(before, after, { now: clock.now(), kind: happening.kind });
    before = after;
  }
  return { last: before, audit };
}

test('dead is dead, time and rev only grow, and an open session is within its limits', async () => {
  await assert(
    asyncProperty(histories, async (history) => {
      const { last, audit } = await run(history, (before, session, { now }) => {
        expect(session.rev - before.rev).toBe(session === before ? 0 : 1);
        expect(session.lastActivityAt).toBeGreaterThanOrEqual(before.lastActivityAt);
        expect(session.lastActivityAt).toBeLessThanOrEqual(now);
        expect(session.id).toBe(before.id);
        if (before.end !== null) expect(session).toEqual(before);
        if (session.end === null) {
          expect(absoluteExpiry(session) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
          expect(idleExpiry(session) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
        }
      });
      expect(audit).toHaveLength(last.end === null ? 0 : 1);
    }),
    { numRuns: 300, seed: 42 },
  );
});

test('a right that was taken away comes back with an authentication only, and so does every other ease of trust', async () => {
  await assert(
    asyncProperty(histories, async (history) => {
      await run(history, (before, session, { kind, now }) => {
        if (kind === 'proof' || session.end !== null) return;
        expect(rights(before)).toEqual(expect.arrayContaining([...rights(session)]));
        if (kind === 'limits') return;
        expect(idleExpiry({ ...session, lockedAt: null }) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
          Math.max(
            idleExpiry({ ...before, lockedAt: null }) ?? Number.POSITIVE_INFINITY,
            session.lastActivityAt + (before.policy.idleTimeout ?? Number.POSITIVE_INFINITY),
          ),
        );
        for (const operation of Object.keys(session.policy.operations)) {
          const [was, is] = [judge({ ...before, lockedAt: null }, operation, now), judge(session, operation, now)];
          if (was.outcome !== 'allow') expect(is.outcome).not.toBe('allow');
        }
      });
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('a secret is issued within the absolute limit only, and no oftener than the policy allows', async () => {
  await assert(
    asyncProperty(histories, async (history) => {
      await run(history, (before, { secrets }, { now }) => {
        if (secrets.length === before.secrets.length) return;
        expect(secrets.length).toBe(before.secrets.length + 1);
        expect(before.end).toBeNull();
        expect(now).toBeLessThan(absoluteExpiry(before) ?? Number.POSITIVE_INFINITY);
        expect(secrets.length - 1).toBeLessThanOrEqual(before.policy.maxRenewals ?? Number.POSITIVE_INFINITY);
      });
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('versions of a policy grow, and equal versions are equal policies', async () => {
  await assert(
    asyncProperty(histories, async (history) => {
      await run(history, (before, { policy }) => {
        expect(policy.version).toBeGreaterThanOrEqual(before.policy.version);
        if (policy.version === before.policy.version) expect(policy).toEqual(before.policy);
      });
    }),
    { numRuns: 300, seed: 3 },
  );
});
