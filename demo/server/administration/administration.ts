/** What an administrator can do to sessions while they run. */
import type { People } from '../people/people.js';
import type { Role } from '../people/rights.js';
import { type RolePolicy, type RolePolicyChange, rolePolicy, rolePolicyChanged } from '../policies/role-policy.js';
import type { Rule } from '../policies/rule.js';
import type { Author, Edition, Rulebook } from '../policies/rulebook.js';
import { type Signals, signalled } from '../policies/trust.js';
import { ended } from '../sessions/ended.js';
import { noticed } from '../sessions/noticed.js';
import type { ReasonForUser, Session } from '../sessions/session.js';
import { trustChanged } from '../sessions/trust-changed.js';
import { changeSession, lookAt, type SessionPorts, updateSession } from '../sessions/update-session.js';

/** Why an administrator ends a session. */
export interface Revocation {
  readonly reason: string;
  readonly reasonForUser?: ReasonForUser;
}

/** Who changes the rules, and why. */
export type Signature = Omit<Author, 'at'>;

export interface Administration {
  /** All sessions that are open now, newest first. */
  liveSessions(): Promise<readonly Session[]>;
  /** Returns false if there is no such live session. */
  end(id: string, revocation: Revocation): Promise<boolean>;
  /** Ends all of a person's sessions and returns their ids. */
  endAllOf(username: string, revocation: Revocation): Promise<readonly string[]>;
  /** Puts the change in force for the role, its running sessions included. */
  changePolicy(role: Role, change: RolePolicyChange, by?: string): Promise<RolePolicy>;
  /** Puts in force what `change` makes of the rules, in one step: all of it, or where it throws nothing. */
  publish(change: (rules: readonly Rule[]) => readonly Rule[], signature: Signature): Promise<Edition>;
  /** Follows what is known of one session's risk, device and network. Returns false as `end` does. */
  signal(id: string, signals: Partial<Signals>): Promise<boolean>;
  /** The same for all sessions of a person; returns their ids. */
  signalAllOf(username: string, signals: Partial<Signals>): Promise<readonly string[]>;
  /** Gives a person another role. What it takes away is gone at once. Returns false if there is no such person. */
  changeRole(username: string, role: Role): Promise<boolean>;
  /** Sets a person's password and ends their sessions. Returns false if there is no such person. */
  resetPassword(username: string, password: string): Promise<boolean>;
}

export function createAdministration(
  ports: SessionPorts & {
    readonly rulebook: Rulebook;
    readonly people: Pick<People, 'find' | 'changePassword' | 'changeRole'>;
  },
): Administration {
  const { store, rulebook, people } = ports;

  async function liveSessions(): Promise<readonly Session[]> {
    const now = await store.now();
    const sessions = (await store.list()).map((session) => lookAt(ports, session, now));
    return sessions.filter(({ end }) => end === null).sort((a, b) => b.order - a.order);
  }

  const sessionsOf = async (username: string): Promise<readonly Session[]> =>
    (await liveSessions()).filter((session) => session.username === username);

  /** Makes the change if the session is live, and says whether it was. */
  async function changeLive(id: string, change: (session: Session, now: number) => Session): Promise<boolean> {
    const updated = await updateSession(ports, id, (session, now) =>
      session.end === null ? { session: change(session, now), result: true } : { session, result: false },
    );
    return updated?.result ?? false;
  }

  /** Requests go by what is so already; open streams hear of it now. */
  async function tell(isMeant: (session: Session) => boolean = () => true): Promise<void> {
    for (const session of await store.list()) {
      if (session.end === null && isMeant(session)) await changeSession(ports, session.id, (current) => current);
    }
  }

  const signal = (id: string, signals: Partial<Signals>): Promise<boolean> =>
    changeLive(id, (session, now) =>
      trustChanged(session, signalled(session.trust, signals), { now, initiatingEntity: 'admin' }),
    );

  /** Of the person's live sessions, the ids of those with which it could be done. */
  async function eachOf(username: string, act: (id: string) => Promise<boolean>): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const { id } of await sessionsOf(username)) {
      if (await act(id)) ids.push(id);
    }
    return ids;
  }

  async function publish(change: (rules: readonly Rule[]) => readonly Rule[], author: Signature): Promise<Edition> {
    const at = await store.now();
    const before = rulebook.current();
    const edition = rulebook.publish(change, { ...author, at });
    if (edition === before) return edition;
    const detail = { change: 'rules', version: edition.version, previous: before.version, reason: edition.reason };
    ports.audit.record({ event: 'authz_admin', level: 'WARN', userid: edition.by, detail });
    await tell();
    return edition;
  }

  const end = (id: string, revocation: Revocation): Promise<boolean> =>
    changeLive(id, (session, at) => ended(session, { ...revocation, at, initiatingEntity: 'admin' }));

  return {
    liveSessions,
    publish,
    end,

    endAllOf: (username, revocation) => eachOf(username, (id) => end(id, revocation)),

    async changePolicy(role, change, by = 'system') {
      const edition = await publish((rules) => rolePolicyChanged(rules, role, change), { by, reason: null });
      return rolePolicy(edition, role);
    },

    signal,
    signalAllOf: (username, signals) => eachOf(username, (id) => signal(id, signals)),

    async changeRole(username, role) {
      const from = people.find(username)?.role;
      if (from === undefined || !people.changeRole(username, role)) return false;
      ports.audit.record({ event: 'authz_change', level: 'WARN', userid: username, detail: { from, to: role } });
      await tell((session) => session.username === username);
      return true;
    },

    async resetPassword(username, password) {
      if (!(await people.changePassword(username, password))) return false;
      for (const { id } of await sessionsOf(username)) await changeLive(id, passwordChanged);
      return true;
    },
  };
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
