/** The client's word on operations: one object each until it changes, and whoever wants to hear of that. */
import type { Ledger } from './ledger.js';
import { type Asked, type OperationView, operationChange, operationView } from './rules/freshness.js';
import type { SessionView } from './rules/view.js';
import { type Duration, earlier, type ServerTime, serverTime } from './time/instant.js';

/** Is told what became of an operation, and what was so before. */
export type OperationListener = (operation: OperationView, previous: OperationView) => void;

export interface Operations {
  /** What is so of an operation in a view, now; the same object until it says something else. */
  read(view: SessionView, name: string, margin: Duration): OperationView;
  /** Calls `listener` on each change from now on. Returns a function that ends it. */
  watch(view: SessionView, name: string, margin: Duration, listener: OperationListener): () => void;
  /** When time alone changes the word on an operation that somebody watches. */
  nextChange(view: SessionView): ServerTime | undefined;
  /** Tells those who watch of what has changed. */
  tell(view: SessionView): void;
}

interface Watch {
  readonly name: string;
  readonly margin: Duration;
  readonly listener: OperationListener;
  told: OperationView;
}

/** As many as a policy can name. Names beyond them are made up: they are remembered anew. */
const MOST_REMEMBERED = 1_000;
const NO_TIME: ServerTime = serverTime(Number.MAX_SAFE_INTEGER);

/**
 * Makes the words on operations of one tab. Beside the view, not in it: a view that said when each freshness runs out would
 * change for everybody who follows it, and a page that watches no operation would wake for them.
 */
export function createOperations(
  ledger: Pick<Ledger, 'facts' | 'reading'>,
  run: (task: () => void) => void,
): Operations {
  const remembered = new Map<string, OperationView>();
  const watches = new Set<Watch>();

  function asked(operation: string, margin: Duration): Asked {
    return { operation, margin, now: ledger.reading()?.latest ?? NO_TIME, lease: ledger.facts().lease };
  }

  function read(view: SessionView, name: string, margin: Duration): OperationView {
    const next = operationView(view, asked(name, margin));
    const key = `${margin} ${name}`;
    const known = remembered.get(key);
    if (known && isSame(known, next)) return known;
    if (!known && remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, next);
    return next;
  }

  return {
    read,
    watch(view, name, margin, listener) {
      const watch: Watch = { name, margin, listener, told: read(view, name, margin) };
      watches.add(watch);
      return () => void watches.delete(watch);
    },
    nextChange(view) {
      let first: ServerTime | undefined;
      for (const { name, margin } of watches) first = earlier(first, operationChange(view, asked(name, margin)));
      return first;
    },
    tell(view) {
      for (const watch of [...watches]) {
        const previous = watch.told;
        const next = read(view, watch.name, watch.margin);
        watch.told = next;
        if (isSame(previous, next) || !watches.has(watch)) continue;
        run(() => watch.listener(next, previous));
      }
    },
  };
}

function isSame(a: OperationView, b: OperationView): boolean {
  if (a.state === 'open') return b.state === 'open' && a.until === b.until;
  if (a.state !== 'needs-authentication' || b.state !== 'needs-authentication') return a.state === b.state;
  const [one, other] = [a.requirement, b.requirement];
  return one.maxAge === other.maxAge && one.acrValues === other.acrValues;
}
