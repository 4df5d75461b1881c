/** The one mutable cell: what this tab knows, where it stands, and the view that follows. */
import { type Facts, NOTHING } from './facts/facts.js';
import { join, sameFacts } from './facts/join.js';
import { NEWCOMER, type Standing } from './rules/standing.js';
import { nextChange, type SessionView, sameView, view } from './rules/view.js';
import type { Reading, ServerTime } from './time/instant.js';

/**
 * What a tab knows. It has two verbs for facts: `learn` joins, and `overrule` takes the server's first-hand word in
 * place of what was known.
 */
export interface Ledger {
  facts(): Facts;
  standing(): Standing;
  /** Server time, or what is known of it; nothing before the first word. */
  reading(): Reading | undefined;
  /** The view for now, computed anew; the same object until something changes. */
  view(): SessionView;
  /** The view as it was at an instant in the past, with what is known now. */
  viewAt(at: ServerTime): SessionView;
  /** When the view changes by itself. */
  nextChange(): ServerTime | undefined;
  /** Counts what was learnt, activity aside: a request that was sent at the present count was sent after all of it. */
  learnt(): number;
  learn(facts: Facts): void;
  overrule(facts: Facts): void;
  /** Changes where this tab stands. */
  stand(change: Partial<Standing>): void;
}

/** For what the view was computed: it stays so until facts or standing change, or time leaves the span. */
interface Validity {
  readonly facts: Facts;
  readonly standing: Standing;
  readonly from: ServerTime | undefined;
  readonly until: ServerTime | undefined;
}

function isWithin({ from, until }: Validity, now: ServerTime | undefined): boolean {
  if (from === undefined || now === undefined) return from === now;
  return from <= now && (until === undefined || now < until);
}

/** Makes an empty ledger. `changed` is called after each change, in the same task. */
export function createLedger(readTime: () => Reading | undefined, changed: () => void): Ledger {
  let facts: Facts = NOTHING;
  let standing: Standing = NEWCOMER;
  let shown: SessionView = view(facts, standing, undefined);
  let learnt = 0;
  let valid: Validity | undefined;

  function replace(next: Facts): void {
    if (sameFacts(next, facts)) return;
    const { lastActivityAt: _a, ...before } = facts;
    const { lastActivityAt: _b, ...after } = next;
    if (!sameFacts(before, after)) learnt += 1;
    facts = next;
    changed();
  }

  /** Computes the view, unless the one that is known holds now. */
  function compute(): Validity {
    const now = readTime();
    if (valid && valid.facts === facts && valid.standing === standing && isWithin(valid, now?.latest)) return valid;
    const next = view(facts, standing, now);
    if (!sameView(shown, next)) shown = next;
    valid = { facts, standing, from: now?.latest, until: nextChange(facts, standing, now) };
    return valid;
  }

  return {
    facts: () => facts,
    standing: () => standing,
    reading: readTime,
    view() {
      compute();
      return shown;
    },
    viewAt: (at) => view(facts, standing, { now: at, earliest: at, latest: at }),
    nextChange: () => compute().until,
    learnt: () => learnt,
    learn: (more) => replace(join(facts, more)),
    overrule: replace,
    stand(change) {
      const next = { ...standing, ...change };
      if (Object.keys(next).every((key) => next[key as keyof Standing] === standing[key as keyof Standing])) return;
      standing = next;
      changed();
    },
  };
}
