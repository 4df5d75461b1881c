/** The rules in force, and all that were: each edition whole, numbered, and signed by who made it. */
import { canonicalText } from './canonical.js';
import type { Rule } from './rule.js';

export interface Edition {
  /** 1, 2, 3, … */
  readonly version: number;
  readonly rules: readonly Rule[];
  /** How often each rule has been changed, by name, from 1. */
  readonly ruleVersions: Readonly<Record<string, number>>;
  readonly at: number;
  /** The username of whoever made it, or `system`. */
  readonly by: string;
  /** In their words. */
  readonly reason: string | null;
}

export type Author = Pick<Edition, 'at' | 'by' | 'reason'>;

export interface Rulebook {
  current(): Edition;
  /** All editions, newest first. */
  history(): readonly Edition[];
  /** Puts what `change` makes of the rules in force, in one step: the edition that now is, the old one where nothing changed. */
  publish(change: (rules: readonly Rule[]) => readonly Rule[], author: Author): Edition;
}

/** How many editions are kept to go back to. */
const editionsKept = 1_000;

/** Keeps them in memory. A server of many nodes keeps them where its sessions are. */
export function createRulebook(initial: readonly Rule[], at: number): Rulebook {
  const ruleVersions = Object.fromEntries(initial.map(({ name }) => [name, 1]));
  let current: Edition = { version: 1, rules: initial, ruleVersions, at, by: 'system', reason: null };
  const editions = [current];
  return {
    current: () => current,
    history: () => [...editions].reverse(),
    publish(change, author) {
      const next = nextEdition(current, change(current.rules), author);
      if (next === current) return current;
      current = next;
      editions.push(next);
      if (editions.length > editionsKept) editions.shift();
      return current;
    },
  };
}

function nextEdition(edition: Edition, rules: readonly Rule[], author: Author): Edition {
  if (canonicalText(rules) === canonicalText(edition.rules)) return edition;
  const before = new Map(edition.rules.map((rule) => [rule.name, rule]));
  const changed = rules.filter((rule) => canonicalText(before.get(rule.name)) !== canonicalText(rule));
  const ruleVersions = {
    // The numbers of rules that are gone are kept, so that none is used twice.
    ...edition.ruleVersions,
    ...Object.fromEntries(changed.map(({ name }) => [name, versionOf(edition, name) + 1])),
  };
  return { ...author, version: edition.version + 1, rules, ruleVersions };
}

export const versionOf = ({ ruleVersions }: Edition, name: string): number =>
  Object.hasOwn(ruleVersions, name) ? (ruleVersions[name] ?? 0) : 0;

/** What somebody wants changed: rules to be put in place of those of the same name, or after them all, and rules to be gone. */
export interface RuleChange {
  readonly put: readonly Rule[];
  readonly remove: readonly string[];
}

export function rulesChanged(rules: readonly Rule[], { put, remove }: RuleChange): readonly Rule[] {
  const named = new Map(put.map((rule) => [rule.name, rule]));
  const known = new Set(rules.map(({ name }) => name));
  return [
    ...rules.filter(({ name }) => !remove.includes(name)).map((rule) => named.get(rule.name) ?? rule),
    ...put.filter(({ name }) => !known.has(name)),
  ];
}

/** The names of the rules that are new, other than they were, and gone. */
export function ruleDifference(before: readonly Rule[], after: readonly Rule[]) {
  const named = (rules: readonly Rule[]) => new Map(rules.map((rule) => [rule.name, canonicalText(rule)]));
  const [was, is] = [named(before), named(after)];
  return {
    added: [...is.keys()].filter((name) => !was.has(name)),
    changed: [...is].filter(([name, text]) => was.has(name) && was.get(name) !== text).map(([name]) => name),
    removed: [...was.keys()].filter((name) => !is.has(name)),
  };
}
