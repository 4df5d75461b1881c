/** What the latch told of itself in this tab, kept over a reload so that the page after an end can still show how it came. */
import type { NightlatchEvent } from 'nightlatch';

/** Not under the prefix of the app's data: a wipe takes that, and this is what shows the wipe. */
const KEY = 'demo-journal';
const MOST = 40;

export interface Entry {
  /** Counts the events of this tab, so that each can be told from the others. */
  readonly number: number;
  readonly event: NightlatchEvent;
}

export interface Journal {
  record(event: NightlatchEvent): void;
  /** Newest first. The same list until something is recorded. */
  list(): readonly Entry[];
  subscribe(changed: () => void): () => void;
}

export function createJournal(): Journal {
  let entries: readonly Entry[] = kept();
  const listeners = new Set<() => void>();
  return {
    record(event) {
      entries = [{ number: (entries[0]?.number ?? 0) + 1, event }, ...entries].slice(0, MOST);
      sessionStorage.setItem(KEY, JSON.stringify(entries));
      // As the script tag does: for whoever watches the page from outside, in the browser's console or in a test.
      window.dispatchEvent(new CustomEvent('nightlatch', { detail: event }));
      for (const changed of listeners) changed();
    },
    list: () => entries,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

function kept(): readonly Entry[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
