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
  /** Somebody has signed out then: the device's key goes, and with it all that it sealed, unless it was made since. */
  signedOut(at: ServerTime): Promise<void>;
}

export function createLeavings({
  store,
  now,
  signedOutAt,
  hasStored,
  report,
}: {
  readonly store: DraftStore;
  readonly now: () => ServerTime;
  /** When somebody last signed out in this browser, in a page of whatever kind. */
  readonly signedOutAt: () => ServerTime | undefined;
  /** Whether this tab has stored anything, as far as it knows. */
  readonly hasStored: () => boolean;
  readonly report: Report;
}): Leavings {
  /** With a name, but for the key of that name. */
  async function discardDevice(because: 'signed-out' | 'another-person', except?: string): Promise<void> {
    let drafts = 0;
    await store.remove((key, value) => {
      const record = isRecordKey(key) ? readRecord(value) : undefined;
      const isDraft = record?.kind === 'device' && record.kid !== except;
      if (isDraft) drafts += 1;
      return isDraft || (key === DEVICE_KEY && !(isDeviceKey(value) && value.kid === except));
    });
    if (drafts > 0) report({ type: 'draft-discarded', because });
  }

  return {
    async signedOut(at) {
      const key = (await store.read()).get(DEVICE_KEY);
      // A page that stood still hears of it late: by then somebody may be writing in the next session.
      await discardDevice('signed-out', isDeviceKey(key) && key.madeAt > at ? key.kid : undefined);
    },
    async admit(owner) {
      const all = await store.read();
      if (hasStored() && !all.has(MADE)) report({ type: 'draft-storage-degraded', problem: 'emptied' });
      const key = all.get(DEVICE_KEY);
      const out = signedOutAt();
      if (key !== undefined && !(isDeviceKey(key) && key.owner === owner)) await discardDevice('another-person');
      else if (isDeviceKey(key) && out !== undefined && key.madeAt <= out) await discardDevice('signed-out');
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
