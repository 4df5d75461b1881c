/** Which role may do what. */
export type BankRole = 'teller' | 'supervisor' | 'auditor';
export type Role = BankRole | 'admin';

export const bankRoles: readonly BankRole[] = ['teller', 'supervisor', 'auditor'];
export const roles: readonly Role[] = [...bankRoles, 'admin'];

/** Operations of the bank, named as a policy's `operations` name them. */
export type Operation = 'accounts:read' | 'payments:read' | 'payments:write' | 'payments:approve' | 'logs:read';

const rights: Readonly<Record<Role, readonly Operation[]>> = {
  teller: ['accounts:read', 'payments:read', 'payments:write'],
  supervisor: ['accounts:read', 'payments:read', 'payments:write', 'payments:approve'],
  auditor: ['accounts:read', 'payments:read', 'logs:read'],
  admin: [], // administers sessions, sees nothing of the bank
};

export const operationsOf = (role: Role): readonly Operation[] => rights[role];
