/**
 * What enforcement costs on the reference server: `node --import tsx test/bench/server-policies.ts`.
 *
 * Three measures, over real HTTP on loopback where HTTP is part of it: deciding (the engine alone), a whole look at a session
 * in the store as each request takes it, and the time from a change of circumstances to the event on an open stream. They
 * are printed and judged by people: what a machine does beside it counts too.
 */
import { createServer } from '../../demo/server/create-server.js';
import { listen } from '../../demo/server/listen.js';
import { operations } from '../../demo/server/people/rights.js';
import { decide } from '../../demo/server/policies/decide.js';
import { defaultRules } from '../../demo/server/policies/default-rules.js';
import type { Rule } from '../../demo/server/policies/rule.js';
import { admit, unchanged } from '../../demo/server/sessions/admit.js';
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { admissions } from '../../demo/server/sessions/refusal.js';
import { systemClock } from '../../demo/server/time/clock.js';
import { createClient } from '../server/support/client.js';
import { around, here, plainSession, sessionStart } from '../server/support/plain-session.js';

const warmUp = 2_000;
const rounds = 20_000;
const changes = 1_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function report(name: string, milliseconds: readonly number[]): void {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0).toFixed(4);
  say(`${name.padEnd(58)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   worst ${at(1)} ms   (${sorted.length})`);
}

/** As many rules as one may have, most of them about somebody else. */
const manyRules: readonly Rule[] = [
  ...defaultRules,
  ...Array.from({ length: 200 - defaultRules.length }, (_, n): Rule => {
    const operation = operations[n % operations.length] ?? 'logs:read';
    const parts = { source: null, justification: null, set: { maxAge: 600_000 + n * 1_000 } };
    return { ...parts, name: `rule ${n}`, when: { operation: [operation], network: ['untrusted'] } };
  }),
];

function measureDecisions(name: string, rulesOf: () => readonly Rule[]): void {
  const session = plainSession(systemClock.now());
  const times: number[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const rules = rulesOf();
    const begun = performance.now();
    decide({ ...around(rules), session, operation: 'payments:write', hints: here, now: session.startedAt + 1_000 });
    if (round >= warmUp) times.push(performance.now() - begun);
  }
  report(name, times);
}

/** Found by its secret, looked at by time, rules and person, its operation judged, the store asked to keep what changed. */
async function measureRequests(name: string, rules: readonly Rule[]): Promise<void> {
  const store = createMemoryStore(systemClock);
  await store.create(sessionStart({ rules }));
  const ports = { store, audit: { record: () => {} }, circumstances: () => around(rules) };
  const claim = {
    secretHash: 'hash-1',
    sessionId: 'session-1',
    roles: ['teller'] as const,
    hints: here,
    operation: 'payments:write',
    resource: 'POST /api/payments',
  };
  const times: number[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const begun = performance.now();
    await admit(ports, claim, admissions.act, unchanged);
    if (round >= warmUp) times.push(performance.now() - begun);
  }
  report(name, times);
}

/** The commit is when the store has the change; the event is when a client on the other end of a connection has read it. */
async function measureStream(): Promise<void> {
  const store = createMemoryStore(systemClock);
  const server = await createServer({ store, secure: false, demo: true, passwordCost: { N: 2 ** 4, r: 1, p: 1 } });
  await server.start();
  const { port, close } = await listen(server.listener, { host: 'localhost', port: 0 });
  const browser = createClient(`http://localhost:${port}`);
  await browser.signIn('sam');
  const stream = await browser.stream();
  await stream.next();
  let committedAt = 0;
  store.subscribe({
    changed: () => {
      committedAt = performance.now();
    },
  });
  const times: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    const device = change % 2 === 0 ? 'not-compliant' : 'compliant';
    const heard = stream.next();
    await server.administration.signal(browser.sessionId ?? '', { device });
    // The notice of what has happened, then the session as it is by now.
    await heard;
    if ((await stream.next()).event !== 'session') throw new Error('no session event');
    times.push(performance.now() - committedAt);
  }
  await stream.close();
  await server.stop();
  await close();
  report('a change of circumstances, commit to event at the client', times);
}

measureDecisions(`deciding, ${defaultRules.length} rules`, () => defaultRules);
measureDecisions(`deciding, ${defaultRules.length} rules never seen before`, () => [...defaultRules]);
measureDecisions(`deciding, ${manyRules.length} rules never seen before`, () => [...manyRules]);
await measureRequests(`admitting a request, ${defaultRules.length} rules`, defaultRules);
await measureRequests(`admitting a request, ${manyRules.length} rules`, manyRules);
await measureStream();
