/** A passkey in software (ES256, attestation `none`), and what can be wrong with what it says. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What an answer may get wrong. */
export interface Signing {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Whether the person was verified, and there at all. */
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  /** Turns a bit of the signature. */
  readonly broken?: boolean;
}

export interface Authenticator {
  readonly id: string;
  register(challenge: string, signing?: Signing): object;
  prove(challenge: string, signing?: Signing): object;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

export function createAuthenticator(at: { readonly origin: string }): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  let counted = 0;

  const clientData = (type: string, challenge: string, { origin = at.origin, ...signing }: Signing): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: signing.type ?? type,
        challenge: signing.challenge ?? challenge,
        origin,
        crossOrigin: false,
      }),
    );

  /** https://w3c.github.io/webauthn/#sctn-authenticator-data */
  function authenticatorData(signing: Signing, attested?: Uint8Array): Buffer {
    const { rpId = new URL(at.origin).hostname, verified = true, present = true } = signing;
    const flags = (present ? 0x01 : 0) | (verified ? 0x04 : 0) | (attested ? 0x40 : 0);
    counted = signing.counter ?? counted + 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(counted);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, attested ?? Buffer.alloc(0)]);
  }

  const common = { id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {} };

  return {
    id: base64url(id),
    register(challenge, signing = {}) {
      const key = cborMap([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const object = cborMap([
        ['fmt', 'none'],
        ['attStmt', new Map<string, never>()],
        ['authData', authenticatorData(signing, attested)],
      ]);
      return {
        ...common,
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', challenge, signing)),
          attestationObject: base64url(object),
          transports: ['internal'],
        },
      };
    },
    prove(challenge, signing = {}) {
      const data = authenticatorData(signing);
      const client = clientData('webauthn.get', challenge, signing);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      if (signing.broken) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return {
        ...common,
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(data),
          signature: base64url(signature),
        },
      };
    },
  };
}

type Cbor = number | string | Uint8Array | Map<string, never>;

/** As much of CBOR as this needs (RFC 8949): small maps, numbers, texts and bytes. */
function cborMap(entries: readonly (readonly [number | string, Cbor])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, value]) => [cbor(key), cbor(value)])]);
}

function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (value instanceof Map) return head(5, 0);
  return Buffer.concat([head(2, value.length), value]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff]);
}
