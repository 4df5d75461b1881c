/** The person's passkey (WebAuthn), with real options of the server, and looked at by the server. */
import type { Session } from '../facts/facts.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import { type DeviceTime, type Duration, minutes, seconds } from '../time/instant.js';
import type { PasskeyReply, PasskeyWay } from '../ways.js';
import { readRequestOptions, signedAsJson } from './passkey-options.js';
import { type ProofFetch, post, proofReply, readProofReply } from './proof-call.js';

/** How a passkey is asked for. */
export interface PasskeyOptions {
  /** The server's call for what is to be signed: `/session/passkey/options`. */
  readonly optionsUrl: string;
  /** The server's call that looks at what was signed: `/session/reauthenticate`. */
  readonly url: string;
  /** What kind of authentication that is, in the words of `acr_values`. Default `phr`: phishing-resistant. */
  readonly acr?: string;
  /** In place of the browser's own, for an app that adds headers. */
  readonly fetch?: ProofFetch;
  /** In place of the browser's own: `navigator.credentials`. */
  readonly credentials?: Pick<CredentialsContainer, 'get'>;
  /**
   * Whether the browser offers passkeys in the autofill of a field. In place of the browser's own,
   * `PublicKeyCredential.isConditionalMediationAvailable`. Where it says yes, a person who is asked for their password can choose their
   * passkey in that field instead.
   *
   * `async () => false` leaves it at the button, as for a server that keeps one challenge for a session: with two windows in view, the
   * one that asks last makes worthless what is chosen in the other. Passkeys that are not discoverable are not offered.
   *
   * https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
   */
  readonly isConditionalMediationAvailable?: () => Promise<boolean>;
  readonly clock?: Clock;
}

/**
 * What was asked of the server when somebody looked whether there is one is used if the person answers by then. Later another tab
 * may have asked, and servers keep one challenge for a session.
 */
const FRESH: Duration = seconds(5);
/** Where the server says nothing, browsers wait about as long. */
const TIMEOUT: Duration = minutes(5);
/** A browser that gives up by itself may be a little early by our clock. */
const EARLY: Duration = seconds(1);
/** For so long a server takes what it has asked for (`docs/server-contract.md`, section 5), where it does not say. */
const CHALLENGE: Duration = minutes(2);
/** Whoever has just chosen it still has to touch their device. */
const TOUCH: Duration = seconds(15);

interface Prepared {
  readonly sessionId: string;
  readonly at: DeviceTime;
  readonly publicKey: PublicKeyCredentialRequestOptions;
}

/**
 * Proves who the person is by a passkey of theirs. The server says which there are, and what is to be signed, once; it checks challenge,
 * origin, signature, user verification and count.
 *
 * Asked for by a button; and offered beside saved passwords in the field of a question that asks for the password, where the browser can
 * (conditional mediation, https://www.w3.org/TR/webauthn-3/#GETAssertion-conditional).
 *
 * @example
 * const prompt = createSignInPrompt({
 *   passkey: passkey({ optionsUrl: '/session/passkey/options', url: '/session/reauthenticate' }),
 *   password: password({ url: '/session/reauthenticate' }),
 * });
 */
export function passkey(options: PasskeyOptions): PasskeyWay {
  const { optionsUrl, url, acr = 'phr' } = options;
  let clock: Clock | undefined;
  let prepared: Prepared | undefined;

  const time = (): Clock => {
    clock ??= options.clock ?? createSystemClock();
    return clock;
  };
  /** By the clock that says more: one stands still while a device sleeps, the other may be set. */
  const age = ({ at }: Prepared): Duration => {
    const { monotonic, wall } = time().read();
    return Math.max(monotonic - at.monotonic, wall - at.wall);
  };
  const call = (to: string) => ({
    url: to,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    clock: time(),
  });
  const container = (): Pick<CredentialsContainer, 'get'> | undefined =>
    options.credentials ?? ('PublicKeyCredential' in globalThis ? navigator.credentials : undefined);

  /** Asks what is to be signed, or says why there is nothing. */
  async function prepare(session: Session): Promise<Prepared | PasskeyReply> {
    const at = time().read();
    const response = await post(call(optionsUrl), session, {});
    if (!response) return { type: 'unreachable' };
    // There is none, or the server knows of no passkeys at all.
    if (response.status === 204 || response.status === 404) return { type: 'unusable' };
    if (!response.ok || response.redirected) return readProofReply(response);
    try {
      return { sessionId: session.id, at, publicKey: readRequestOptions(await response.json()) };
    } catch {
      return { type: 'unreachable' };
    }
  }

  /** What was asked when somebody looked, if it is still that fresh; or asks now. */
  async function take(session: Session): Promise<Prepared | PasskeyReply> {
    const kept = prepared;
    // Each is good for one answer.
    prepared = undefined;
    return kept?.sessionId === session.id && age(kept) < FRESH ? kept : prepare(session);
  }

  return {
    acr,
    async isThere({ session }) {
      if (!container()) return false;
      const found = await prepare(session);
      prepared = 'publicKey' in found ? found : undefined;
      return prepared !== undefined;
    },
    async prove({ session }, signal) {
      const asking = container();
      if (!asking) return { type: 'unusable' };
      const found = await take(session);
      signal.throwIfAborted();
      if (!('publicKey' in found)) return found;
      const { publicKey } = found;
      const since = time().read().monotonic;
      let credential: Credential | null;
      try {
        credential = await asking.get({ publicKey, signal });
      } catch (error) {
        signal.throwIfAborted();
        return whyNot(error, time().read().monotonic - since, publicKey.timeout ?? TIMEOUT);
      }
      signal.throwIfAborted();
      if (!credential) return { type: 'cancelled' };
      // Asked for with `publicKey`, it is one.
      const response = signedAsJson(credential as PublicKeyCredential);
      return proofReply(call(url), session, { method: 'passkey', response });
    },
    async awaitChoice({ session }, { signal, waits }) {
      const asking = container();
      if (!asking || !(await isOffered(options)) || signal.aborted) return undefined;
      const found = await take(session);
      if (signal.aborted || !('publicKey' in found)) return undefined;
      const { publicKey } = found;
      const goodFor = publicKey.timeout ?? CHALLENGE;
      const left = goodFor - TOUCH - age(found);
      // Nobody would find it in time.
      if (left < TOUCH) return undefined;
      waits(left);
      let credential: Credential | null;
      try {
        credential = await asking.get({ publicKey, mediation: 'conditional', signal });
      } catch {
        // Nobody has asked for it, so nobody is told: called off, refused, or not to be had in this frame.
        return undefined;
      }
      if (signal.aborted || !credential) return undefined;
      const response = signedAsJson(credential as PublicKeyCredential); // as above
      return async (question) =>
        // The server would take it for a wrong one.
        age(found) >= goodFor
          ? { type: 'timed-out' }
          : proofReply(call(url), question.session, { method: 'passkey', response });
    },
  };
}

async function isOffered({ isConditionalMediationAvailable: given }: PasskeyOptions): Promise<boolean> {
  try {
    if (given) return await given();
    return 'PublicKeyCredential' in globalThis && (await PublicKeyCredential.isConditionalMediationAvailable?.());
  } catch {
    return false;
  }
}

/**
 * A browser says the same of a person who refuses and of one who was not there, so that no page can tell what the device has:
 * https://w3c.github.io/webauthn/#sctn-assertion-privacy. By how long it took, it is told apart.
 */
function whyNot(error: unknown, took: Duration, timeout: Duration): PasskeyReply {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'TimeoutError') return { type: 'timed-out' };
  if (name !== 'NotAllowedError' && name !== 'AbortError') return { type: 'unusable' };
  return { type: took >= timeout - EARLY ? 'timed-out' : 'cancelled' };
}
