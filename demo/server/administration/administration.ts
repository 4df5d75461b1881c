/** What an administrator can do to sessions while they run. */
import type { People } from '../people/people.js';
import type { Role } from '../people/rights.js';
import type { Policy, PolicyChange } from '../policies/policy.js';
import { policyAtRisk, type RiskLevel } from '../policies/risk.js';
import type { RolePolicies } from '../policies/role-policies.js';
import { ended } from '../sessions/ended.js';
import { noticed } from '../sessions/noticed.js';
import { policyApplied } from '../sessions/policy-applied.js';
import type { ReasonForUser, Session } from '../sessions/session.js';
import { settled } from '../sessions/settled.js';
import { type SessionPorts, updateSession } from '../sessions/update-session.js';

/** Why an administrator ends a session. */
export interface Revocation {
  readonly reason: string;
  readonly reasonForUser?: ReasonForUser;
}

export interface Administration {
  /** All sessions that are open now, newest first. */
  liveSessions(): Promise<readonly Session[]>;
  /** Returns false if there is no such live session. */
  end(id: string, revocation: Revocation): Promise<boolean>;
  /** Ends all of a person's sessions and returns their ids. */
  endAllOf(username: string, revocation: Revocation): Promise<readonly string[]>;
  /** Puts the change in force for the role, its running sessions included. */
  changePolicy(role: Role, change: PolicyChange): Promise<Policy>;
  /** Follows the risk of one session: shorter limits at `MEDIUM`, its end at `HIGH`. Returns false as `end` does. */
  changeRisk(id: string, level: RiskLevel): Promise<boolean>;
  /** Sets a person's password and ends their sessions. Returns false if there is no such person. */
  resetPassword(username: string, password: string): Promise<boolean>;
}

export function createAdministration(
  ports: SessionPorts & { readonly policies: RolePolicies; readonly people: Pick<People, 'changePassword'> },
): Administration {
  const { store, policies, people } = ports;

  async function liveSessions(): Promise<readonly Session[]> {
    const now = await store.now();
    const sessions = (await store.list()).map((session) => settled(session, now));
    return sessions.filter(({ end }) => end === null).sort((a, b) => b.order - a.order);
  }

  const sessionsOf = async (isMeant: (session: Session) => boolean): Promise<readonly Session[]> =>
    (await liveSessions()).filter(isMeant);

  /** Makes the change if the session is live, and says whether it was. */
  async function changeLive(id: string, change: (session: Session, now: number) => Session): Promise<boolean> {
    const updated = await updateSession(ports, id, (session, now) =>
      session.end === null ? { session: change(session, now), result: true } : { session, result: false },
    );
    return updated?.result ?? false;
  }

  const end = (id: string, revocation: Revocation): Promise<boolean> =>
    changeLive(id, (session, at) => ended(session, { ...revocation, at, initiatingEntity: 'admin' }));

  return {
    liveSessions,
    end,

    async endAllOf(username, revocation) {
      const ids: string[] = [];
      for (const { id } of await sessionsOf((session) => session.username === username)) {
        if (await end(id, revocation)) ids.push(id);
      }
      return ids;
    },

    async changePolicy(role, change) {
      const before = policies.of(role);
      const policy = policies.change(role, change);
      if (policy === before) return policy;
      for (const { id } of await sessionsOf((session) => session.role === role)) {
        await changeLive(id, (session, now) => policyApplied(session, policyAtRisk(policy, session.risk), now));
      }
      return policy;
    },

    changeRisk: (id, level) =>
      changeLive(id, (session, now) => riskChanged(session, level, { now, rolePolicy: policies.of(session.role) })),

    async resetPassword(username, password) {
      if (!(await people.changePassword(username, password))) return false;
      for (const { id } of await sessionsOf((session) => session.username === username)) {
        await changeLive(id, passwordChanged);
      }
      return true;
    },
  };
}

function riskChanged(
  session: Session,
  level: RiskLevel,
  { now, rolePolicy }: { readonly now: number; readonly rolePolicy: Policy },
): Session {
  if (session.risk === level) return session;
  const told = noticed(session, {
    event: 'risk-level-change',
    at: now,
    initiatingEntity: 'admin',
    members: { principal: 'SESSION', current_level: level, previous_level: session.risk },
  });
  if (level === 'HIGH') return ended(told, { reason: 'risk', at: now, initiatingEntity: 'admin' });
  return policyApplied({ ...told, risk: level }, policyAtRisk(rolePolicy, level), now);
}

function passwordChanged(session: Session, now: number): Session {
  const told = noticed(session, {
    event: 'credential-change',
    at: now,
    initiatingEntity: 'admin',
    members: { credential_type: 'password', change_type: 'update' },
  });
  return ended(told, { reason: 'credential-change', at: now, initiatingEntity: 'admin' });
}
