/** WebAuthn: what a browser is asked to sign, and whether what it signed is right. The work is @simplewebauthn/server's. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import type { Passkey } from './passkeys.js';

/** Who asks: the site's own origin, whose host is the relying party. */
export interface Site {
  readonly origin: string;
}

/** How long a person may take; the challenge is good for as long. */
export const challengeGoodFor = 120_000;

const rpIdOf = ({ origin }: Site): string => new URL(origin).hostname;

/** What a browser is asked for to prove who one is. `challenge` is what it has to sign. */
export async function proofOptions(site: Site, passkeys: readonly Passkey[]) {
  return generateAuthenticationOptions({
    rpID: rpIdOf(site),
    allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports: [...transports] as never })), // as the browser said
    userVerification: 'required',
    timeout: challengeGoodFor,
  });
}

/** What a browser is asked for to make a passkey. `subject` is a pseudonym: the authenticator keeps it, and tells it to whoever holds it. */
export async function registrationOptions(
  site: Site,
  person: { readonly username: string; readonly name: string; readonly subject: string },
  passkeys: readonly Passkey[],
) {
  return generateRegistrationOptions({
    rpName: 'Kestrel Bank',
    rpID: rpIdOf(site),
    userName: person.username,
    userDisplayName: person.name,
    userID: new TextEncoder().encode(person.subject),
    attestationType: 'none',
    excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    timeout: challengeGoodFor,
  });
}

/** Which challenge an answer says that it has signed; whether it has is seen by verifying. Undefined where it says nothing. */
export function answeredChallenge(response: unknown): string | undefined {
  try {
    const { challenge } = decodeClientDataJSON((response as AuthenticationResponseJSON).response.clientDataJSON); // or it throws
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** The new passkey; null where the answer is not what was asked for. */
export async function registeredPasskey(site: Site, challenge: string, response: unknown): Promise<Passkey | null> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON, // the library checks each member, and throws
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: rpIdOf(site),
      requireUserVerification: true,
    });
    if (!verified || !registrationInfo) return null;
    const { credential, credentialDeviceType } = registrationInfo;
    const { id, publicKey, counter, transports = [] } = credential;
    return { id, publicKey, counter, transports, isBound: credentialDeviceType === 'singleDevice' };
  } catch {
    return null;
  }
}

/** The passkey that has signed, and its count; null where the answer is not theirs, or not what was asked for. */
export async function provingPasskey(
  site: Site,
  challenge: string,
  passkeys: readonly Passkey[],
  response: unknown,
): Promise<{ readonly passkey: Passkey; readonly counter: number } | null> {
  const said = response as AuthenticationResponseJSON; // as above
  const passkey = passkeys.find(({ id }) => id === said?.id);
  if (passkey === undefined) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: said,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: rpIdOf(site),
      credential: {
        id: passkey.id,
        publicKey: passkey.publicKey,
        counter: passkey.counter,
        transports: [...passkey.transports] as never, // as the browser said
      },
      requireUserVerification: true,
    });
    return verified ? { passkey, counter: authenticationInfo.newCounter } : null;
  } catch {
    return null;
  }
}
