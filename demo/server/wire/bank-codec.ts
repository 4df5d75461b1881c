/** The bank on the wire: money in euros, instants in Unix seconds. */
import type { Account } from '../bank/accounts.js';
import type { Payment, PaymentOrder } from '../bank/payments.js';
import { finite, InvalidInput, readBody, rejectUnknownMembers, text } from './input.js';
import type { JsonObject } from './json.js';
import { toSeconds } from './units.js';

const largestAmount = 1_000_000;

export const accountDocument = ({ balance, updatedAt, ...account }: Account): JsonObject => ({
  ...account,
  balance: balance / 100,
  updatedAt: toSeconds(updatedAt),
});

export const paymentDocument = ({ amount, createdAt, ...payment }: Payment): JsonObject => ({
  ...payment,
  amount: amount / 100,
  createdAt: toSeconds(createdAt),
});

export function readPaymentOrder(value: unknown): PaymentOrder {
  const body = readBody(value);
  rejectUnknownMembers(body, ['from', 'payee', 'iban', 'amount', 'reference']);
  return {
    from: text({ most: 64 })(body['from'], 'from'),
    payee: text({ most: 140 })(body['payee'], 'payee'),
    iban: readIban(body['iban'], 'iban'),
    amount: readCents(body['amount'], 'amount'),
    reference: text({ least: 0, most: 140 })(body['reference'], 'reference'),
  };
}

/** Its form only: a demo is paid with made-up accounts, whose check digits are wrong. */
function readIban(value: unknown, member: string): string {
  const iban = text({ most: 64 })(value, member).replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(iban)) throw new InvalidInput(member, `${member} must be an IBAN.`);
  return iban;
}

function readCents(value: unknown, member: string): number {
  const euros = finite(value, member);
  const cents = Math.round(euros * 100);
  if (cents <= 0 || euros > largestAmount || Math.abs(euros * 100 - cents) > 1e-6) {
    throw new InvalidInput(member, `${member} must be 0.01 to ${largestAmount}, in whole cents.`);
  }
  return cents;
}
