/** The policies the demo bank starts with, one per role. */
import type { Role } from '../people/rights.js';
import { hours, minutes, seconds } from '../time/durations.js';
import type { Policy } from './policy.js';

const common: Policy = {
  version: 1,
  idleTimeout: minutes(15),
  absoluteTimeout: hours(8),
  absoluteFrom: 'session_start',
  warnBefore: minutes(2),
  warnBeforeAbsolute: minutes(10),
  touchEvery: seconds(60),
  pollEvery: seconds(60),
  holdMax: 0,
  onIdle: 'end',
  lockTimeout: null,
  extendable: true,
  maxExtensions: null,
  source: 'PCI DSS 4.0.1 8.2.8',
  justification: null,
};

export const defaultPolicies: Readonly<Record<Role, Policy>> = {
  teller: common,
  supervisor: { ...common, idleTimeout: minutes(10), source: 'DISA ASD STIG V-222390' },
  // PCI's guidance in two stages: lock after a quarter of an hour, log off after an hour.
  auditor: { ...common, onIdle: 'lock', lockTimeout: minutes(45) },
  admin: { ...common, idleTimeout: minutes(10), source: 'DISA ASD STIG V-222390' },
};
