/** Who is signed in, what is known of them, and what an administrator does about it. Instants are Unix seconds, as the server sends them. */
import { learnUsername } from '../../app/src/username.js';
import { call } from './session.js';

export const LEVELS = {
  risk: ['LOW', 'MEDIUM', 'HIGH'],
  device: ['compliant', 'unknown', 'not-compliant'],
  network: ['trusted', 'unknown', 'untrusted'],
} as const;

export type Risk = (typeof LEVELS.risk)[number];
export type Device = (typeof LEVELS.device)[number];
export type Network = (typeof LEVELS.network)[number];

export interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly role: string;
  readonly started_at: number;
  readonly last_activity: number;
  readonly idle_expiry: number | null;
  readonly session_expiry: number | null;
  readonly locked_at: number | null;
  readonly risk: Risk;
  readonly device: Device;
  readonly network: Network;
  readonly streams: number;
  /** This administrator's own. */
  readonly current: boolean;
}

export interface Signals {
  readonly risk?: Risk;
  readonly device?: Device;
  readonly network?: Network;
}

/** By which score a level is said. */
const SCORES: Readonly<Record<Risk, number>> = { LOW: 0, MEDIUM: 40, HIGH: 80 };

export async function loadSessions(signal: AbortSignal): Promise<readonly SessionRow[]> {
  const { sessions } = await call<{ sessions: readonly SessionRow[] }>('/admin/api/sessions', { signal });
  const own = sessions.find(({ current }) => current);
  if (own) learnUsername(own.id, own.username);
  return sessions;
}

const post = <T>(path: string, body: unknown = {}): Promise<T> => call(`/admin/api/${path}`, { method: 'POST', body });

export const endSession = (id: string): Promise<{ ended: readonly string[] }> =>
  post(`sessions/${encodeURIComponent(id)}/end`);

export const endAllOf = (username: string): Promise<{ ended: readonly string[] }> =>
  post(`people/${encodeURIComponent(username)}/end`);

/** Says it of all sessions of a person. */
export function signalAllOf(username: string, { risk, ...others }: Signals): Promise<{ changed: readonly string[] }> {
  const score = risk === undefined ? {} : { risk_score: SCORES[risk] };
  return post(`people/${encodeURIComponent(username)}/context`, { ...score, ...others });
}

/** Why a session may do what it may. */
export interface Reason {
  readonly rule: string;
  readonly source: string | null;
  readonly justification: string | null;
}

export interface Explanation {
  readonly contexts: readonly {
    readonly role: string;
    readonly risk: string;
    readonly device: string;
    readonly network: string;
    readonly changed: readonly string[];
  }[];
  readonly limits: readonly {
    readonly limit: string;
    readonly value: Value;
    readonly rule: Reason | null;
    readonly cut_by: Reason | null;
    readonly others: readonly { readonly rule: string; readonly value: Value }[];
  }[];
  readonly operations: readonly {
    readonly operation: string;
    readonly decision: 'allow' | 'deny' | 'reauthenticate';
    readonly until?: number | null;
    readonly reason?: string;
    readonly role_without_right: string | null;
    readonly denied_by: Reason | null;
    readonly max_age_by: Reason | null;
    readonly acr_values_by: readonly Reason[];
    readonly idle_timeout_by: Reason | null;
    readonly absolute_timeout_by: Reason | null;
  }[];
  readonly ends: Reason | null;
  readonly locks: Reason | null;
}

/** What a limit can be. */
export type Value = string | number | boolean | null;

export const loadExplanation = (id: string, signal: AbortSignal): Promise<Explanation> =>
  call(`/admin/api/sessions/${encodeURIComponent(id)}/explain`, { signal });
