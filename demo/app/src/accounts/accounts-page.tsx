/** The accounts, and what is on them. */
import { type Account, loadAccounts } from '../bank.js';
import { type Column, DataTable } from '../kit/data-table.js';
import { dayAndTime, iban, machineTime, money } from '../kit/format.js';
import { PageHead, Problem } from '../kit/parts.js';
import { useLoaded } from '../kit/use-loaded.js';

const columns: readonly Column<Account>[] = [
  { title: 'Owner', cell: ({ owner }) => owner },
  { title: 'IBAN', cell: ({ iban: number }) => <span className="figures">{iban(number)}</span> },
  {
    title: 'Last change',
    cell: ({ updatedAt }) => <time dateTime={machineTime(updatedAt * 1_000)}>{dayAndTime(updatedAt * 1_000)}</time>,
  },
  { title: 'Balance', kind: 'figures', cell: ({ balance }) => money(balance) },
];

export function AccountsPage() {
  const { value: accounts, problem, loading, reload } = useLoaded(loadAccounts);
  const total = accounts?.reduce((sum, { balance }) => sum + balance, 0);
  return (
    <>
      <PageHead title="Accounts" lead="The customers this desk looks after.">
        <button type="button" className="button quiet compact" onClick={reload} aria-disabled={loading}>
          Refresh
        </button>
      </PageHead>
      {problem !== undefined && <Problem what="The accounts could not be loaded" problem={problem} again={reload} />}
      <dl className="totals">
        <div>
          <dt>Accounts</dt>
          <dd className="figures">{accounts?.length ?? '–'}</dd>
        </div>
        <div>
          <dt>Held in total</dt>
          <dd className="figures">{total === undefined ? '–' : money(total)}</dd>
        </div>
      </dl>
      <DataTable
        caption="Accounts with owner, IBAN, last change and balance"
        columns={columns}
        rows={accounts}
        keyOf={({ id }) => id}
        empty="There are no accounts."
      />
    </>
  );
}
