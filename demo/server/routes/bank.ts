/** The bank's back office API: every call is checked against the session's limits, the person's rights and the rules. */
import type { Context } from 'hono';
import type { AuditLog } from '../audit/audit-log.js';
import { about } from '../audit/session-audit.js';
import type { Accounts } from '../bank/accounts.js';
import { createOnce } from '../bank/idempotency.js';
import type { Payment, Payments } from '../bank/payments.js';
import type { Api } from '../http/api.js';
import { notFound, Problem } from '../http/problem.js';
import type { People } from '../people/people.js';
import type { Clock } from '../time/clock.js';
import { accountDocument, paymentDocument, readPaymentOrder } from '../wire/bank-codec.js';
import { InvalidInput, text } from '../wire/input.js';

/** How many log entries an auditor sees at once. */
const entriesShown = 200;

export interface BankParts {
  readonly ports: { readonly audit: AuditLog; readonly people: Pick<People, 'find'> };
  readonly accounts: Accounts;
  readonly payments: Payments;
  readonly clock: Pick<Clock, 'now'>;
}

export function addBankCalls(api: Api, { ports, accounts, payments, clock }: BankParts): void {
  const { audit, people } = ports;
  const paidOnce = createOnce<Payment>(clock);

  api.operation('GET', '/me', 'profile:read', ({ c, session: { username, trust, policy } }) => {
    const name = people.find(username)?.name ?? username;
    const permissions = Object.keys(policy.operations).filter((operation) => policy.operations[operation]?.allow);
    return c.json({ name, username, role: trust.role, permissions });
  });

  api.operation('GET', '/accounts', 'accounts:read', ({ c }) =>
    c.json({ accounts: accounts.list().map(accountDocument) }),
  );

  api.operation('GET', '/payments', 'payments:read', ({ c }) =>
    c.json({ payments: payments.list().map(paymentDocument) }),
  );

  api.operation('POST', '/payments', 'payments:write', ({ c, session, body }) => {
    const order = readPaymentOrder(body());
    if (accounts.find(order.from) === undefined) throw new InvalidInput('from', 'from must be the id of an account.');
    const create = (): Payment => {
      const payment = payments.create(order, session.username);
      audit.record({ event: 'sensitive_create', level: 'INFO', ...about(session), detail: { payment: payment.id } });
      return payment;
    };
    const key = idempotencyKey(c);
    const payment =
      key === null
        ? create()
        : paidOnce.run({ person: session.subject, key, fingerprint: JSON.stringify(order) }, create);
    if (payment === 'mismatch') throw new Problem(keyReused);
    return c.json(paymentDocument(payment), 201);
  });

  api.operation('POST', '/payments/:id/approve', 'payments:approve', ({ c, session, param }) => {
    const payment = payments.approve(param('id'));
    if (payment === undefined) throw new Problem(notFound);
    audit.record({ event: 'sensitive_update', level: 'INFO', ...about(session), detail: { payment: payment.id } });
    return c.json(paymentDocument(payment));
  });

  api.operation('GET', '/logs', 'logs:read', ({ c, session }) => {
    audit.record({ event: 'sensitive_read', level: 'INFO', ...about(session), detail: { resource: 'logs' } });
    return c.json({ entries: audit.recent(entriesShown) });
  });
}

const keyReused = {
  type: 'idempotency-key-reused',
  status: 422,
  title: 'This Idempotency-Key was used for another payment.',
} as const;

function idempotencyKey(c: Context): string | null {
  const key = c.req.header('Idempotency-Key');
  return key === undefined ? null : text({ most: 128 })(key, 'Idempotency-Key');
}
