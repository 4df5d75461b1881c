/** The names of the drafts that this tab has written, over a reload: they are offered before those of other tabs. */

export interface TabDrafts {
  add(id: string): void;
  remove(id: string): void;
  has(id: string): boolean;
  /** Whether this tab has anything stored. */
  isEmpty(): boolean;
}

const MOST = 50;

/** A tab without storage of its own remembers them while the page lives. */
export function createTabDrafts(vault: string, storage: () => Pick<Storage, 'getItem' | 'setItem'>): TabDrafts {
  const key = `nightlatch:${vault}:drafts`;
  let ids: ReadonlySet<string> = read();

  function read(): ReadonlySet<string> {
    try {
      const list: unknown = JSON.parse(storage().getItem(key) ?? '[]');
      return new Set(Array.isArray(list) ? list.filter((id) => typeof id === 'string').slice(-MOST) : []);
    } catch {
      return new Set();
    }
  }

  function keep(next: readonly string[]): void {
    ids = new Set(next.slice(-MOST));
    try {
      storage().setItem(key, JSON.stringify([...ids]));
    } catch {
      // Blocked or full: the order of what is offered is not worth a word.
    }
  }

  return {
    add(id) {
      if (!ids.has(id)) keep([...ids, id]);
    },
    remove(id) {
      if (ids.has(id)) keep([...ids].filter((other) => other !== id));
    },
    has: (id) => ids.has(id),
    isEmpty: () => ids.size === 0,
  };
}
