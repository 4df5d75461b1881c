/** What the pages of a server that signs its policies are told: whose policies to take, and no others. */
import { keysPath, type PolicySigner } from '../policies/policy-signer.js';
import type { JsonObject } from '../wire/json.js';

type Signer = Pick<PolicySigner, 'issuer' | 'audience'>;

/** For pages that make their latch themselves: what `verifyPolicyWith` is given. */
export const signedPolicies = ({ issuer, audience }: Signer): JsonObject => ({ keys: keysPath, issuer, audience });

/** Pages without a build say it in their script tag, beside the attribute that names the server; and where they show that tag. */
export const withPolicyKeys =
  ({ issuer, audience }: Signer) =>
  (page: string): string => {
    const attributes = { keys: keysPath, issuer, audience };
    return page.replaceAll(/(\s+)data-backend="\/session"/g, (found, gap: string) => {
      const more = Object.entries(attributes).map(([name, value]) => `${gap}data-policy-${name}="${quoted(value)}"`);
      return `${found}${more.join('')}`;
    });
  };

const quoted = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
