/**
 * The client's word on operations against a server's decision, on one document: the server's side is written here from
 * `docs/server-contract.md`, in seconds, and knows nothing of the SDK's rules.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLedger, type Ledger } from '../../src/ledger.js';
import { createOperations } from '../../src/operations.js';
import { factsOf } from '../../src/rules/word.js';
import { readDocument } from '../../src/server/document.js';
import { earlier, type Reading, type ServerTime, serverTime } from '../../src/time/instant.js';

const START = 1_795_240_000;
const STARTED = START - 1_000;
const NAMES = ['pay', 'log', 'sign', 'read', '__proto__', 'constructor'] as const;

interface WireRule {
  readonly allow?: boolean;
  readonly max_age?: number;
  readonly acr_values?: string;
  readonly idle_timeout?: number;
  readonly absolute_timeout?: number;
}

/** What the server has of a session, and says of it. */
interface ServerSession {
  readonly auth_time: number;
  readonly acr?: string;
  /** Since then nobody has acted, as far as the server knows; before that, for no longer at once than the longest pause. */
  readonly last_activity: number;
  readonly longest_pause: number | null;
  readonly absolute_from: 'session_start' | 'auth_time';
  readonly idle_expiry: number | null;
  readonly session_expiry: number | null;
  readonly locked_at: number | null;
  readonly on_idle: 'end' | 'lock';
  readonly operations: ReadonlyMap<string, WireRule>;
  readonly default_operation: string | null;
}

type Verdict = 'allow' | 'authenticate' | 'deny';

/** The server's decision at an instant of its own clock: limits are exclusive, and at the instant itself it is over. */
function decide(session: ServerSession, operation: string, now: number): Verdict {
  const { idle_expiry: idle, session_expiry: absolute } = session;
  if (session.locked_at !== null) return 'deny';
  if ((idle !== null && now >= idle) || (absolute !== null && now >= absolute)) return 'deny';
  const rule =
    session.operations.get(operation) ??
    (session.default_operation === null ? undefined : session.operations.get(session.default_operation));
  if (rule === undefined) return 'allow';
  if (rule.allow === false) return 'deny';
  const isLasting = rule.absolute_timeout === undefined;
  if (session.absolute_from === 'session_start' && !isLasting && now - STARTED >= rule.absolute_timeout) return 'deny';
  if (session.absolute_from === 'auth_time' && !isLasting && now - session.auth_time >= rule.absolute_timeout)
    return 'authenticate';
  const pause = Math.max(session.longest_pause ?? 0, now - session.last_activity);
  if (rule.idle_timeout !== undefined && pause >= rule.idle_timeout) return 'authenticate';
  if (rule.max_age !== undefined && now - session.auth_time >= rule.max_age) return 'authenticate';
  const kinds = rule.acr_values?.split(' ') ?? [];
  return rule.acr_values === undefined || kinds.some((kind) => kind === session.acr) ? 'allow' : 'authenticate';
}

/** Whole and half seconds, so that ties with the limits are common and seconds are exact in milliseconds. */
const seconds = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(min, 0, 60, 600),
    fc.integer({ min: min * 2, max: max * 2 }).map((half) => half / 2),
  );
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null, freq: 2 });

const rule: fc.Arbitrary<WireRule> = fc.record(
  {
    allow: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    max_age: seconds(0, 900),
    acr_values: fc.constantFrom('pwd', 'phr', 'phr phrh', 'pwd phr'),
    idle_timeout: seconds(1, 900).map((limit) => limit || 1),
    absolute_timeout: fc.integer({ min: 1_800, max: 4_500 }).map((half) => half / 2),
  },
  { requiredKeys: [] },
);

/** An authentication, the last activity since, and a pause that fits in between. */
const presence = fc
  .record({ ago: seconds(0, 900), idle: seconds(0, 900), pause: some(seconds(0, 900)) })
  .map(({ ago, idle, pause }) => {
    const last = START - Math.min(idle, ago);
    const auth = START - ago;
    return {
      auth_time: auth,
      last_activity: last,
      longest_pause: pause === null ? null : Math.min(pause, last - auth),
    };
  });

const circumstances = fc.record({
  acr: fc.constantFrom('pwd', 'phr', 'phrh'),
  idle_expiry: some(seconds(1, 900).map((after) => START + after)),
  session_expiry: some(seconds(1, 900).map((after) => START + after)),
  locked_at: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(START) }),
  absolute_from: fc.constantFrom('session_start' as const, 'auth_time' as const),
  on_idle: fc.constantFrom('end' as const, 'lock' as const),
  operations: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), rule), { selector: ([name]) => name, maxLength: NAMES.length })
    .map((entries) => new Map(entries)),
  default_operation: some(fc.constantFrom(...NAMES)),
});

const session: fc.Arbitrary<ServerSession> = fc
  .tuple(presence, circumstances)
  .map(([present, around]) => ({ ...present, ...around }));

/** A part of a whole in thousandths. Of all doubles between 0 and 1, nearly all are nearly 0. */
const part = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most }).map((one) => one / 1_000);

/** When it is asked, how far the client's clock may be off either way, and where in between the truth lies. */
const moment = fc.record({
  at: seconds(0, 1_000).map((after) => START + after),
  early: fc.oneof(fc.constant(0), seconds(0, 5)),
  late: fc.oneof(fc.constant(0), seconds(0, 5)),
  truth: part(1_000),
});

function documentOf(one: ServerSession): unknown {
  // As it comes from the wire, where `__proto__` is a member like any other.
  const operations = [...one.operations].map(([name, rule]) => `${JSON.stringify(name)}:${JSON.stringify(rule)}`);
  return JSON.parse(`{
    "server_time": ${START}, "rev": 7,
    "session": { "id": "s1", "order": 1, "started_at": ${STARTED}, "subject": "u1" },
    "auth_time": ${one.auth_time}, "acr": ${JSON.stringify(one.acr)},
    "last_activity": ${one.last_activity}, "longest_pause": ${one.longest_pause},
    "idle_expiry": ${one.idle_expiry}, "session_expiry": ${one.session_expiry}, "locked_at": ${one.locked_at},
    "policy": { "version": 1, "idle_timeout": 900, "absolute_timeout": 1800, "on_idle": "${one.on_idle}", "absolute_from": "${one.absolute_from}",
      "default_operation": ${JSON.stringify(one.default_operation)}, "operations": {${operations.join(',')}} }
  }`);
}

interface Client {
  readonly ledger: Ledger;
  readonly operations: ReturnType<typeof createOperations>;
  setTime(reading: Reading): void;
}

/** A tab that shows the session, and has learnt exactly this document; then somebody has acted, which the server has not heard of. */
function createClient(of: ServerSession): Client {
  const at = (second: number): ServerTime => serverTime(second * 1_000);
  let now: Reading = { now: at(START), earliest: at(START), latest: at(START) };
  const ledger = createLedger(
    () => now,
    () => undefined,
  );
  const document = readDocument(documentOf(of));
  expect(document.policyProblem).toBeUndefined();
  ledger.overrule(factsOf(document));
  ledger.stand({ shown: document.session, opened: document.session.id });
  ledger.learn({ session: document.session, lastActivityAt: at(START + 900) });
  return {
    ledger,
    operations: createOperations(ledger, (task) => task()),
    setTime(reading) {
      now = reading;
    },
  };
}

const THOROUGH: fc.Parameters<unknown> = { numRuns: 20_000, seed: 20_261_126 };

describe('on one document of one rev', () => {
  test('the client never says open when the server denies, and never denied when it allows', () => {
    const seen = { open: 0, denied: 0, 'needs-authentication': 0, unknown: 0 };
    fc.assert(
      fc.property(session, fc.constantFrom(...NAMES, 'unlisted'), moment, (of, name, { at, early, late, truth }) => {
        const client = createClient(of);
        const [earliest, latest] = [at - early, at + late];
        const real = earliest + (latest - earliest) * truth;
        client.setTime({
          now: serverTime(at * 1_000),
          earliest: serverTime(earliest * 1_000),
          latest: serverTime(latest * 1_000),
        });
        const { state } = client.operations.read(client.ledger.view(), name, 0);
        seen[state] += 1;
        // Whatever the true time is within what the clock can be: where the client says open, the server allows.
        if (state === 'open') expect(decide(of, name, real)).toBe('allow');
        // It judges by the latest that time can be. By then the server denies, too; with a sure clock that is now.
        if (state === 'denied') expect(decide(of, name, latest)).toBe('deny');
        if (state === 'needs-authentication') expect(decide(of, name, latest)).toBe('authenticate');
        expect(state).not.toBe('unknown');
      }),
      THOROUGH,
    );
    // A law about cases that never came up would be none.
    for (const state of ['open', 'denied', 'needs-authentication'] as const) expect(seen[state]).toBeGreaterThan(1_000);
  });

  test('between one change and the next the word on a watched operation stays what it is, and at it something changes', () => {
    fc.assert(
      fc.property(session, fc.constantFrom(...NAMES), moment, part(999), (of, name, { at }, share) => {
        const client = createClient(of);
        const set = (ms: number): void =>
          client.setTime({ now: serverTime(ms), earliest: serverTime(ms), latest: serverTime(ms) });
        const read = () => client.operations.read(client.ledger.view(), name, 0);
        const from = at * 1_000;
        set(from);
        client.operations.watch(client.ledger.view(), name, 0, () => undefined);
        const before = read();
        const next = earlier(client.ledger.nextChange(), client.operations.nextChange(client.ledger.view()));
        set(next === undefined ? from + 10_000_000 : Math.floor(from + (next - from) * share));
        expect(read()).toBe(before);
        const freshnessEnds = client.operations.nextChange(client.ledger.view());
        if (freshnessEnds === undefined || freshnessEnds !== next || before.state !== 'open') return;
        set(freshnessEnds);
        expect(read().state).not.toBe('open');
      }),
      THOROUGH,
    );
  });
});
