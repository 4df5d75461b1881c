/** Payments: those that wait, those that are approved, and approving. */
import { useOperation } from 'nightlatch/react';
import { useState } from 'react';
import { approvePayment, loadAccounts, loadPayments, type Payment } from '../bank.js';
import { type Column, DataTable } from '../kit/data-table.js';
import { dayAndTime, iban, machineTime, money } from '../kit/format.js';
import { OperationButton, OperationSign, Right } from '../kit/operations.js';
import { Badge, type Outcome, PageHead, Problem, Said } from '../kit/parts.js';
import { useLoaded, words } from '../kit/use-loaded.js';
import { remember, remembered } from '../remembered.js';
import { Link } from '../route.js';

const SHOWN = { all: 'All', pending: 'Pending', approved: 'Approved' } as const;
type Shown = keyof typeof SHOWN;

const isShown = (word: string | undefined): word is Shown => word !== undefined && word in SHOWN;

const load = async (signal: AbortSignal) => {
  const [payments, accounts] = await Promise.all([loadPayments(signal), loadAccounts(signal)]);
  return { payments, owners: new Map(accounts.map(({ id, owner }) => [id, owner])) };
};

/** What the person is here for. */
interface PaymentsPageProps {
  readonly enters: boolean;
  readonly approves: boolean;
}

const ENTERING = 'entering';
const APPROVING = 'approving';

export function PaymentsPage({ enters, approves }: PaymentsPageProps) {
  const { value, problem, loading, reload } = useLoaded(load);
  const [shown, setShown] = useState<Shown>(() => {
    const last = remembered('payments-shown');
    return isShown(last) ? last : 'all';
  });
  const [said, setSaid] = useState<Outcome>();

  function show(next: Shown): void {
    setShown(next);
    remember('payments-shown', next);
  }

  async function approve(payment: Payment): Promise<void> {
    try {
      await approvePayment(payment.id);
      setSaid({ tone: 'good', text: `Approved ${money(payment.amount)} to ${payment.payee}.` });
    } catch (error) {
      setSaid({ tone: 'bad', text: `The payment to ${payment.payee} was not approved. ${words(error)}` });
    }
    reload();
  }

  const rows = value?.payments.filter(({ status }) => shown === 'all' || status === shown);
  return (
    <>
      <PageHead
        title="Payments"
        lead={approves ? 'What tellers entered waits here for you.' : 'Entered by tellers, approved by supervisors.'}
      >
        <div className="row">
          <button type="button" className="button quiet compact" onClick={reload} aria-disabled={loading}>
            Refresh
          </button>
          {enters && <NewPayment />}
        </div>
      </PageHead>
      {(enters || approves) && (
        <div>
          {enters && <Right id={ENTERING} operation="payments:write" what="Entering a payment" />}
          {approves && <Right id={APPROVING} operation="payments:approve" what="Approving" />}
        </div>
      )}
      <div className="row">
        <Choice shown={shown} onChange={show} />
        <Said outcome={said} />
      </div>
      {problem !== undefined && <Problem what="The payments could not be loaded" problem={problem} again={reload} />}
      <DataTable
        caption={`${SHOWN[shown]} payments, newest first`}
        columns={columns(value?.owners ?? new Map(), approves ? approve : undefined)}
        rows={rows}
        keyOf={({ id }) => id}
        empty={shown === 'all' ? 'There are no payments yet.' : `No payment is ${shown}.`}
        expected={2}
      />
    </>
  );
}

function NewPayment() {
  const { state } = useOperation('payments:write');
  return (
    <Link to="/new-payment" className="button compact" disabled={state === 'denied'} describedBy={ENTERING}>
      <OperationSign state={state} /> New payment
    </Link>
  );
}

function Choice({ shown, onChange }: { readonly shown: Shown; onChange(shown: Shown): void }) {
  return (
    <fieldset>
      <legend className="unseen">Which payments to show</legend>
      <div className="choice">
        {Object.entries(SHOWN).map(([key, name]) => (
          <label key={key}>
            <input
              type="radio"
              name="shown"
              value={key}
              checked={shown === key}
              onChange={() => isShown(key) && onChange(key)}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function columns(
  owners: ReadonlyMap<string, string>,
  approve: ((payment: Payment) => Promise<void>) | undefined,
): readonly Column<Payment>[] {
  return [
    {
      title: 'Payee',
      cell: ({ payee, to }) => (
        <>
          {payee} <span className="beneath figures">{iban(to)}</span>
        </>
      ),
    },
    {
      title: 'From',
      cell: ({ from, reference }) => (
        <>
          {owners.get(from) ?? from} <span className="beneath">{reference || 'No reference'}</span>
        </>
      ),
    },
    {
      title: 'Entered',
      cell: ({ createdAt, createdBy }) => (
        <>
          <time dateTime={machineTime(createdAt * 1_000)}>{dayAndTime(createdAt * 1_000)}</time>
          <span className="beneath">by {createdBy}</span>
        </>
      ),
    },
    { title: 'Amount', kind: 'figures', cell: ({ amount }) => money(amount) },
    {
      title: 'Status',
      cell: ({ status }) => (
        <Badge tone={status === 'approved' ? 'good' : 'warn'}>{status === 'approved' ? 'Approved' : 'Pending'}</Badge>
      ),
    },
    ...(approve
      ? [
          {
            title: 'Approve',
            kind: 'act' as const,
            cell: (payment: Payment) =>
              payment.status === 'pending' ? (
                <OperationButton
                  operation="payments:approve"
                  type="button"
                  className="button quiet compact"
                  aria-describedby={APPROVING}
                  onClick={() => void approve(payment)}
                >
                  Approve<span className="unseen"> the payment to {payment.payee}</span>
                </OperationButton>
              ) : null,
          },
        ]
      : []),
  ];
}
