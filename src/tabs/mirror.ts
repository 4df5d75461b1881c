/** The mirror: what is kept in shared storage for tabs that are not there. */

import type { Report } from '../events.js';
import { CodecProblem, decodeKept, encodeKept, type Kept } from '../facts/codec.js';
import { join } from '../facts/join.js';
import type { Memory, Store } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration, ServerTime } from '../time/instant.js';
import { decodeBegun, decodeInstant, decodeLoop, decodeReceipt, decodeSignIn, decodeUntold } from './notes.js';

/** Untold ends beyond this many are forgotten, oldest first: the server expires them by itself. */
const MOST_UNTOLD = 8;
/** Bad values are reported at most this often. */
const REPORT_SPACING: Duration = 1_000;
/** What cannot be read is written over no more often than this. */
const OVERWRITE_SPACING: Duration = 1_000;
/** Storage that has refused a value is tried again this much later. */
const RETRY_SPACING: Duration = 1_000;
/** A stored value longer than this was not written by us. */
const LONGEST_TEXT = 262_144;

/** What stands beside the facts, each under a key of its own. */
type Note = 'begun' | 'sign-in' | 'receipt' | 'loop' | 'signed-out' | 'untold';
type Stored = Note | 'facts';

interface MirrorParts {
  readonly name: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly now: () => ServerTime | undefined;
  readonly report: Report;
  /** Whether somebody signs in in another tab: over what the begun key names, as they found it. */
  readonly isSigningIn: () => boolean;
}

/**
 * Makes the mirror of one SDK name. Facts are joined into it; the begun key, the receipt and the untold ends have keys
 * of their own, which are never rewritten from a joined value.
 *
 * Where storage is blocked or full this tab remembers for itself: a late tab then starts from the server.
 */
export function createMirror({ name, store, clock, now, report, isSigningIn }: MirrorParts): Memory {
  /** What the storage has not taken: this tab remembers it, and stores it as soon as it can. */
  const unsaved = new Map<Stored, string>();
  const ownWatchers = new Set<() => void>();
  let degraded = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  let rejectedAt = Number.NEGATIVE_INFINITY;
  let overwroteAt = Number.NEGATIVE_INFINITY;
  let lastText: string | undefined;
  let lastKept: Kept | undefined;

  /** Notes as they were read last: they are asked for at every turn, and seldom change. */
  const notes = new Map<Note, { readonly text: string; readonly value: unknown }>();

  const prefix = `nightlatch:${name}:`;
  const keys: Readonly<Record<Stored, string>> = {
    facts: `${prefix}facts`,
    begun: `${prefix}begun`,
    'sign-in': `${prefix}sign-in`,
    receipt: `${prefix}receipt`,
    loop: `${prefix}loop`,
    'signed-out': `${prefix}signed-out`,
    untold: `${prefix}untold`,
  };

  function degrade(problem: unknown): void {
    if (degraded) return;
    degraded = true;
    report({ type: 'tab-sync-degraded', part: 'mirror', problem: String(problem) });
  }

  function get(what: Stored): string | undefined {
    try {
      const stored = store.get(keys[what]);
      // Another tab was able to write: what it wrote is what all the others see.
      if (stored !== null) unsaved.delete(what);
      return stored ?? save(what);
    } catch (problem) {
      degrade(problem);
      return unsaved.get(what);
    }
  }

  /** Stores what could not be stored before, and returns it. */
  function save(what: Stored): string | undefined {
    const text = unsaved.get(what);
    if (text === undefined || clock.read().monotonic - failedAt < RETRY_SPACING) return text;
    if (what === 'begun' && isSigningIn()) return text;
    try {
      store.set(keys[what], text);
      unsaved.delete(what);
    } catch {
      // Still refused, as was reported; there is nothing to remove, and other tabs need not hear of it.
      failedAt = clock.read().monotonic;
    }
    return text;
  }

  /** A value that cannot be written is removed: missing is better than stale. */
  function set(what: Stored, text: string): void {
    unsaved.set(what, text);
    try {
      store.set(keys[what], text);
      unsaved.delete(what);
    } catch (problem) {
      failedAt = clock.read().monotonic;
      degrade(problem);
      try {
        store.remove(keys[what]);
      } catch {
        // Storage that can be neither written nor cleared was reported above.
      }
    }
  }

  function remove(what: Stored): void {
    unsaved.delete(what);
    try {
      store.remove(keys[what]);
    } catch (problem) {
      degrade(problem);
    }
  }

  /** Storage tells other tabs of a change, never the one that made it. */
  function tellOwn(): void {
    for (const changed of [...ownWatchers]) changed();
  }

  function reject(problem: unknown): void {
    const now = clock.read().monotonic;
    if (now - rejectedAt < REPORT_SPACING) return;
    rejectedAt = now;
    report({
      type: 'message-rejected',
      from: 'mirror',
      problem: problem instanceof Error ? problem.message : String(problem),
    });
  }

  function read(): Kept | undefined {
    const text = get('facts');
    if (text === lastText) return lastKept;
    lastText = text;
    lastKept = undefined;
    if (text === undefined) return undefined;
    try {
      if (text.length > LONGEST_TEXT) throw new CodecProblem('the stored value is too long');
      lastKept = decodeKept(text);
    } catch (problem) {
      reject(problem);
    }
    return lastKept;
  }

  function value<T>(what: Note, decode: (input: unknown) => T | undefined): T | undefined {
    const text = get(what);
    if (text === undefined || text.length > LONGEST_TEXT) return undefined;
    const known = notes.get(what);
    // Each note has one decoder.
    if (known?.text === text) return known.value as T | undefined;
    try {
      const read = decode(JSON.parse(text));
      notes.set(what, { text, value: read });
      return read;
    } catch (problem) {
      reject(problem);
      return undefined;
    }
  }

  return {
    read,
    write(facts, over) {
      const known = read();
      if (lastText !== undefined && !known) {
        // Another version of us may stand behind it, which cannot read what this one writes either: they would write for ever.
        if (clock.read().monotonic - overwroteAt < OVERWRITE_SPACING) return;
        overwroteAt = clock.read().monotonic;
      }
      const joined = over ? facts : join(known?.facts ?? {}, facts);
      const text = encodeKept(joined, now(), clock.read());
      set('facts', text);
    },
    begun: () => value('begun', decodeBegun),
    setBegun(begun) {
      set('begun', JSON.stringify(begun));
      tellOwn();
    },
    signIn: () => value('sign-in', decodeSignIn),
    setSignIn(note) {
      if (note) set('sign-in', JSON.stringify(note));
      else remove('sign-in');
      tellOwn();
    },
    receipt: () => value('receipt', decodeReceipt),
    setReceipt: (receipt) => set('receipt', JSON.stringify(receipt)),
    loop: () => value('loop', decodeLoop),
    setLoop: (loop) => set('loop', JSON.stringify(loop)),
    signedOut: () => value('signed-out', decodeInstant),
    setSignedOut: (at) => set('signed-out', JSON.stringify(at)),
    untold: () => (value('untold', decodeUntold) ?? []).slice(-MOST_UNTOLD),
    setUntold: (untold) => set('untold', JSON.stringify(untold.slice(-MOST_UNTOLD))),
    watch: (changed) =>
      store.watch((changedKey) => {
        if (changedKey === null || changedKey.startsWith(prefix)) changed();
      }),
    watchDoor(changed) {
      ownWatchers.add(changed);
      const stop = store.watch((changedKey) => {
        if (changedKey === null || changedKey === keys.begun || changedKey === keys['sign-in']) changed();
      });
      return () => {
        ownWatchers.delete(changed);
        stop();
      };
    },
  };
}
