import { expect, it } from 'vitest';
import { createLedger } from '../../../src/ledger.js';
import type { Reply } from '../../../src/ports.js';
import { ROTATED } from '../../../src/server/calls.js';
import { createRotationWatch, isVain } from '../../../src/server/rotation.js';
import { OPEN, SESSION } from '../support/facts.js';

const rotated: Reply = { type: 'unknown', problem: ROTATED };

it('a newcomer whose secret stays superseded is absent after the fourth answer (T3)', () => {
  const ledger = createLedger(
    () => undefined,
    () => undefined,
  );
  ledger.learn(OPEN);
  const watch = createRotationWatch(ledger);
  for (let i = 0; i < 3; i += 1) watch(rotated);
  expect(ledger.view().phase).toBe('pending');
  watch(rotated);
  expect(ledger.view().phase).toBe('absent');
});

it('a page that shows the session goes on, and another answer in between begins the count anew', () => {
  const ledger = createLedger(
    () => undefined,
    () => undefined,
  );
  ledger.learn(OPEN);
  const watch = createRotationWatch(ledger);
  for (let i = 0; i < 3; i += 1) watch(rotated);
  watch({ type: 'unknown', problem: 'status 500' });
  watch(rotated);
  expect(ledger.facts().session?.id).toBe(SESSION.id);
  ledger.stand({ opened: SESSION.id, shown: SESSION });
  for (let i = 0; i < 9; i += 1) watch(rotated);
  expect(ledger.facts().session?.id).toBe(SESSION.id);
});

it('once absent for that, hears it again in vain, and anything else not', () => {
  const ledger = createLedger(
    () => undefined,
    () => undefined,
  );
  const watch = createRotationWatch(ledger);
  expect(isVain(ledger, rotated)).toBe(false);
  for (let i = 0; i < 4; i += 1) watch(rotated);
  expect(isVain(ledger, rotated)).toBe(true);
  expect(isVain(ledger, { type: 'unknown', problem: 'status 500' })).toBe(false);
  ledger.stand({ none: true, superseded: undefined });
  expect(isVain(ledger, rotated)).toBe(false);
});
