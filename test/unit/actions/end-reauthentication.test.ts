import { expect, it } from 'vitest';
import { createEnd } from '../../../src/actions/end.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { createSurroundings } from '../support/surroundings.js';

it('the last look waits for a re-authentication under way, though no longer than ten seconds (E1)', async () => {
  const { clock, ledger, takeTurn, pass } = createSurroundings();
  const end = createEnd({
    clock,
    ledger,
    takeTurn,
    readMirror: () => undefined,
    ask: async () => false,
    hasBackend: true,
    isVisible: () => true,
    awakeFor: () => Number.POSITIVE_INFINITY,
    claims: () => [],
    end: (session, end) => ledger.learn({ session, end }),
    settled: () => new Promise(() => undefined),
  });
  await pass(minutes(15));
  end.consider();
  await pass(seconds(9));
  expect(ledger.facts().end).toBeUndefined();
  await pass(seconds(6));
  expect(ledger.facts().end).toBeDefined();
});
