/** Server and browser, by one document and one clock: the browser's word on an operation is the server's decision. */
import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { bankOperations } from '../../../demo/server/people/rights.js';
import { decide } from '../../../demo/server/policies/decide.js';
import { signalled, trusted } from '../../../demo/server/policies/trust.js';
import { followed } from '../../../demo/server/sessions/followed.js';
import { locked } from '../../../demo/server/sessions/locked.js';
import { sessionDocument } from '../../../demo/server/wire/session-document.js';
import { operationView } from '../../../src/rules/freshness.js';
import { NEWCOMER } from '../../../src/rules/standing.js';
import { view } from '../../../src/rules/view.js';
import { factsOf } from '../../../src/rules/word.js';
import { readDocument } from '../../../src/server/document.js';
import { type Reading, serverTime } from '../../../src/time/instant.js';
import { around, here, plainSession } from '../support/plain-session.js';
import { moreRules, roleRules } from './arbitraries.js';

const start = 1_795_245_600_000;

const signals = record({
  riskScore: integer({ min: 0, max: 79 }),
  device: constantFrom('compliant', 'unknown', 'not-compliant'),
  network: constantFrom('trusted', 'unknown', 'untrusted'),
});

const exactly = (instant: number): Reading => {
  const now = serverTime(instant);
  return { now, earliest: now, latest: now };
};

test('says open where the server allows, denied where it denies, and asks for what the server asks for', () => {
  const seen = new Set<string>();
  assert(
    property(
      moreRules,
      array(signals, { maxLength: 2 }),
      constantFrom('teller', 'supervisor', 'auditor'),
      record({
        isLocked: boolean(),
        age: integer({ min: 0, max: 900_000 }),
        idle: integer({ min: 0, max: 300_000 }),
        pause: integer({ min: 0, max: 600_000 }),
        later: integer({ min: 0, max: 900_000 }),
      }),
      (more, said, role, { isLocked, age, idle, pause, later }) => {
        const rules = [...roleRules, ...more];
        const trust = said.reduce(signalled, trusted(role, here));
        const begun = plainSession(start, { rules, role, trust });
        const told = start + age;
        const acted = Math.max(start, told - idle);
        const longestPause = Math.min(pause, acted - start);
        const active = { ...begun, lastActivityAt: acted, lastActAt: acted, longestPause };
        const session = followed(isLocked ? locked(active, told) : active, told, around(rules, role));
        // What is over at once is told as an end, not as a document.
        if (session.end !== null) return;
        const document = readDocument(JSON.parse(JSON.stringify(sessionDocument(session, told))));
        expect(document.policyProblem).toBeUndefined();
        const now = told + later;
        const facts = factsOf(document);
        const standing = { ...NEWCOMER, shown: document.session, opened: document.session.id };
        const shown = view(facts, standing, exactly(now));
        for (const operation of bankOperations) {
          const decision = decide({ ...around(rules, role), session, operation, now });
          const browser = operationView(shown, { operation, now: serverTime(now), lease: facts.lease });
          seen.add(`${decision.outcome} ${browser.state}`);
          switch (decision.outcome) {
            case 'allow':
              expect(browser).toEqual({
                state: 'open',
                ...(decision.until === null ? {} : { until: decision.until }),
              });
              break;
            case 'deny':
              expect(browser.state).toBe('denied');
              break;
            case 'reauthenticate':
              expect(browser).toEqual({
                state: 'needs-authentication',
                requirement: {
                  ...(decision.requirement.maxAge === null ? {} : { maxAge: decision.requirement.maxAge }),
                  ...(decision.requirement.acrValues === null ? {} : { acrValues: decision.requirement.acrValues }),
                },
              });
              break;
          }
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect([...seen].sort()).toEqual(['allow open', 'deny denied', 'reauthenticate needs-authentication']);
});
