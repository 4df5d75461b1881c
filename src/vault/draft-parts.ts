/** What a kept draft is made of: whose it is, where it goes, and what the app said of it. */
import type { Report } from '../events.js';
import type { Clock } from '../time/clock.js';
import type { Duration, ServerTime } from '../time/instant.js';
import type { DraftKeys } from './draft-keys.js';
import type { DraftKeyKind } from './draft-record.js';
import type { DraftSource } from './draft-source.js';
import type { DraftStore } from './draft-store.js';
import type { LiveDrafts } from './live-drafts.js';

/** The person whose session is open, as a draft needs them. */
export interface Writer {
  readonly subject: string;
  readonly keys: (kind: DraftKeyKind) => DraftKeys | undefined;
  /** What others left has been taken away: nothing is read or written before. */
  readonly admitted: Promise<void>;
  readonly label: (form: string) => Promise<string>;
}

export interface KeptDraftParts {
  readonly vault: string;
  readonly clock: Clock;
  readonly now: () => ServerTime;
  readonly store: DraftStore;
  readonly live: LiveDrafts;
  /** The drafts that this tab has written. */
  readonly mine: { add(id: string): void; remove(id: string): void; has(id: string): boolean };
  readonly report: Report;
}

export interface KeptDraftOptions {
  readonly form: string;
  readonly source: DraftSource;
  readonly kind: DraftKeyKind;
  readonly schema: number;
  readonly record: string | number | undefined;
  readonly timeToLive: Duration;
}
