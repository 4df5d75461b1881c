/** The rules the demo bank starts with. */
import { hours, minutes } from '../time/durations.js';
import { defaultLimits } from './limits.js';
import type { Rule } from './rule.js';

const disa = 'DISA ASD STIG V-222390';

const rule = (name: string, parts: Partial<Rule>): Rule => ({
  name,
  when: {},
  set: {},
  source: null,
  justification: null,
  ...parts,
});

/** The limits of a role; the rule that has its name is the one that an administrator changes with it. */
const ofRole = (role: 'teller' | 'supervisor' | 'auditor' | 'admin', parts: Partial<Rule> = {}): Rule =>
  rule(role, {
    when: { role: [role] },
    source: 'PCI DSS 4.0.1 8.2.8',
    ...parts,
    set: { ...defaultLimits, idleTimeout: minutes(15), absoluteTimeout: hours(8), ...parts.set },
  });

export const defaultRules: readonly Rule[] = [
  ofRole('teller'),
  ofRole('supervisor', { set: { idleTimeout: minutes(10) }, source: disa }),
  // PCI's guidance in two stages: lock after a quarter of an hour, log off after an hour.
  ofRole('auditor', { set: { onIdle: 'lock', lockTimeout: minutes(45) } }),
  ofRole('admin', { set: { idleTimeout: minutes(10) }, source: disa }),
  rule('fresh authentication for payments', {
    when: { operation: ['payments:write'] },
    set: { maxAge: minutes(10) },
    source: 'OWASP ASVS 5.0.0 7.5.3',
  }),
  rule('fresher authentication for approvals', {
    when: { operation: ['payments:approve'] },
    set: { maxAge: minutes(5) },
    source: 'OWASP ASVS 5.0.0 7.5.3',
  }),
  rule('logs within an hour', { when: { operation: ['logs:read'] }, set: { maxAge: hours(1) } }),
  rule('fresh authentication for what people sign in with', {
    when: { operation: ['people:write'] },
    set: { maxAge: minutes(10) },
    source: 'OWASP ASVS 5.0.0 7.5.1',
  }),
  rule('fresh authentication for a passkey', {
    when: { operation: ['passkeys:write'] },
    set: { maxAge: minutes(5) },
    source: 'OWASP ASVS 5.0.0 7.5.1',
  }),
  rule('raised risk: half the idle time', { when: { risk: ['MEDIUM', 'HIGH'] }, set: { idleFactor: 0.5 } }),
  rule('raised risk: no approvals', {
    when: { risk: ['MEDIUM', 'HIGH'], operation: ['payments:approve'] },
    set: { allow: false },
  }),
  rule('raised risk: fresh authentication for payments', {
    when: { risk: ['MEDIUM', 'HIGH'], operation: ['payments:write'] },
    set: { maxAge: minutes(2) },
  }),
  rule('high risk: the end', { when: { risk: ['HIGH'] }, set: { atOnce: 'end' } }),
  rule('device out of order: nothing is paid', {
    when: { device: ['not-compliant'], operation: ['payments:write', 'payments:approve'] },
    set: { allow: false },
  }),
];
