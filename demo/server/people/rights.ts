/** Which role may do what. */
export type BankRole = 'teller' | 'supervisor' | 'auditor';
export type Role = BankRole | 'admin';

export const bankRoles: readonly BankRole[] = ['teller', 'supervisor', 'auditor'];
export const roles: readonly Role[] = [...bankRoles, 'admin'];

/** Operations, named as a policy's `operations` name them: what comes before the colon is the resource. */
export const bankOperations = [
  'profile:read',
  'accounts:read',
  'payments:read',
  'payments:write',
  'payments:approve',
  'logs:read',
  'passkeys:write',
] as const;

export const adminOperations = [
  'sessions:read',
  'sessions:end',
  'context:write',
  'people:write',
  'policies:read',
  'policies:write',
] as const;

export type Operation = (typeof bankOperations)[number] | (typeof adminOperations)[number];

export const operations: readonly Operation[] = [...bankOperations, ...adminOperations];

const rights: Readonly<Record<Role, readonly Operation[]>> = {
  teller: ['profile:read', 'accounts:read', 'payments:read', 'payments:write', 'passkeys:write'],
  supervisor: [
    'profile:read',
    'accounts:read',
    'payments:read',
    'payments:write',
    'payments:approve',
    'passkeys:write',
  ],
  auditor: ['profile:read', 'accounts:read', 'payments:read', 'logs:read', 'passkeys:write'],
  admin: adminOperations, // administers sessions, sees nothing of the bank
};

export const operationsOf = (role: Role): readonly Operation[] => rights[role];

/** People come in by one of two doors, and a session is good at one of them. */
export type DoorName = 'bank' | 'admin';

export const doorOf = (role: Role): DoorName => (role === 'admin' ? 'admin' : 'bank');

/** All operations behind a door: what its roles may do, and what only some of them may. */
export const operationsBehind = (door: DoorName): readonly Operation[] =>
  door === 'admin' ? adminOperations : bankOperations;

export const resourceOf = (operation: Operation): string => operation.slice(0, operation.indexOf(':'));

export const resources: readonly string[] = [...new Set(operations.map(resourceOf))];
