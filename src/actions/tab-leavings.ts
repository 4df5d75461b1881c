/** What a page of this tab kept of a session and could not wipe, because it had gone by the end: the next page does it. */
import type { Ledger } from '../ledger.js';
import type { Store, WipeResult } from '../ports.js';

export interface TabLeavingsParts {
  readonly ledger: Ledger;
  /** What this tab keeps over a reload, and over a discarding: which session it has shown. */
  readonly own: Store;
  readonly name: string;
  readonly hasBackend: boolean;
  readonly wipeTab: (sessionId: string) => Promise<readonly WipeResult[]>;
}

export interface TabLeavings {
  /** Reads what an earlier page of this tab has noted. */
  recall(): void;
  /** Wipes what an earlier page showed, if that is over by now: before this page shows another session. */
  look(): void;
  /** Notes what this page shows, until that is over and wiped. */
  follow(): void;
  /** Somebody is about to sign in here: what was shown before is over. */
  sweep(): Promise<void>;
}

export function createTabLeavings({ ledger, own, name, hasBackend, wipeTab }: TabLeavingsParts): TabLeavings {
  const key = `nightlatch:${name}:shown`;
  let noted: string | undefined;
  /** The session that an earlier page showed, while it is not known what became of it. */
  let left: string | undefined;

  function note(sessionId: string | undefined): void {
    if (noted === sessionId) return;
    noted = sessionId;
    try {
      if (sessionId === undefined) own.remove(key);
      else own.set(key, sessionId);
    } catch {
      // Where this tab may keep nothing, there is nothing to wipe later either.
    }
  }

  async function wipe(sessionId: string): Promise<void> {
    const results = await wipeTab(sessionId);
    if (noted === sessionId && results.every(({ outcome }) => outcome === 'wiped')) note(undefined);
  }

  async function sweep(): Promise<void> {
    const sessionId = left;
    left = undefined;
    if (sessionId !== undefined) await wipe(sessionId);
  }

  function isOver(sessionId: string): boolean {
    const { session, end } = ledger.facts();
    const { none, superseded, doubted, held } = ledger.standing();
    if (session?.id === sessionId && end) return true;
    if (none) return !superseded && !doubted;
    return hasBackend && session?.id !== sessionId && held !== undefined && held !== sessionId;
  }

  return {
    recall() {
      try {
        left = own.get(key) ?? undefined;
      } catch {
        left = undefined;
      }
      noted = left;
    },
    look() {
      // Shown again, it is this page's: as any page, it wipes at the end.
      if (left !== undefined && left === ledger.standing().shown?.id) left = undefined;
      if (left !== undefined && isOver(left)) void sweep();
    },
    follow() {
      const { shown, replacedAt } = ledger.standing();
      const { session, end } = ledger.facts();
      if (!shown) return;
      const isOverHere = replacedAt !== undefined || (session?.id === shown.id && end !== undefined);
      if (!isOverHere) note(shown.id);
      else if (noted === shown.id) void wipe(shown.id);
    },
    sweep,
  };
}
