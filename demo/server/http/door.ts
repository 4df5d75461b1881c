/** A door people come in by: the bank's for its staff, another for administrators. */
import type { Context } from 'hono';
import type { DoorName, Operation, Role } from '../people/rights.js';
import type { Claim } from '../sessions/admit.js';
import { hintsOf } from './hints.js';
import type { SessionCookie } from './session-cookie.js';

export interface Door {
  readonly name: DoorName;
  readonly cookie: SessionCookie;
  /** Who may come in here. */
  readonly roles: readonly Role[];
}

/** What this request says about itself. `operation` is what it is about to do, if that is more than asking about its session. */
export function claimOf(c: Context, { cookie, roles }: Door, operation: Operation | null = null): Claim {
  return {
    secretHash: cookie.secretHash(c),
    sessionId: c.req.header('Session-Id') || null,
    roles,
    hints: hintsOf(c),
    operation,
    resource: `${c.req.method} ${c.req.path}`,
  };
}
