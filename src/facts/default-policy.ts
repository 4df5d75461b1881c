/** What is so where a policy says nothing: the defaults of the server contract (`docs/server-contract.md` section 1). */
import type { Policy } from './policy.js';

/** Version 0: any that a server has issued is newer. */
export const DEFAULT_POLICY: Policy = {
  version: 0,
  idleTimeout: null,
  absoluteTimeout: null,
  absoluteFrom: 'session_start',
  warnBefore: 120_000,
  warnBeforeAbsolute: 600_000,
  touchEvery: 60_000,
  pollEvery: 60_000,
  holdMax: 0,
  onIdle: 'end',
  lockTimeout: null,
  extendable: true,
  operations: {},
  routes: [],
  defaultOperation: null,
  source: null,
  justification: null,
};
