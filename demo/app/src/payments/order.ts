/** A payment as it is typed, and whether it can be sent. */
import type { PaymentOrder } from '../bank.js';

export interface Typed {
  readonly from: string;
  readonly payee: string;
  readonly iban: string;
  readonly amount: string;
  readonly reference: string;
}

export const EMPTY: Typed = { from: '', payee: '', iban: '', amount: '', reference: '' };

export type Faults = Partial<Record<keyof Typed, string>>;

const LARGEST = 1_000_000;

/** What is wrong with each field, in the words of somebody who wants to help. */
export function faultsOf(typed: Typed): Faults {
  const amount = readAmount(typed.amount);
  return {
    ...(typed.from === '' ? { from: 'Choose the account that pays.' } : {}),
    ...(typed.payee.trim() === '' ? { payee: 'Say who is paid.' } : {}),
    ...(isIban(typed.iban) ? {} : { iban: 'Two letters, two digits, then the account: DE89 3704 0044 0532 0130 00.' }),
    ...(amount === undefined ? { amount: 'An amount in euros, such as 420.00.' } : {}),
    ...(amount !== undefined && (amount <= 0 || amount > LARGEST) ? { amount: 'From 0.01 to 1,000,000 euros.' } : {}),
    ...(typed.reference.length > 140 ? { reference: 'At most 140 characters.' } : {}),
  };
}

export function orderOf(typed: Typed): PaymentOrder {
  return {
    from: typed.from,
    payee: typed.payee.trim(),
    iban: typed.iban.replaceAll(/\s/g, '').toUpperCase(),
    amount: readAmount(typed.amount) ?? 0,
    reference: typed.reference.trim(),
  };
}

/** Its form only: the accounts of a demo are made up, and so are their check digits. */
function isIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(text.replaceAll(/\s/g, '').toUpperCase());
}

/** `1234.5`, `1,234.50` and `1 234.50`. */
function readAmount(text: string): number | undefined {
  const plain = text.replaceAll(/[\s,]/g, '');
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Number(plain) : undefined;
}
