/** Changing the rules as people should: looked at first, put in force in one step, now or at an instant, and taken back. */
import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.js';
import type { Routes } from '../policies/resolve.js';
import type { Rule } from '../policies/rule.js';
import { InvalidRules, ruleFault } from '../policies/rule-faults.js';
import { type Edition, type Rulebook, type RuleChange, rulesChanged } from '../policies/rulebook.js';
import type { SessionPorts } from '../sessions/update-session.js';
import type { Clock } from '../time/clock.js';
import type { Administration, Signature } from './administration.js';
import { type DryRun, digestOf, dryRun } from './dry-run.js';

/** A change, or an edition to go back to. */
export type Proposal = RuleChange | { readonly revertTo: number };

export interface Scheduled extends Signature {
  readonly id: string;
  readonly at: number;
  readonly change: RuleChange;
}

/** What is to be put in force is not what was looked at: other rules, or on top of others. */
export class DryRunOutdated extends Error {
  override readonly name = 'DryRunOutdated' as const;
}

const mostPlans = 100;

export interface PolicyUpdates {
  /** Throws `InvalidRules`, as all of these, where the rules would not hold together. */
  tryOut(proposal: Proposal): Promise<DryRun>;
  /** Puts in force what was tried out under this digest; throws `DryRunOutdated` where that is something else by now. */
  apply(proposal: Proposal, digest: string, signature: Signature): Promise<Edition>;
  /** The same, at an instant, on top of the rules that are in force then. */
  schedule(change: RuleChange, digest: string, plan: Signature & { readonly at: number }): Promise<Scheduled>;
  /** What is planned, in the order of its time. */
  scheduled(): readonly Scheduled[];
  /** Returns false if there is no such plan. */
  cancel(id: string): boolean;
  start(): void;
  /** Takes back all alarms; plans stay, and are kept when it starts again. */
  stop(): void;
}

export function createPolicyUpdates(parts: {
  readonly ports: SessionPorts & { readonly audit: Pick<AuditLog, 'record'> };
  readonly rulebook: Rulebook;
  readonly administration: Pick<Administration, 'publish' | 'liveSessions'>;
  readonly clock: Clock;
  readonly routes: () => Routes;
}): PolicyUpdates {
  const { ports, rulebook, administration, clock, routes } = parts;
  const plans = new Map<string, Scheduled>();
  const alarms = new Map<string, () => void>();
  let isStarted = false;

  function rulesOf(proposal: Proposal, current: readonly Rule[]): readonly Rule[] {
    const rules = 'revertTo' in proposal ? editionOf(proposal.revertTo).rules : rulesChanged(current, proposal);
    const fault = ruleFault(rules);
    if (fault !== null) throw new InvalidRules(fault);
    return rules;
  }

  function editionOf(version: number): Edition {
    const edition = rulebook.history().find((one) => one.version === version);
    if (edition !== undefined) return edition;
    throw new InvalidRules({ member: 'revert_to', message: `There is no edition ${version} to go back to.` });
  }

  /** The rules, if they are those that were tried out. */
  function triedOut(proposal: Proposal, digest: string, current: readonly Rule[]): readonly Rule[] {
    const rules = rulesOf(proposal, current);
    if (digestOf(rulebook.current().version, rules) !== digest) throw new DryRunOutdated();
    return rules;
  }

  function arm(plan: Scheduled): void {
    if (isStarted)
      alarms.set(
        plan.id,
        clock.alarm(plan.at, () => void carryOut(plan)),
      );
  }

  async function carryOut({ id, change, by, reason }: Scheduled): Promise<void> {
    alarms.delete(id);
    if (!plans.delete(id)) return;
    try {
      await administration.publish((rules) => rulesOf(change, rules), { by, reason });
    } catch (error) {
      if (!(error instanceof InvalidRules)) throw error;
      // The rules that it was planned on are others by now.
      const detail = { change: 'rules', plan: id, failed: error.message };
      ports.audit.record({ event: 'authz_admin', level: 'WARN', userid: by, detail });
    }
  }

  return {
    async tryOut(proposal) {
      const [sessions, now] = [await administration.liveSessions(), await ports.store.now()];
      const edition = rulebook.current();
      const around = { sessions, now, routes: routes(), circumstances: ports.circumstances };
      return dryRun(edition, rulesOf(proposal, edition.rules), around);
    },

    apply: (proposal, digest, signature) =>
      administration.publish((rules) => triedOut(proposal, digest, rules), signature),

    async schedule(change, digest, { at, by, reason }) {
      triedOut(change, digest, rulebook.current().rules);
      if (at <= (await ports.store.now())) {
        throw new InvalidRules({
          member: 'at',
          message: 'at must lie ahead; what is to be in force now needs no plan.',
        });
      }
      if (plans.size >= mostPlans) {
        throw new InvalidRules({ member: 'at', message: `There are ${mostPlans} plans already. Cancel one first.` });
      }
      const plan = { id: randomUUID(), at, change, by, reason };
      plans.set(plan.id, plan);
      arm(plan);
      return plan;
    },

    scheduled: () => [...plans.values()].sort((a, b) => a.at - b.at),

    cancel(id) {
      alarms.get(id)?.();
      alarms.delete(id);
      return plans.delete(id);
    },

    start() {
      isStarted = true;
      for (const plan of plans.values()) arm(plan);
    },

    stop() {
      isStarted = false;
      for (const cancel of alarms.values()) cancel();
      alarms.clear();
    },
  };
}
