/** The bank's back office API: every call is checked against the session's limits and the person's rights. */
import { type Context, Hono } from 'hono';
import type { AuditLog } from '../audit/audit-log.js';
import { about } from '../audit/session-audit.js';
import type { Accounts } from '../bank/accounts.js';
import { createOnce } from '../bank/idempotency.js';
import type { Payment, Payments } from '../bank/payments.js';
import { claimOf, type Door } from '../http/door.js';
import { jsonBody } from '../http/json-body.js';
import { notFound, Problem } from '../http/problem.js';
import type { People } from '../people/people.js';
import type { Operation } from '../people/rights.js';
import { admit, unchanged } from '../sessions/admit.js';
import { type Admission, admissions } from '../sessions/refusal.js';
import type { Session } from '../sessions/session.js';
import type { SessionPorts } from '../sessions/update-session.js';
import type { Clock } from '../time/clock.js';
import { accountDocument, paymentDocument, readPaymentOrder } from '../wire/bank-codec.js';
import { InvalidInput, text } from '../wire/input.js';

/** How many log entries an auditor sees at once. */
const entriesShown = 200;

export interface BankRoutesOptions {
  readonly ports: SessionPorts & { readonly audit: AuditLog; readonly people: Pick<People, 'find'> };
  readonly door: Door;
  readonly accounts: Accounts;
  readonly payments: Payments;
  readonly clock: Pick<Clock, 'now'>;
}

export function bankRoutes({ ports, door, accounts, payments, clock }: BankRoutesOptions): Hono {
  const routes = new Hono();
  const { audit } = ports;
  const paidOnce = createOnce<Payment>(clock);

  /** The session, if it is open now and its person may do this. */
  async function permitted(c: Context, admission: Admission, operation: Operation): Promise<Session> {
    return (await admit(ports, claimOf(c, door, operation), admission, unchanged)).session;
  }

  routes.get('/me', async (c) => {
    const { username, trust, policy } = await permitted(c, admissions.read, 'profile:read');
    const name = ports.people.find(username)?.name ?? username;
    const permissions = Object.keys(policy.operations).filter((operation) => policy.operations[operation]?.allow);
    return c.json({ name, username, role: trust.role, permissions });
  });

  routes.get('/accounts', async (c) => {
    await permitted(c, admissions.read, 'accounts:read');
    return c.json({ accounts: accounts.list().map(accountDocument) });
  });

  routes.get('/payments', async (c) => {
    await permitted(c, admissions.read, 'payments:read');
    return c.json({ payments: payments.list().map(paymentDocument) });
  });

  routes.post('/payments', async (c) => {
    const body = await jsonBody(c);
    const session = await permitted(c, admissions.act, 'payments:write');
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

  routes.post('/payments/:id/approve', async (c) => {
    const session = await permitted(c, admissions.act, 'payments:approve');
    const payment = payments.approve(c.req.param('id'));
    if (payment === undefined) throw new Problem(notFound);
    audit.record({ event: 'sensitive_update', level: 'INFO', ...about(session), detail: { payment: payment.id } });
    return c.json(paymentDocument(payment));
  });

  routes.get('/logs', async (c) => {
    const session = await permitted(c, admissions.read, 'logs:read');
    audit.record({ event: 'sensitive_read', level: 'INFO', ...about(session), detail: { resource: 'logs' } });
    return c.json({ entries: audit.recent(entriesShown) });
  });

  return routes;
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
