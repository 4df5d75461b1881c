/** The calls of the bypass tables: who may make each, behind which door, and with what. */
import type { Endpoint } from '../../demo/server/http/endpoints.js';
import { operationsOf, type Role } from '../../demo/server/people/rights.js';

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}

const accounts: readonly Account[] = [
  { username: 'tess', password: 'teller-demo-1', role: 'teller' },
  { username: 'sam', password: 'supervisor-demo-1', role: 'supervisor' },
  { username: 'ada', password: 'auditor-demo-1', role: 'auditor' },
  { username: 'root-admin', password: 'admin-demo-1', role: 'admin' },
];

export const isOperation = ({ operation }: Endpoint): boolean => !operation.startsWith('session:');

/** Somebody who has the right, and somebody behind the same door who has not. */
export function peopleFor({ door, operation }: Endpoint): { readonly person: Account; readonly other?: Account } {
  const behind = accounts.filter(({ role }) => (role === 'admin') === (door === 'admin'));
  const may = ({ role }: Account) =>
    operation.startsWith('session:') || operationsOf(role).includes(operation as never);
  const person = behind.find(may);
  if (person === undefined) throw new Error(`nobody may ${operation}`);
  const other = behind.find((one) => !may(one));
  return { person, ...(other === undefined ? {} : { other }) };
}

export const signInPath = ({ door }: Endpoint): string => (door === 'admin' ? '/admin/api/session' : '/session');

export const cookieOf = ({ door }: Endpoint): string => (door === 'admin' ? 'nightlatch-admin' : 'nightlatch');

/** Nothing has this name. */
export const pathOf = ({ path }: Endpoint): string => path.replace(/:[a-z]+/g, 'none');

/** What reaches the work where it should not be reached: it must never be the body that is refused. */
export const bodyOf = (endpoint: Endpoint): unknown => {
  const { method, call } = endpoint;
  if (method === 'GET' || method === 'DELETE') return undefined;
  return call === 'reauthenticate'
    ? { method: 'password', password: peopleFor(endpoint).person.password }
    : { idle_for: 0, from: null };
};

/** What a call is answered that is refused for want of a right. */
export const refusals: readonly string[] = [
  'no-session',
  'session-ended',
  'session-rotated',
  'session-mismatch',
  'session-locked',
  'operation-denied',
  'reauthentication-required',
  'cross-site',
];
