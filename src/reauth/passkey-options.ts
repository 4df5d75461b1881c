/** What a server asks a passkey to sign, as it comes in JSON; and what was signed, as it goes back. */
import { fromBase64url, toBase64url } from './base64url.js';

/** Reads `PublicKeyCredentialRequestOptionsJSON`. Throws a `TypeError` for anything else. https://w3c.github.io/webauthn/#dictdef-publickeycredentialrequestoptionsjson */
export function readRequestOptions(input: unknown): PublicKeyCredentialRequestOptions {
  const said = members(input);
  const { challenge, rpId, timeout, userVerification, allowCredentials } = said;
  if (typeof challenge !== 'string' || challenge === '') throw new TypeError('challenge');
  return {
    challenge: fromBase64url(challenge),
    ...(typeof rpId === 'string' ? { rpId } : {}),
    ...(typeof timeout === 'number' && timeout > 0 ? { timeout } : {}),
    // Unknown words are for the browser to ignore, as the specification has it.
    ...(typeof userVerification === 'string'
      ? { userVerification: userVerification as UserVerificationRequirement }
      : {}),
    allowCredentials: (Array.isArray(allowCredentials) ? allowCredentials : []).map(readDescriptor),
  };
}

function readDescriptor(input: unknown): PublicKeyCredentialDescriptor {
  const { id, transports } = members(input);
  if (typeof id !== 'string') throw new TypeError('allowCredentials');
  const known = Array.isArray(transports) ? transports.filter((one) => typeof one === 'string') : [];
  return {
    type: 'public-key',
    id: fromBase64url(id),
    ...(known.length > 0 ? { transports: known as AuthenticatorTransport[] } : {}), // as above
  };
}

function members(input: unknown): { readonly [name: string]: unknown } {
  if (typeof input !== 'object' || input === null) throw new TypeError('no object');
  return { ...input };
}

/** `AuthenticationResponseJSON`; `toJSON()` does it in newer browsers, and where a password manager stands in between it may be missing. */
export function signedAsJson(credential: PublicKeyCredential): object {
  // Only asked for by `get`, which brings assertions.
  const response = credential.response as AuthenticatorAssertionResponse;
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    ...(credential.authenticatorAttachment ? { authenticatorAttachment: credential.authenticatorAttachment } : {}),
    response: {
      clientDataJSON: toBase64url(clientDataJSON),
      authenticatorData: toBase64url(authenticatorData),
      signature: toBase64url(signature),
      ...(userHandle ? { userHandle: toBase64url(userHandle) } : {}),
    },
  };
}
