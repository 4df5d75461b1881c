/** What an administrator sees and does. Instants are Unix seconds and durations are seconds, as the server sends them. */
import { call } from './session.js';

export interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly role: string;
  readonly started_at: number;
  readonly last_activity: number;
  readonly idle_expiry: number | null;
  readonly session_expiry: number | null;
  readonly locked_at: number | null;
  readonly streams: number;
  /** This administrator's own. */
  readonly current: boolean;
}

export interface Policy {
  readonly version: number;
  readonly idle_timeout: number | null;
  readonly absolute_timeout: number | null;
  readonly warn_before: number;
  readonly warn_before_absolute: number;
  readonly on_idle: 'end' | 'lock';
  readonly source: string | null;
}

export type PolicyChange = Partial<
  Pick<Policy, 'idle_timeout' | 'absolute_timeout' | 'warn_before' | 'warn_before_absolute'>
>;

export const loadSessions = async (signal: AbortSignal): Promise<readonly SessionRow[]> =>
  (await call<{ sessions: readonly SessionRow[] }>('/admin/api/sessions', { signal })).sessions;

export const loadPolicies = async (signal: AbortSignal): Promise<Readonly<Record<string, Policy>>> =>
  (await call<{ policies: Readonly<Record<string, Policy>> }>('/admin/api/policies', { signal })).policies;

export const endSession = (id: string): Promise<{ ended: readonly string[] }> =>
  call(`/admin/api/sessions/${encodeURIComponent(id)}/end`, { method: 'POST', body: {} });

export const endAllOf = (username: string): Promise<{ ended: readonly string[] }> =>
  call(`/admin/api/people/${encodeURIComponent(username)}/end`, { method: 'POST', body: {} });

export const changePolicy = (role: string, change: PolicyChange): Promise<Policy> =>
  call(`/admin/api/policies/${encodeURIComponent(role)}`, { method: 'PATCH', body: change });
