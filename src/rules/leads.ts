/** How long before a deadline the person is warned. */
import type { Policy } from '../facts/policy.js';
import type { Duration } from '../time/instant.js';
import type { DeadlineCause } from './deadlines.js';

/** What a policy says of warnings, and which version of it. */
export type Leads = Pick<Policy, 'version' | 'warnBefore' | 'warnBeforeAbsolute'>;

/**
 * The lead for a deadline.
 *
 * A deadline that a newer policy has shortened counts as soon as it is heard of, the policy only once the server has
 * confirmed it. Until then the shorter of both leads is taken: by the one of yesterday's policy, a deadline that is as far
 * away as it should be could look near, and a dialog that is not due would take the focus.
 */
export function lead(policy: Leads, claimed: Leads | undefined, cause: DeadlineCause): Duration {
  const known = leadOf(policy, cause);
  return claimed && claimed.version > policy.version ? Math.min(known, leadOf(claimed, cause)) : known;
}

/** The leads of the newest policy that is claimed, if one is. */
export function newestLeads(claims: readonly { readonly leads?: Leads }[]): Leads | undefined {
  return claims.reduce<Leads | undefined>(
    (newest, { leads }) => (leads && (!newest || leads.version > newest.version) ? leads : newest),
    undefined,
  );
}

function leadOf(leads: Leads, cause: DeadlineCause): Duration {
  return cause === 'idle' ? leads.warnBefore : leads.warnBeforeAbsolute;
}
