/** What one place of the page holds, sealed a moment after each change. */
import { type Duration, plus, type ServerTime } from '../time/instant.js';
import { untilAborted } from '../time/until-aborted.js';
import type { Draft } from './draft.js';
import type { DraftKeys } from './draft-keys.js';
import { createOffers } from './draft-offers.js';
import type { KeptDraftOptions, KeptDraftParts, Writer } from './draft-parts.js';
import { type DraftKeyKind, type NamedKey, recordKey, sealDraft, writeContent } from './draft-record.js';
import { randomName } from './seal.js';

/** The promise is one second after the last keystroke at most; sealing and the database take their part of it. */
const SEAL_AFTER: Duration = 500;

/** The longest draft, in characters of its JSON. */
const LONGEST = 1_000_000;

export interface KeptDraft {
  readonly draft: Draft;
  readonly kind: DraftKeyKind;
  /** The session of this person is open. */
  bind(writer: Writer): void;
  /** The key has come. */
  wake(): void;
  flush(): Promise<void>;
  /** The session is over; what was written is sealed a last time, or not. */
  part(saved: boolean): void;
}

export function createKeptDraft(parts: KeptDraftParts, options: KeptDraftOptions, stopped: () => void): KeptDraft {
  const { vault, clock, now, store, mine, report } = parts;
  const { form, source, kind, schema, record, timeToLive } = options;
  const over = new AbortController();
  /** The draft that is being written. After the end of a session that one is left to be offered, and another begins. */
  let page = createPage();
  let writer: Writer | undefined;
  let first: string | undefined;
  let bound = (_writer: Writer): void => {};
  let binding = nextBinding();
  let isDirty = false;
  let beginning = valueText();
  /** What is in the store of this draft, to know what is new. */
  let sealed: string | undefined;
  /** Where the caret was then: it moves on without a change of the text. */
  let sealedPlace: string | undefined;
  let told: 'stored' | 'memory' | 'no-key' | 'too-long' | 'no-json' | undefined;
  let callOff: (() => void) | undefined;
  let work: Promise<unknown> = Promise.resolve();

  const unwatch = source.watch?.(changed);

  function createPage(): { readonly id: string; readonly release: () => void } {
    const id = randomName();
    return { id, release: parts.live.hold(id) };
  }

  function nextBinding(): Promise<Writer> {
    return new Promise((resolve) => {
      bound = resolve;
    });
  }

  function valueText(): string | undefined {
    try {
      return JSON.stringify(source.read());
    } catch {
      return undefined;
    }
  }

  const placeText = (): string | undefined => JSON.stringify(source.place?.());

  function changed(): void {
    if (over.signal.aborted) return;
    isDirty = true;
    // Not after the last change of many: somebody who goes on typing would have nothing sealed.
    callOff ??= clock.wait(SEAL_AFTER, () => void flush());
  }

  function rest(): void {
    callOff?.();
    callOff = undefined;
    isDirty = false;
  }

  function tell(what: NonNullable<typeof told>): void {
    if (told === what) return;
    told = what;
    if (what === 'stored' || what === 'memory') report({ type: 'draft-saved', form, kept: what });
    else report({ type: 'draft-unsaved', form, because: what });
  }

  /** One thing after another: what is discarded must not be written by what was on its way. */
  function after(next: () => unknown = () => undefined): Promise<void> {
    work = work.then(next).catch((problem: unknown) => {
      report({ type: 'draft-storage-degraded', problem: problem instanceof Error ? problem.name : 'unknown' });
    });
    const done = work.then(() => void parts.underWay.delete(done));
    parts.underWay.add(done);
    return done;
  }

  /** What is written and the key that seals it are taken in this very task: a moment later the session may be over. */
  function flush(): Promise<void> {
    callOff?.();
    callOff = undefined;
    const by = writer;
    const keys = by?.keys(kind);
    const { id } = page;
    const hasMoved = sealed !== undefined && placeText() !== sealedPlace;
    if (!(isDirty || hasMoved) || !by || !keys) return after();
    const value = valueText();
    isDirty = false;
    if (value === undefined) tell('no-json');
    else if (value.length > LONGEST) tell('too-long');
    else if (value === beginning) return sealed === undefined ? after() : after(() => remove(by, id));
    else if (value !== sealed || hasMoved) {
      const key = keys.current();
      const content = { savedAt: now(), record, place: source.place?.() };
      if (key) return after(() => seal({ by, id, keys, key }, value, content));
      isDirty = value !== sealed;
    }
    return after();
  }

  async function seal(
    { by, id, keys, key }: { by: Writer; id: string; keys: DraftKeys; key: NamedKey },
    value: string,
    { savedAt, ...content }: { savedAt: ServerTime; record: string | number | undefined; place: unknown },
  ): Promise<void> {
    await by.admitted;
    const label = await by.label(form);
    const sealing = { ...key, kind, schema, expiresAt: plus(savedAt, timeToLive) };
    const text = writeContent({ savedAt, ...content }, value);
    const box = await sealDraft({ vault, subject: by.subject, form, id }, sealing, text);
    const kept = await store.write(recordKey(label, id), box, keys.condition?.(key.kid));
    if (kept === 'refused') return;
    if (id === page.id) {
      sealed = value;
      sealedPlace = JSON.stringify(content.place);
    }
    if (kept === 'stored') mine.add(id);
    tell(kept);
  }

  async function remove(by: Writer, id: string): Promise<boolean> {
    const key = recordKey(await by.label(form), id);
    sealed = undefined;
    told = undefined;
    mine.remove(id);
    return (await store.remove((name) => name === key)) > 0;
  }

  /** What is stored of it is nobody's any more, once all of it is. */
  function leave(): void {
    const { release } = page;
    // Only then: what is still being sealed belongs to it, and has been told.
    void after(() => {
      told = undefined;
      return release();
    });
    sealed = undefined;
    page = over.signal.aborted ? page : createPage();
  }

  const offers = createOffers(parts, options, {
    writer: () => (writer ? Promise.resolve(writer) : binding),
    async restored() {
      isDirty = true;
      const value = valueText();
      await flush();
      return value !== undefined && sealed === value;
    },
  });

  const draft: Draft = {
    async offers({ signal } = {}) {
      if (signal?.aborted) throw signal.reason;
      try {
        return await untilAborted(untilAborted(offers(), over.signal), signal);
      } catch (problem) {
        if (over.signal.aborted && !signal?.aborted) return [];
        throw problem;
      }
    },
    changed,
    save: flush,
    async discard() {
      rest();
      beginning = valueText();
      const by = writer;
      const { id } = page;
      if (!by) return;
      await after(async () => {
        if (await remove(by, id)) report({ type: 'draft-discarded', form, because: 'done' });
      });
    },
    stop() {
      if (over.signal.aborted) return;
      void flush();
      unwatch?.();
      over.abort();
      beginning = undefined;
      leave();
      stopped();
    },
  };

  return {
    draft,
    kind,
    bind(next) {
      // It is another person's: they are offered nothing of it, and nothing that is left in it is sealed as theirs.
      if (first !== undefined && first !== next.subject) return draft.stop();
      first = next.subject;
      writer = next;
      // The device's key is made where somebody needs it.
      next.keys(kind);
      bound(next);
      if (isDirty) changed();
    },
    wake() {
      if (isDirty) void flush();
    },
    flush,
    part(saved) {
      if (!writer) return;
      if (saved) void flush();
      if (saved && isDirty) tell('no-key');
      rest();
      writer = undefined;
      binding = nextBinding();
      leave();
      source.clear?.();
      beginning = valueText();
    },
  };
}
