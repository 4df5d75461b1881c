import { expect, it } from 'vitest';
import { createTouch } from '../../../src/actions/touch.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { past, SESSION } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

it('a page that goes away repeats a touch under way so that it outlives the page: the other may be aborted with it', async () => {
  const { clock, ledger, takeTurn, pass } = createSurroundings();
  const sent: boolean[] = [];
  const touch = createTouch({
    random: () => 0.5,
    clock,
    ledger,
    takeTurn,
    isVisible: () => true,
    touch: ({ keepalive = false }) => {
      sent.push(keepalive);
      return new Promise(() => undefined);
    },
  });
  touch.consider();
  await pass(minutes(2));
  touch.acted();
  ledger.learn({ session: SESSION, lastActivityAt: past(clock.passed()) });
  touch.consider();
  await pass(seconds(1));
  expect(sent).toEqual([false]);
  touch.flush();
  expect(sent).toEqual([false, true]);
});
