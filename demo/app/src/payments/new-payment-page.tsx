/** Entering a payment. */
import { type FormEvent, type HTMLAttributes, useEffect, useRef, useState } from 'react';
import { createPayment, loadAccounts } from '../bank.js';
import { DraftOffer } from '../drafts/draft-offer.js';
import { useDraft } from '../drafts/use-draft.js';
import { money } from '../kit/format.js';
import { OperationButton } from '../kit/operations.js';
import { type Control, Field, Notice, PageHead, Problem } from '../kit/parts.js';
import { useLoaded, words } from '../kit/use-loaded.js';
import { remember, remembered } from '../remembered.js';
import { Link } from '../route.js';
import { ENTERING, Freshness, useAskedAhead } from './freshness.js';
import { EMPTY, type Faults, faultsOf, orderOf, type Typed } from './order.js';

const MOST_PAYEES = 5;

/** The line that says whether it may be entered now. */
const RIGHT = 'may-enter';

export function NewPaymentPage() {
  const { value: accounts, problem, reload } = useLoaded(loadAccounts);
  const [typed, setTyped] = useState(EMPTY);
  const [faults, setFaults] = useState<Faults>({});
  const [outcome, setOutcome] = useState<{ readonly tone: 'good' | 'bad'; readonly text: string }>();
  const [busy, setBusy] = useState(false);
  const [payees, setPayees] = useState(recentPayees);
  // One key per payment: sent twice by a nervous hand or a bad line, it is paid once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const form = useRef<HTMLFormElement>(null);
  const counted = Object.keys(faults).length;
  const kept = useDraft(form, 'payment');
  const { done } = kept;
  useAskedAhead();

  // Once the form is empty again: what is in it then is what the next payment begins with.
  useEffect(() => {
    if (outcome?.tone === 'good') done();
  }, [outcome, done]);

  // After each attempt that was refused here, the first field that needs a look gets the focus.
  useEffect(() => {
    if (Object.keys(faults).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults]);

  const field = (name: keyof Typed, control: Control) => ({
    ...control,
    name,
    value: typed[name],
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setTyped((last) => ({ ...last, [name]: target.value })),
  });

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const found = faultsOf(typed);
    setFaults(found);
    setOutcome(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      const payment = await createPayment(orderOf(typed), key);
      setOutcome({ tone: 'good', text: `${money(payment.amount)} to ${payment.payee} now waits for approval.` });
      setPayees(rememberPayee(payment.payee));
      setTyped({ ...EMPTY, from: typed.from });
      setKey(crypto.randomUUID());
    } catch (error) {
      setOutcome({ tone: 'bad', text: `The payment was not entered. ${words(error)}` });
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <PageHead title="New payment" lead="It is paid once a supervisor has approved it.">
        <Link to="/payments" className="button quiet compact">
          All payments
        </Link>
      </PageHead>
      {problem !== undefined && <Problem what="The accounts could not be loaded" problem={problem} again={reload} />}
      <DraftOffer kept={kept} what="a payment" />
      <div className="live" role="status">
        {outcome && <Notice tone={outcome.tone}>{outcome.text}</Notice>}
      </div>
      <form ref={form} className="card stack payment-form" onSubmit={send} noValidate aria-label="New payment">
        {counted > 0 && (
          <div role="alert">
            <Notice tone="bad">{counted === 1 ? 'One field needs a look.' : `${counted} fields need a look.`}</Notice>
          </div>
        )}
        <Field label="Paid from" fault={faults.from}>
          {(control) => (
            <select {...field('from', control)}>
              <option value="">Choose an account</option>
              {accounts?.map(({ id, owner, balance }) => (
                <option key={id} value={id}>
                  {owner} · {money(balance)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Payee" hint="The person or company that is paid." fault={faults.payee}>
          {(control) => <input {...field('payee', control)} list="payees" maxLength={140} autoComplete="off" />}
        </Field>
        <datalist id="payees">
          {payees.map((payee) => (
            <option key={payee} value={payee} />
          ))}
        </datalist>
        <Field label="Payee’s IBAN" fault={faults.iban}>
          {(control) => (
            <input {...field('iban', control)} {...exact} maxLength={50} placeholder="DE89 3704 0044 0532 0130 00" />
          )}
        </Field>
        <Field label="Amount in euros" fault={faults.amount}>
          {(control) => (
            <input {...field('amount', control)} className="figures" inputMode="decimal" autoComplete="off" />
          )}
        </Field>
        <Field label="Reference" hint="Optional. The payee sees it." fault={faults.reference}>
          {(control) => <input {...field('reference', control)} autoComplete="off" maxLength={140} />}
        </Field>
        <Freshness id={RIGHT} />
        <div className="row">
          <OperationButton operation={ENTERING} type="submit" className="button" busy={busy} aria-describedby={RIGHT}>
            {busy ? 'Entering…' : 'Enter payment'}
          </OperationButton>
        </div>
      </form>
    </>
  );
}

/** What is typed is a code, not a word. */
const exact: HTMLAttributes<HTMLInputElement> & { readonly autoComplete: string } = {
  autoComplete: 'off',
  autoCapitalize: 'characters',
  spellCheck: false,
};

function recentPayees(): readonly string[] {
  return remembered('payees')?.split('\n') ?? [];
}

function rememberPayee(payee: string): readonly string[] {
  const payees = [...new Set([payee, ...recentPayees()])].slice(0, MOST_PAYEES);
  remember('payees', payees.join('\n'));
  return payees;
}
