/** Where the server signs its policies the page says so; a latch with this option then takes no others. */
import type { NightlatchOptions } from 'nightlatch';
import { verifyPolicyWith } from 'nightlatch/signed-policy';
import { inlined } from './inlined.js';

/** Written by the server into its own page. */
interface SignedPolicies {
  /** Where the public keys are. */
  readonly keys: string;
  readonly issuer: string;
  readonly audience: string;
}

export function signedPolicies(): Pick<NightlatchOptions, 'verifyPolicy'> {
  const said = inlined('signed-policies') as SignedPolicies | null;
  return said === null ? {} : { verifyPolicy: verifyPolicyWith(said.keys, { ...said, algorithms: ['ES256'] }) };
}
