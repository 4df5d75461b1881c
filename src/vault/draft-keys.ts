/** The keys that one person's drafts are sealed with, for as long as their session is open. */
import type { Clock } from '../time/clock.js';
import type { Duration, ServerTime } from '../time/instant.js';
import type { DraftKeyKind, NamedKey } from './draft-record.js';
import type { Condition, DraftStore } from './draft-store.js';
import { createKey, importKey, randomName } from './seal.js';
import type { KeysReply, SealingKeys } from './sealing-keys.js';

/** An older key that is known to be gone, or that nobody could be asked for now. */
export type MissingKey = 'gone' | 'unreachable';

export interface DraftKeys {
  readonly kind: DraftKeyKind;
  /** The key that seals now; nothing while it has not come. */
  current(): NamedKey | undefined;
  /** Resolves when the key has come, or when it is known not to: whether there is one. */
  readonly settled: Promise<boolean>;
  /** The key of that name. */
  byKid(kid: string): Promise<CryptoKey | MissingKey>;
  /** What must hold in the store for a draft to be written that is sealed with the key of this name. */
  condition?(kid: string): Condition;
  /** Asks again, where an answer is missing. */
  again(): void;
  /** The session is over: nothing is asked any more, and no key is held. */
  forget(): void;
}

const FIRST_RETRY: Duration = 1_000;
const LAST_RETRY: Duration = 60_000;

/** The server's: asked for when the session opens, held in memory only, and forgotten with the session. */
export function createServerDraftKeys({
  keys,
  sessionId,
  clock,
  mayAsk,
  came,
}: {
  readonly keys: SealingKeys;
  readonly sessionId: string;
  readonly clock: Clock;
  /** Whether the session is open now: a locked tab sends nothing. */
  readonly mayAsk: () => boolean;
  readonly came: () => void;
}): DraftKeys {
  const over = new AbortController();
  let current: NamedKey | undefined;
  const older = new Map<string, Promise<CryptoKey | MissingKey>>();
  let isAsking = false;
  let isAbsent = false;
  let callOff = (): void => {};
  let settle = (_has: boolean): void => {};
  const settled = new Promise<boolean>((resolve) => {
    settle = resolve;
  });

  async function ask(retry: Duration): Promise<void> {
    callOff();
    if (isAsking || isAbsent || current || over.signal.aborted || !mayAsk()) return;
    isAsking = true;
    const reply = await keys.read({ sessionId }, over.signal);
    isAsking = false;
    const key = await draftKeyOf(reply);
    if (over.signal.aborted) return;
    if (key) {
      current = key;
      settle(true);
      came();
      return;
    }
    settle(false);
    isAbsent = reply.type === 'absent';
    if (isAbsent) return;
    const wait = reply.type === 'unknown' ? (reply.retryAfter ?? retry) : retry;
    callOff = clock.wait(wait, () => void ask(Math.min(2 * retry, LAST_RETRY)));
  }

  async function askOlder(kid: string): Promise<CryptoKey | MissingKey> {
    if (!mayAsk()) return 'unreachable';
    const reply = await keys.read({ sessionId, draftKid: kid }, over.signal);
    if (over.signal.aborted) return 'unreachable';
    if (reply.type === 'unknown-key') return 'gone';
    const key = await draftKeyOf(reply);
    return key?.kid === kid ? key.key : 'unreachable';
  }

  void ask(FIRST_RETRY);

  return {
    kind: 'server',
    current: () => current,
    settled,
    async byKid(kid) {
      if (current?.kid === kid) return current.key;
      const known = older.get(kid) ?? askOlder(kid);
      older.set(kid, known);
      const key = await known;
      if (key === 'unreachable') older.delete(kid);
      return key;
    },
    again: () => void ask(FIRST_RETRY),
    forget() {
      over.abort();
      callOff();
      current = undefined;
      older.clear();
      settle(false);
    },
  };
}

async function draftKeyOf(reply: KeysReply): Promise<NamedKey | undefined> {
  if (reply.type !== 'keys') return undefined;
  // The other key is nothing for drafts: overwritten, so that nobody holds it who does not need it.
  reply.vault.bytes.fill(0);
  return { kid: reply.draft.kid, key: await importKey(reply.draft.bytes) };
}

/** Where the device's key lies. */
export const DEVICE_KEY = 'device-key';

interface DeviceKey extends NamedKey {
  /** Whose drafts it seals, as a label. */
  readonly owner: string;
  /** In server time: a sign-out after it is its end, whoever saw it. */
  readonly madeAt: ServerTime;
}

/** The device's: made here, readable by no script, and kept beside the drafts until the person signs out, or another begins. */
export function createDeviceDraftKeys(
  store: DraftStore,
  whose: Promise<string>,
  admitted: Promise<void>,
  now: () => ServerTime,
  came: () => void,
): DraftKeys {
  let current: NamedKey | undefined;
  let isOver = false;

  async function fetchOrMake(): Promise<boolean> {
    try {
      const owner = await whose;
      // What lies there may be another person's, and is about to go.
      await admitted;
      const fresh: DeviceKey = { kid: randomName(), key: await createKey(), owner, madeAt: now() };
      const { kid, key } = await store.update(DEVICE_KEY, (known) =>
        isDeviceKey(known) && known.owner === owner ? known : fresh,
      );
      if (isOver) return false;
      current = { kid, key };
      came();
      return true;
    } catch {
      // No WebCrypto: the page is not in a secure context.
      return false;
    }
  }

  return {
    kind: 'device',
    current: () => current,
    settled: fetchOrMake(),
    byKid: async (kid) => (current?.kid === kid ? current.key : 'gone'),
    condition: (kid) => ({
      key: DEVICE_KEY,
      // It may have been discarded, here or in another tab, while this one was sealing.
      holds: (known) => isDeviceKey(known) && known.kid === kid,
    }),
    again() {},
    forget() {
      isOver = true;
      current = undefined;
    },
  };
}

/** Whether what lies there is a device key; whose it is, its owner says. */
export function isDeviceKey(value: unknown): value is DeviceKey {
  if (typeof value !== 'object' || value === null) return false;
  const { kid, key, owner, madeAt } = value as Readonly<Record<string, unknown>>;
  return (
    typeof kid === 'string' &&
    typeof owner === 'string' &&
    typeof madeAt === 'number' &&
    Object.prototype.toString.call(key) === '[object CryptoKey]'
  );
}
