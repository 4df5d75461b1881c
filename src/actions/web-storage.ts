/** Wipers for `sessionStorage` and `localStorage`. */
import type { WipeCall, Wiper } from '../ports.js';
import { goOn, readNames, readText, show } from './wiping.js';

/** Which keys of which web storage to remove: by prefix, or one by one. */
export interface WebStorageOptions {
  /** Wipes each key that begins with this, such as `app:`. */
  readonly prefix?: string;
  /** Wipes these keys. Either this or `prefix`. */
  readonly keys?: readonly string[];
  /** Which of the two. Default: both. */
  readonly area?: 'local' | 'session';
}

/** Our own keys say that the session is over: to wipe them would be to forget it. */
const OURS = 'nightlatch:';

/**
 * Wipes keys of web storage: of `sessionStorage` in each tab that showed the session, of `localStorage` once for the
 * browser. Keys that begin with `nightlatch:` are never touched.
 *
 * Throws a `TypeError` unless there is a `prefix` that is not empty, or a list of `keys`.
 *
 * @example
 * createNightlatch({ name: 'backoffice', backend, wipe: [webStorage({ prefix: 'app:' })] });
 */
export function webStorage(options: WebStorageOptions): readonly Wiper[] {
  const { area } = options;
  const isMeant = selection(options);
  if (area !== undefined && area !== 'local' && area !== 'session') {
    throw new TypeError(`webStorage: area is ${show(area)}: expected "local" or "session"`);
  }
  // What is wiped is part of the name: two of them are two lines of a receipt.
  const what = options.prefix === undefined ? (options.keys ?? []).join(' ') : `${options.prefix}*`;
  const tab: Wiper = {
    name: `sessionStorage ${what}`,
    scope: 'tab',
    wipe: (call) => wipe(globalThis.sessionStorage, isMeant, call),
  };
  const shared: Wiper = {
    name: `localStorage ${what}`,
    scope: 'shared',
    wipe: (call) => wipe(globalThis.localStorage, isMeant, call),
  };
  return [...(area === 'local' ? [] : [tab]), ...(area === 'session' ? [] : [shared])];
}

function selection({ prefix, keys }: WebStorageOptions): (key: string) => boolean {
  if ((prefix === undefined) === (keys === undefined)) {
    throw new TypeError('webStorage: expected either prefix or keys');
  }
  if (prefix !== undefined) {
    const start = readText('webStorage: prefix', prefix);
    return (key) => key.startsWith(start);
  }
  const names = new Set(readNames('webStorage: keys', keys));
  return (key) => names.has(key);
}

/** Blocked storage throws where it is touched, and the wipe counts as failed: nobody knows what is in there. */
function wipe(storage: Storage | undefined, isMeant: (key: string) => boolean, { signal }: WipeCall): void {
  if (!storage) return;
  // First the keys, for their numbers change as they are removed.
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) {
    if (key === null || key.startsWith(OURS) || !isMeant(key)) continue;
    goOn(signal);
    storage.removeItem(key);
  }
}
