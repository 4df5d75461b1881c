/** Policies that are taken from a signed token alone, whatever stands between the server that signs and the page. */
export type { VerifyPolicy } from './ports.js';
export { type PolicyKeys, type SignedPolicyOptions, verifyPolicyWith } from './server/signed-policy.js';
