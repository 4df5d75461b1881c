/** A state that can be read and followed; listeners hear of real changes only. */

export interface Cell<State extends object> {
  get(): State;
  /** Sets the state, unless it says the same as before, member by member. */
  set(next: State): void;
  /** Calls back with `(state, previous)` on each change, not at once. Returns the function that ends it. */
  subscribe(listener: (state: State, previous: State) => void): () => void;
}

export function createCell<State extends object>(initial: State): Cell<State> {
  const listeners = new Set<(state: State, previous: State) => void>();
  let state = initial;
  return {
    get: () => state,
    set(next) {
      const previous = state;
      if (same(previous, next)) return;
      state = next;
      for (const listener of [...listeners]) listener(next, previous);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function same(a: object, b: object): boolean {
  const members = Object.entries(a);
  const others = new Map<string, unknown>(Object.entries(b));
  return members.length === others.size && members.every(([name, value]) => Object.is(value, others.get(name)));
}
