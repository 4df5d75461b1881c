import { expect, it } from 'vitest';
import { lead, newestLeads } from '../../../src/rules/leads.js';

const KNOWN = { version: 3, warnBefore: 120, warnBeforeAbsolute: 600 };

it.each([
  [undefined, 120, 600],
  [{ version: 4, warnBefore: 2, warnBeforeAbsolute: 3 }, 2, 3],
  [{ version: 4, warnBefore: 200, warnBeforeAbsolute: 3 }, 120, 3],
  [{ version: 3, warnBefore: 2, warnBeforeAbsolute: 3 }, 120, 600],
  [{ version: 2, warnBefore: 2, warnBeforeAbsolute: 3 }, 120, 600],
])(
  'while %j is claimed, a person is warned %d before idleness ends the session, and %d before anything else does',
  (claimed, idle, others) => {
    expect(lead(KNOWN, claimed, 'idle')).toBe(idle);
    expect(lead(KNOWN, claimed, 'absolute')).toBe(others);
    expect(lead(KNOWN, claimed, 'credential')).toBe(others);
  },
);

it('of several claims the newest policy counts', () => {
  const [four, five] = [4, 5].map((version) => ({ ...KNOWN, version }));
  expect(newestLeads([])).toBeUndefined();
  expect(newestLeads([{}])).toBeUndefined();
  expect(newestLeads([{ leads: four! }, {}, { leads: five! }, { leads: four! }])).toBe(five);
});
