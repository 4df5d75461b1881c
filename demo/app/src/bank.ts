/** What the bank knows, and how to ask for it. Money is in euros, instants are Unix seconds, as the server sends them. */
import { call } from './session.js';

export interface Me {
  readonly name: string;
  readonly username: string;
  readonly role: string;
}

export interface Account {
  readonly id: string;
  readonly owner: string;
  readonly iban: string;
  readonly balance: number;
  readonly currency: 'EUR';
  readonly updatedAt: number;
}

export interface Payment {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly payee: string;
  readonly amount: number;
  readonly currency: 'EUR';
  readonly reference: string;
  readonly status: 'pending' | 'approved';
  readonly createdBy: string;
  readonly createdAt: number;
}

export interface PaymentOrder {
  readonly from: string;
  readonly payee: string;
  readonly iban: string;
  readonly amount: number;
  readonly reference: string;
}

export interface LogEntry {
  readonly datetime: string;
  readonly event: string;
  readonly level: 'INFO' | 'WARN' | 'CRITICAL';
  readonly userid: string | null;
  readonly session?: string;
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

export const loadMe = (signal: AbortSignal): Promise<Me> => call('/api/me', { signal });

export const loadAccounts = async (signal: AbortSignal): Promise<readonly Account[]> =>
  (await call<{ accounts: readonly Account[] }>('/api/accounts', { signal })).accounts;

export const loadPayments = async (signal: AbortSignal): Promise<readonly Payment[]> =>
  (await call<{ payments: readonly Payment[] }>('/api/payments', { signal })).payments;

export const loadLog = async (signal: AbortSignal): Promise<readonly LogEntry[]> =>
  (await call<{ entries: readonly LogEntry[] }>('/api/logs', { signal })).entries;

/** Sent twice with one key, it is one payment. */
export const createPayment = (order: PaymentOrder, key: string): Promise<Payment> =>
  call('/api/payments', { method: 'POST', body: order, headers: { 'Idempotency-Key': key } });

export const approvePayment = (id: string): Promise<Payment> =>
  call(`/api/payments/${encodeURIComponent(id)}/approve`, { method: 'POST', body: {} });
