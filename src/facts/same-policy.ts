/** Whether two policies say the same, found without writing them down: each message and each look asks it. */
import type { OperationRule, Policy } from './policy.js';

export function samePolicy(a: Policy | undefined, b: Policy | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.version === b.version &&
    a.idleTimeout === b.idleTimeout &&
    a.absoluteTimeout === b.absoluteTimeout &&
    a.absoluteFrom === b.absoluteFrom &&
    a.warnBefore === b.warnBefore &&
    a.warnBeforeAbsolute === b.warnBeforeAbsolute &&
    a.touchEvery === b.touchEvery &&
    a.pollEvery === b.pollEvery &&
    a.holdMax === b.holdMax &&
    a.onIdle === b.onIdle &&
    a.lockTimeout === b.lockTimeout &&
    a.extendable === b.extendable &&
    a.defaultOperation === b.defaultOperation &&
    a.source === b.source &&
    a.justification === b.justification &&
    sameOperations(a.operations, b.operations) &&
    sameRoutes(a.routes, b.routes)
  );
}

function sameOperations(a: Policy['operations'], b: Policy['operations']): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length && entries.every(([name, rule]) => sameRule(rule, b[name]));
}

function sameRule(a: OperationRule, b: OperationRule | undefined): boolean {
  return (
    b !== undefined &&
    a.allow === b.allow &&
    a.maxAge === b.maxAge &&
    a.acrValues === b.acrValues &&
    a.idleTimeout === b.idleTimeout &&
    a.absoluteTimeout === b.absoluteTimeout
  );
}

/** The first that matches decides: their order counts. */
function sameRoutes(a: Policy['routes'], b: Policy['routes']): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return one.method === other?.method && one.path === other.path && one.operation === other.operation;
    })
  );
}
