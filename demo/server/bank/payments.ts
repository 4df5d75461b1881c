/** Payments: created by one person, pending until somebody approves them. */
import { randomUUID } from 'node:crypto';
import type { Accounts } from './accounts.js';

export interface PaymentOrder {
  /** The id of the account it is paid from. */
  readonly from: string;
  readonly payee: string;
  readonly iban: string;
  /** In cents. */
  readonly amount: number;
  readonly reference: string;
}

export interface Payment {
  readonly id: string;
  readonly from: string;
  /** The payee's IBAN. */
  readonly to: string;
  readonly payee: string;
  readonly amount: number;
  readonly currency: 'EUR';
  readonly reference: string;
  readonly status: 'pending' | 'approved';
  readonly createdBy: string;
  readonly createdAt: number;
}

export interface Payments {
  /** Newest first. */
  list(): readonly Payment[];
  create(order: PaymentOrder, createdBy: string): Payment;
  /** Approving twice is approving once. */
  approve(id: string): Payment | undefined;
}

export function createPayments(accounts: Accounts, now: () => number): Payments {
  const payments = new Map<string, Payment>();

  function create({ iban, ...order }: PaymentOrder, createdBy: string): Payment {
    const payment: Payment = {
      ...order,
      id: `pay-${randomUUID()}`,
      to: iban,
      currency: 'EUR',
      status: 'pending',
      createdBy,
      createdAt: now(),
    };
    payments.set(payment.id, payment);
    return payment;
  }

  for (const order of seed) create(order, 'tess');

  return {
    list: () => [...payments.values()].reverse(),
    create,
    approve(id) {
      const payment = payments.get(id);
      if (payment === undefined || payment.status === 'approved') return payment;
      const approved: Payment = { ...payment, status: 'approved' };
      payments.set(id, approved);
      accounts.debit(payment.from, payment.amount);
      return approved;
    },
  };
}

const seed: readonly PaymentOrder[] = [
  { from: 'acc-1', payee: 'Mill & Flour', iban: 'DE02120300000000202051', amount: 42_000, reference: 'Invoice 2051' },
  { from: 'acc-4', payee: 'MedSupply', iban: 'NL02ABNA0123456789', amount: 1_250_000, reference: 'Order 77-B' },
];
