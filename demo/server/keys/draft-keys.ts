/** Keys for drafts: one for each person, derived from a master key, so that nothing has to be kept for anybody. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto';

/** 32 bytes, and the name that what was sealed with them is marked with. */
export interface SealingKey {
  readonly kid: string;
  readonly key: Buffer;
}

export interface DraftKeys {
  /** What drafts are sealed with from now on. */
  current(subject: string): SealingKey;
  /** For drafts that were sealed earlier; `undefined` where that master key is not known, or not any more. */
  byKid(subject: string, kid: string): SealingKey | undefined;
  /** Seals with another master key from now on; drafts sealed with those before stay readable. Default: one made now. */
  rotate(master?: Buffer): void;
}

const keyBytes = 32;

/**
 * `masters`: oldest first; the last one seals. A master key that is left out makes what was sealed with it unreadable for good, so
 * keep it for as long as drafts live. Default: one made now, which is gone with the process.
 */
export function createDraftKeys(masters: readonly Buffer[] = [randomBytes(keyBytes)]): DraftKeys {
  const known = new Map<string, Buffer>();
  let newest = '';

  function add(master: Buffer): void {
    if (master.length !== keyBytes) throw new RangeError(`a master key has ${keyBytes} bytes, not ${master.length}`);
    newest = kidOf(master);
    known.delete(newest);
    known.set(newest, master);
  }

  if (masters.length === 0) throw new RangeError('there is no master key');
  for (const master of masters) add(master);

  function byKid(subject: string, kid: string): SealingKey | undefined {
    const master = known.get(kid);
    return master === undefined ? undefined : { kid, key: derived(master, subject) };
  }

  return {
    current(subject) {
      const key = byKid(subject, newest);
      if (key === undefined) throw new Error('there is no master key'); // one is added above, and none is taken away
      return key;
    },
    byKid,
    rotate: (master = randomBytes(keyBytes)) => add(master),
  };
}

/** HKDF, RFC 5869: who knows one person's key learns nothing of the master, nor of anybody else's. */
const derived = (master: Buffer, subject: string): Buffer =>
  Buffer.from(hkdfSync('sha256', master, '', `nightlatch draft key\n${subject}`, keyBytes));

/** From the key itself, so that nodes and restarts agree on it without being told. */
const kidOf = (master: Buffer): string =>
  createHash('sha256').update('nightlatch draft kid\n').update(master).digest('base64url').slice(0, 16);
