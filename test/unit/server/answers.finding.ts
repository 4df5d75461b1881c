import { expect, it, vi } from 'vitest';
import { createAnswers } from '../../../src/server/answers.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { documentAt, past, SESSION } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

function setUp() {
  const around = createSurroundings();
  const { ledger } = around;
  let number = 0;
  const next = () => {
    number += 1;
    return number;
  };
  const ask = () => ({
    number: next(),
    learnt: ledger.learnt(),
    sessionId: ledger.facts().session?.id,
    begun: undefined,
    sentAt: around.clock.read(),
  });
  const answers = createAnswers({
    ledger,
    meet: vi.fn(),
    askAgain: vi.fn(),
    tellAgain: vi.fn(),
    toldOf: vi.fn(),
    report: around.report,
  });
  return { ...around, ask, answers };
}

it('a reply asked before a question about another session arose does not settle it (K7)', () => {
  const { ledger, ask, answers } = setUp();
  const asked = ask();
  ledger.stand({ doubted: true });
  answers.take({ type: 'document', document: documentAt(seconds(1)) }, asked);
  expect(ledger.view()).toEqual({ phase: 'pending', covered: true });
});

it('an older "no session" does not count after a newer document was used, by rev (K1)', () => {
  const { ledger, ask, answers } = setUp();
  const older = ask();
  const newer = ask();
  ledger.learn({ session: SESSION, lease: { rev: 11, idleExpiry: past(minutes(16)) } });
  answers.take({ type: 'document', document: documentAt(seconds(1), { rev: 12 }) }, newer);
  expect(ledger.facts().lease?.rev).toBe(12);
  answers.take({ type: 'refused', refusal: { type: 'no-session' } }, older);
  expect(ledger.facts().end).toBeUndefined();
});

it('an older "session-locked" does not count after a newer reply was used (K1)', () => {
  const { ledger, ask, answers } = setUp();
  const older = ask();
  const newer = ask();
  answers.take({ type: 'document', document: documentAt(seconds(1)) }, newer);
  answers.take(
    {
      type: 'refused',
      refusal: { type: 'session-locked', sessionId: 's1', lockedAt: past(10) },
      serverTime: past(20),
    },
    older,
  );
  expect(ledger.facts().lockedAt).toBeUndefined();
});

it('a lock later than the reply itself is not believed (K2)', () => {
  const { ledger, ask, answers } = setUp();
  answers.take(
    {
      type: 'refused',
      refusal: { type: 'session-locked', sessionId: 's1', lockedAt: past(minutes(60)) },
      serverTime: past(20),
    },
    ask(),
  );
  expect(ledger.facts().lockedAt).toBeUndefined();
});
