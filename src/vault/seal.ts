/** Sealing with AES-GCM: what is sealed is bound to what it is about, and opens for nothing else. */

/** A sealed text, as it may lie in storage. */
export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

const ALGORITHM = 'AES-GCM';

/**
 * The length that GCM is made for, and random for each sealing. One key may seal 2³² texts so: at two a second, 68 years.
 * https://csrc.nist.gov/pubs/sp/800/38/d/final (8.3)
 */
const IV_BYTES = 12;

/** A key of 32 bytes that no script can read again. The bytes that were given are overwritten. */
export async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['encrypt', 'decrypt']);
  } finally {
    bytes.fill(0);
  }
}

/** A new key that no script can read, this one included. */
export function createKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Seals a text. `about` is not hidden; it must be said again, word for word, to open it. */
export async function seal(key: CryptoKey, about: readonly string[], text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = new TextEncoder().encode(text);
  try {
    const data = await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData: bytesOf(about) }, key, plain);
    return { iv, data: new Uint8Array(data) };
  } finally {
    plain.fill(0);
  }
}

/** Opens what was sealed; `undefined` where the key or what it is about is another, or a byte has changed. */
export async function unseal(
  key: CryptoKey,
  about: readonly string[],
  { iv, data }: Sealed,
): Promise<string | undefined> {
  try {
    const plain = await crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData: bytesOf(about) }, key, data);
    const bytes = new Uint8Array(plain);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } finally {
      bytes.fill(0);
    }
  } catch {
    // That is all that it says, on purpose: nobody shall learn how it failed.
    return undefined;
  }
}

/** A name for a list of words that does not tell them, as long as one of them cannot be guessed. */
export async function labelOf(words: readonly string[]): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(words)));
  return base64url(digest.subarray(0, 16));
}

/** A name that nobody else has. */
export function randomName(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(12)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** JSON keeps the words apart: `['a', 'b']` and `['ab']` are different things to be about. */
const bytesOf = (words: readonly string[]): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(words));
