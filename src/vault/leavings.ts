/** Drafts that have to go: under another person's device key, after a sign-out, too old, or too many. */
import type { Report } from '../events.js';
import type { ServerTime } from '../time/instant.js';
import { DEVICE_KEY, isDeviceKey } from './draft-keys.js';
import { isRecordKey, labelIn, readRecord } from './draft-record.js';
import { type DraftStore, MADE } from './draft-store.js';

/** Of one form by one person. More of them are no offer any more but a list. */
const MOST = 10;

export interface Leavings {
  /** Before anything of this owner is read or written. */
  admit(owner: string): Promise<void>;
  /** The device's key goes, and with it all that it sealed. */
  discardDevice(because: 'signed-out' | 'another-person'): Promise<void>;
}

export function createLeavings({
  store,
  now,
  hasStored,
  report,
}: {
  readonly store: DraftStore;
  readonly now: () => ServerTime;
  /** Whether this tab has stored anything, as far as it knows. */
  readonly hasStored: () => boolean;
  readonly report: Report;
}): Leavings {
  async function discardDevice(because: 'signed-out' | 'another-person'): Promise<void> {
    let drafts = 0;
    await store.remove((key, value) => {
      const isDraft = isRecordKey(key) && readRecord(value)?.kind === 'device';
      if (isDraft) drafts += 1;
      return isDraft || key === DEVICE_KEY;
    });
    if (drafts > 0) report({ type: 'draft-discarded', because });
  }

  return {
    discardDevice,
    async admit(owner) {
      const all = await store.read();
      if (hasStored() && !all.has(MADE)) report({ type: 'draft-storage-degraded', problem: 'emptied' });
      const key = all.get(DEVICE_KEY);
      if (key !== undefined && !(isDeviceKey(key) && key.owner === owner)) await discardDevice('another-person');
      const broken = new Set(
        [...all].filter(([name, value]) => isRecordKey(name) && !readRecord(value)).map(([name]) => name),
      );
      const goes = new Set([...broken, ...spent(all, now())]);
      if (goes.size > 0) await store.remove((name) => goes.has(name));
      if (broken.size > 0) report({ type: 'draft-discarded', because: 'unreadable' });
    },
  };
}

/** Whose they are shows in none of them; that two are of one form and person does. */
function spent(all: ReadonlyMap<string, unknown>, time: ServerTime): ReadonlySet<string> {
  const expiry = new Map(
    [...all].filter(([key]) => isRecordKey(key)).map(([key, value]) => [key, readRecord(value)?.expiresAt ?? 0]),
  );
  const newestFirst = [...expiry].sort(([, a], [, b]) => b - a);
  const counts = new Map<string, number>();
  const gone = new Set<string>();
  for (const [key, expiresAt] of newestFirst) {
    const label = labelIn(key);
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    if (expiresAt <= time || count > MOST) gone.add(key);
  }
  return gone;
}
