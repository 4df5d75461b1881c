/** The accounts of the demo bank. */
export interface Account {
  readonly id: string;
  readonly owner: string;
  readonly iban: string;
  /** In cents. */
  readonly balance: number;
  readonly currency: 'EUR';
  readonly updatedAt: number;
}

export interface Accounts {
  list(): readonly Account[];
  find(id: string): Account | undefined;
  /** Takes money out of an account. */
  debit(id: string, cents: number): void;
}

const seed: readonly Omit<Account, 'updatedAt'>[] = [
  { id: 'acc-1', owner: 'Harbour Bakery', iban: 'DE89370400440532013000', balance: 1_284_050, currency: 'EUR' },
  { id: 'acc-2', owner: 'Lindgren & Co', iban: 'SE4550000000058398257466', balance: 9_430_215, currency: 'EUR' },
  { id: 'acc-3', owner: 'Marta Oliveira', iban: 'PT50000201231234567890154', balance: 312_880, currency: 'EUR' },
  { id: 'acc-4', owner: 'Rosewood Clinic', iban: 'NL91ABNA0417164300', balance: 27_500_000, currency: 'EUR' },
];

export function createAccounts(now: () => number): Accounts {
  const accounts = new Map<string, Account>(seed.map((account) => [account.id, { ...account, updatedAt: now() }]));
  return {
    list: () => [...accounts.values()],
    find: (id) => accounts.get(id),
    debit(id, cents) {
      const account = accounts.get(id);
      if (account === undefined) return;
      accounts.set(id, { ...account, balance: account.balance - cents, updatedAt: now() });
    },
  };
}
