/** What callers of the vault hand in, checked with errors that name it. */
import type { NightlatchEvent } from '../events.js';
import { type Duration, hours } from '../time/instant.js';
import type { DraftKeyKind } from './draft-record.js';
import type { DraftSource } from './draft-source.js';
import type { SealingKeys } from './sealing-keys.js';

const WEEK: Duration = hours(7 * 24);

/** Above it, it is surely a mistake of unit. */
const LONGEST: Duration = hours(366 * 24);

export function readVaultOptions(options: {
  readonly name: string;
  readonly keys?: SealingKeys;
  readonly timeToLive?: Duration;
  readonly onEvent?: (event: NightlatchEvent) => void;
}): {
  readonly name: string;
  readonly keys: SealingKeys | undefined;
  readonly timeToLive: Duration;
  readonly onEvent: ((event: NightlatchEvent) => void) | undefined;
} {
  if (typeof options !== 'object' || options === null) throw new TypeError('options is not an object');
  const { name, keys, timeToLive = WEEK, onEvent } = options;
  if (typeof name !== 'string') throw new TypeError('name is not a string');
  if (!/^[\w.-]{1,64}$/.test(name)) throw new RangeError('name must be 1 to 64 letters, digits, ".", "_" or "-"');
  if (keys !== undefined && typeof keys?.read !== 'function') throw new TypeError('keys has no method "read"');
  if (onEvent !== undefined && typeof onEvent !== 'function') throw new TypeError('onEvent is not a function');
  requireTimeToLive(timeToLive);
  return { name, keys, timeToLive, onEvent };
}

export function readKeepOptions(
  form: unknown,
  source: DraftSource,
  given: {
    readonly schema?: number;
    readonly record?: string | number;
    readonly key?: DraftKeyKind;
    readonly timeToLive?: Duration;
  },
  vault: { readonly timeToLive: Duration; readonly hasServer: boolean },
): {
  readonly schema: number;
  readonly record: string | number | undefined;
  readonly key: DraftKeyKind;
  readonly timeToLive: Duration;
} {
  const { schema = 1, record, key = vault.hasServer ? 'server' : 'device', timeToLive = vault.timeToLive } = given;
  if (typeof form !== 'string' || form === '') throw new TypeError('form is not the name of a form');
  if (typeof source?.read !== 'function' || typeof source.write !== 'function') {
    throw new TypeError('source has no methods "read" and "write"; for a form, give form(element)');
  }
  if (!Number.isSafeInteger(schema) || schema < 0) throw new RangeError('schema is not a whole number of 0 or more');
  if (record !== undefined && typeof record !== 'string' && !Number.isFinite(record)) {
    throw new TypeError('record is neither a string nor a finite number');
  }
  if (key !== 'server' && key !== 'device') throw new RangeError("key is neither 'server' nor 'device'");
  if (key === 'server' && !vault.hasServer) throw new TypeError("key is 'server', and the vault has no keys of one");
  requireTimeToLive(timeToLive);
  return { schema, record, key, timeToLive };
}

function requireTimeToLive(timeToLive: unknown): void {
  if (typeof timeToLive !== 'number' || !(timeToLive > 0) || timeToLive > LONGEST) {
    throw new RangeError('timeToLive is not a number of milliseconds above 0, and of 366 days at most');
  }
}
