/** The earlier drafts of a form that are offered: this person's, readable, not too old, and not being written right now. */
import { NightlatchError } from '../errors.js';
import { type ServerTime, serverTime } from '../time/instant.js';
import type { DraftOffer } from './draft.js';
import type { KeptDraftOptions, KeptDraftParts, Writer } from './draft-parts.js';
import { type DraftContent, type DraftSubject, idOf, openDraft, readRecord, recordKey } from './draft-record.js';

/** Why a draft cannot be offered any more, and is taken away. */
type Unofferable = 'expired' | 'unreadable' | 'older-schema';

/** The draft that an offer is restored into. */
export interface OffersTo {
  writer(): Promise<Writer>;
  /** Something has been put back: seals it as its own; whether that is done. */
  restored(): Promise<boolean>;
}

/** What was found. What is in it is not held: it is opened again where it is wanted. */
interface Found {
  readonly id: string;
  readonly savedAt: ServerTime;
  readonly record?: string | number;
}

/** Of this tab first, then the newest first: what is put back in the same tab is what the person has just lost. */
export function createOffers(
  { vault, store, live, now, mine, report }: KeptDraftParts,
  { form, source, schema, record: current }: KeptDraftOptions,
  to: OffersTo,
): () => Promise<readonly DraftOffer[]> {
  async function open(
    writer: Writer,
    id: string,
    value: unknown,
  ): Promise<DraftContent | Unofferable | 'newer-schema' | 'sealed'> {
    const record = readRecord(value);
    if (!record) return 'unreadable';
    if (record.expiresAt <= now()) return 'expired';
    // A tab with the app's next version has written it, and can read it.
    if (record.schema > schema) return 'newer-schema';
    if (record.schema < schema) return 'older-schema';
    const keys = writer.keys(record.kind);
    if (!keys) return 'sealed';
    await keys.settled;
    const key = await keys.byKid(record.kid);
    if (key === 'unreachable') return 'sealed';
    if (key === 'gone') return 'unreadable';
    const about: DraftSubject = { vault, subject: writer.subject, form, id };
    return (await openDraft(about, record, key)) ?? 'unreadable';
  }

  async function take(key: string, id: string): Promise<boolean> {
    mine.remove(id);
    return (await store.remove((name) => name === key)) > 0;
  }

  async function drop(key: string, id: string, because: Unofferable): Promise<void> {
    if (await take(key, id)) report({ type: 'draft-discarded', form, because });
  }

  async function find(writer: Writer, label: string): Promise<readonly Found[]> {
    const [all, written] = await Promise.all([store.read(), live.ids()]);
    const found: Found[] = [];
    let isSealed = false;
    for (const [key, value] of all) {
      const id = idOf(key, label);
      if (id === undefined || written.has(id)) continue;
      const opened = await open(writer, id, value);
      if (typeof opened === 'object') {
        const { savedAt, record } = opened;
        found.push({ id, savedAt: serverTime(savedAt), ...(record === undefined ? {} : { record }) });
      } else if (opened === 'sealed') isSealed = true;
      else if (opened !== 'newer-schema') await drop(key, id, opened);
    }
    if (found.length === 0 && isSealed) throw sealedError();
    return found.sort((a, b) => Number(mine.has(b.id)) - Number(mine.has(a.id)) || b.savedAt - a.savedAt);
  }

  function offer(writer: Writer, label: string, { id, savedAt, record: was }: Found): DraftOffer {
    const key = recordKey(label, id);
    const isConflict = was !== undefined && current !== undefined && was !== current;
    return {
      savedAt,
      ...(isConflict ? { conflict: { was, is: current } } : {}),
      async restore() {
        const opened = await open(writer, id, (await store.read()).get(key));
        if (opened === 'sealed') throw sealedError();
        if (typeof opened !== 'object') {
          throw new NightlatchError('ERR_DRAFT_UNREADABLE', 'the draft is gone, or can no longer be read');
        }
        // Sealed by a source of this form and schema; a form reads it with care all the same.
        const written = source.write(opened.value, opened.place);
        report({ type: 'draft-restored', form, conflict: isConflict });
        if (await to.restored()) await take(key, id);
        return written ?? { missing: [], files: [] };
      },
      async discard() {
        if (await take(key, id)) report({ type: 'draft-discarded', form, because: 'unwanted' });
      },
    };
  }

  return async () => {
    const writer = await to.writer();
    await writer.admitted;
    const label = await writer.label(form);
    const found = await find(writer, label);
    return found.map((one) => offer(writer, label, one));
  };
}

const sealedError = (): NightlatchError =>
  new NightlatchError('ERR_DRAFT_SEALED', 'there is a draft, and the key that opens it is not to be had now');
