/** Storage that the tabs of one origin share, as several processes see it: written here now, seen there a little later. */
import type { Store } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Conditions } from './conditions.js';
import type { PageLife } from './page-life.js';
import { type Random, within } from './random.js';

/** What all tabs share, as the test may look into it and reach into it. */
export interface FakeStorage {
  /** What the browser holds, whatever a single tab may still see. */
  readonly contents: ReadonlyMap<string, string>;
  /** Another script of the origin writes a value, or removes it (`null`). */
  put(key: string, value: string | null): void;
  /** Somebody clears the site's storage. Tabs hear of it with the key `null`, or not at all. */
  clear(): void;
  /** The storage as one page sees it. */
  open(page: PageLife): Store;
}

interface Window {
  readonly page: PageLife;
  readonly seen: Map<string, string>;
  /** Writes of this page that the browser has not taken in yet: until then it keeps to its own value. */
  readonly pending: Map<string, number>;
  readonly watchers: Set<(key: string | null) => void>;
  /** News reaches a page in order. */
  lastNews: number;
}

function see(own: Window, key: string | null, value: string | null): void {
  if (key === null) {
    for (const one of [...own.seen.keys()]) if (!own.pending.has(one)) own.seen.delete(one);
  } else if (!own.pending.has(key)) {
    if (value === null) own.seen.delete(key);
    else own.seen.set(key, value);
  }
}

/** Makes the storage of one origin. */
export function createFakeStorage(clock: Clock, random: Random, conditions: Conditions): FakeStorage {
  const contents = new Map<string, string>();
  const windows = new Set<Window>();
  const now = () => clock.read().monotonic;

  function refuse(writing: boolean): void {
    if (conditions.storage === 'blocked')
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    if (writing && conditions.storage === 'full')
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  }

  function commit(key: string, value: string | null, writer: Window | undefined): void {
    if (value === null) contents.delete(key);
    else contents.set(key, value);
    for (const other of windows) if (other !== writer) inform(other, key, value);
  }

  /** Brings news to a page, no sooner than the news before it. */
  function inform(other: Window, key: string | null, value: string | null): void {
    const due = Math.max(now() + within(random, conditions.storageDelay), other.lastNews);
    other.lastNews = due;
    const isHeard = random() >= conditions.storageEventLoss;
    const arrive = (): void => {
      see(other, key, value);
      if (!isHeard) return;
      other.page.deliver(() => {
        for (const changed of [...other.watchers]) changed(key);
      });
    };
    // Where nothing takes time the value is there at once, but the event is a task of its own all the same.
    if (due <= now()) see(other, key, value);
    clock.wait(due - now(), arrive);
  }

  function write(own: Window, key: string, value: string | null): void {
    refuse(value !== null);
    if (value === null) own.seen.delete(key);
    else own.seen.set(key, value);
    const delay = within(random, conditions.storageDelay);
    if (delay === 0) return commit(key, value, own);
    own.pending.set(key, (own.pending.get(key) ?? 0) + 1);
    // A page's own writes keep their order too.
    const due = Math.max(now() + delay, own.lastNews);
    own.lastNews = due;
    clock.wait(due - now(), () => {
      const left = (own.pending.get(key) ?? 1) - 1;
      if (left > 0) own.pending.set(key, left);
      else own.pending.delete(key);
      commit(key, value, own);
    });
  }

  return {
    contents,
    put: (key, value) => commit(key, value, undefined),
    clear() {
      contents.clear();
      for (const one of windows) inform(one, null, null);
    },
    open(page) {
      const own: Window = { page, seen: new Map(contents), pending: new Map(), watchers: new Set(), lastNews: 0 };
      windows.add(own);
      page.whenGone(() => windows.delete(own));
      return {
        get(key) {
          refuse(false);
          return own.seen.get(key) ?? null;
        },
        set(key, value) {
          if (page.isGone()) return;
          write(own, key, value);
        },
        remove(key) {
          if (page.isGone()) return;
          write(own, key, null);
        },
        watch(changed) {
          own.watchers.add(changed);
          return () => own.watchers.delete(changed);
        },
      };
    },
  };
}

/** What one tab keeps over a reload: nobody else sees it, and nobody else changes it. */
export function createOwnStore(kept: Map<string, string>, conditions: Conditions): Store {
  const refuse = (): void => {
    if (conditions.storage === 'blocked')
      throw new DOMException('Access is denied for this document.', 'SecurityError');
  };
  return {
    get(key) {
      refuse();
      return kept.get(key) ?? null;
    },
    set(key, value) {
      refuse();
      kept.set(key, value);
    },
    remove(key) {
      refuse();
      kept.delete(key);
    },
    watch: () => () => {},
  };
}
