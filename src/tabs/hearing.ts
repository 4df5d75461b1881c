/** Hearing: what other tabs and the mirror say is taken in by the rules, and what they only claim is asked about. */
import { type Facts, spoken, type Tombstone } from '../facts/facts.js';
import { compareSessions, includes, sameLease } from '../facts/join.js';
import type { Ledger } from '../ledger.js';
import type { Memory } from '../ports.js';
import { type Claim, type Hearing, hearing, hearingAlone, otherSession } from '../rules/admit.js';

export interface HearingParts {
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly hasBackend: boolean;
  /** Raises a claim; whether it is news. */
  readonly raise: (claim: Claim) => boolean;
  /** Makes several changes one: the view is computed after the last. */
  readonly together: (changes: () => void) => void;
  /** A claim has become void. */
  readonly withdraw: (claim: Claim) => void;
  /** The claims that wait for an answer. */
  readonly open: () => readonly Claim[];
  /** Something was learnt. */
  readonly learnt: () => void;
  /** Test seams: the session order, and the look into the mirror. */
  readonly isOrdered?: boolean;
  readonly readsMirror?: boolean;
}

/** More than this is forgotten at once; at worst something is asked about again. */
const MOST_KEPT = 200;

export interface Listening {
  /** The server has overruled some of what was known: it is not learnt again, and the mirror is written over. */
  refute(known: Facts): void;
  /** Takes in what was said. */
  hear(facts: Facts): void;
  /** The facts with the tombstone of their session, if one was heard of or stands in the mirror. */
  buried(facts: Facts): Facts;
  /** Takes in what the mirror says, and writes over what the server has refuted. */
  readMirror(): void;
  /** The mirror was emptied or set back while a session is shown here: it is written again. */
  writeBack(): void;
}

export function createListening(parts: HearingParts): Listening {
  const { ledger, memory, hasBackend } = parts;
  /** What the mirror was written over for. */
  const healed = new Set<string>();
  /** What the server has overruled: it is not learnt a second time. */
  const refuted = new Set<string>();

  /** Tombstones of sessions that this tab did not know when it heard of them: a late answer may still name one. */
  const graves = new Map<string, Tombstone>();

  function bury({ session, end }: Facts): void {
    if (!session || !end) return;
    if (graves.size > MOST_KEPT) graves.clear();
    graves.set(session.id, end);
    // A page that shows one session still has to ask whether this browser holds it; one that shows none need not.
    if (!ledger.facts().session) parts.withdraw(otherSession(session));
  }

  function withoutRefuted(heard: Facts): Facts {
    if (refuted.size === 0) return heard;
    const { lease, authenticatedAt, acr, ...rest } = heard;
    return {
      ...rest,
      ...(lease && !refuted.has(JSON.stringify(lease)) ? { lease } : {}),
      ...(authenticatedAt !== undefined && !refuted.has(String(authenticatedAt)) ? { authenticatedAt } : {}),
      ...(acr !== undefined && !refuted.has(String(authenticatedAt)) ? { acr } : {}),
    };
  }

  function judge(heard: Facts): Hearing {
    const facts = ledger.facts();
    if (!hasBackend) return hearingAlone(heard, facts);
    return hearing(heard, { facts, standing: ledger.standing(), view: ledger.view(), reading: ledger.reading() });
  }

  /** Returns whether something of it waits for an answer. */
  function hear(heard: Facts): boolean {
    if (parts.isOrdered === false && heard.session) {
      ledger.overrule(heard);
      return false;
    }
    bury(heard);
    const { learn, claims } = judge(withoutRefuted(heard));
    let waits = false;
    // What is learnt and what is only claimed were said together: a shorter deadline, and the leads that go with it.
    parts.together(() => {
      if (learn.session) ledger.learn(learn);
      waits = claims.map((claim) => parts.raise(claim)).includes(true);
    });
    if (learn.session) parts.learnt();
    return waits;
  }

  /**
   * Whether the mirror says something that was asked about, and that the server did not confirm. True once for each
   * thing said: two tabs that disagree do not write over each other for ever.
   */
  function isRefuted(kept: Facts): boolean {
    const { session } = ledger.facts();
    if (!hasBackend || ledger.standing().opened !== session?.id || parts.open().length > 0) return false;
    const news = judge(kept).claims.filter(({ key }) => !healed.has(key));
    if (healed.size > MOST_KEPT) healed.clear();
    for (const { key } of news) healed.add(key);
    return news.length > 0;
  }

  function buried(facts: Facts): Facts {
    const { session } = facts;
    const kept = memory.read()?.facts;
    const end = kept?.session?.id === session?.id ? kept?.end : undefined;
    const known = end ?? graves.get(session?.id ?? '');
    return known && !facts.end ? { ...facts, end: known } : facts;
  }

  return {
    refute({ lease, authenticatedAt }) {
      const known = ledger.facts();
      if (refuted.size > MOST_KEPT) refuted.clear();
      if (lease && !sameLease(lease, known.lease)) refuted.add(JSON.stringify(lease));
      if (authenticatedAt !== undefined && authenticatedAt !== known.authenticatedAt)
        refuted.add(String(authenticatedAt));
      // A tombstone in it is not refuted by that (E3).
      memory.write(buried(known), true);
    },
    hear: (facts) => void hear(facts),
    buried,
    readMirror() {
      const kept = parts.readsMirror === false ? undefined : memory.read();
      if (!kept) return;
      const waits = hear(kept.facts);
      if (!waits && isRefuted(kept.facts)) memory.write(ledger.facts(), true);
    },
    writeBack() {
      const facts = spoken(ledger.facts());
      const { opened, replacedAt } = ledger.standing();
      if (!facts.session || opened !== facts.session.id || replacedAt !== undefined) return;
      const kept = memory.read()?.facts ?? {};
      const order = kept.session ? compareSessions(kept.session, facts.session) : 0;
      // An earlier session was written by a tab that did not see ours yet, if the begun key still names ours.
      const isSetBack = order === 0 || (order < 0 && memory.begun()?.id === facts.session.id);
      if (isSetBack && !includes(kept, facts)) memory.write(facts);
    },
  };
}
