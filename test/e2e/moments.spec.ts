/**
 * Story 5b: the moment at which a limit passes or a right is taken away, with a payment on its way, a stream open and a form half
 * filled in. The server denies from that moment on, and a visible tab shows it within a second.
 */
import type { TestServer } from '../server/start-test-server.ts';
import { createClient } from '../server/support/client.ts';
import {
  atWork,
  type Browser,
  beginShort,
  changePolicy,
  expect,
  expectWithin,
  idleDeadline,
  isCovered,
  liveSession,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
  wallTime,
} from './bank.ts';

interface Scene {
  readonly bank: TestServer;
  readonly browser: Browser;
  /** Where the form is half filled in. */
  readonly form: Tab;
  readonly id: string;
}

interface Moment {
  readonly name: string;
  /** Brings it about, or waits until shortly before; resolves with when it is, by the wall clock. */
  readonly comes: (scene: Scene) => Promise<number>;
  /** What the API answers from then on. */
  readonly problem: string;
  /** What is on screen then: the page is covered, or its button says what is so. */
  readonly screen: 'covered' | 'denied' | 'needs-authentication';
  readonly isOver?: true;
}

const SECOND = 1_000;
const payments = 'payments:write';

const now = async (change: () => Promise<unknown>): Promise<number> => {
  const since = Date.now();
  await change();
  return since;
};

const moments: readonly Moment[] = [
  {
    name: 'the idle limit passes',
    async comes({ bank, browser, form }) {
      await beginShort(bank, browser, form, { idle_timeout: 5, warn_before: 1, on_idle: 'end' });
      return idleDeadline(bank);
    },
    problem: 'session-ended',
    screen: 'covered',
    isOver: true,
  },
  {
    name: 'the idle limit locks',
    async comes({ bank, browser, form }) {
      await beginShort(bank, browser, form, { idle_timeout: 5, warn_before: 1, on_idle: 'lock', lock_timeout: null });
      return idleDeadline(bank);
    },
    problem: 'session-locked',
    screen: 'covered',
  },
  {
    name: 'the absolute limit passes',
    async comes({ bank, browser }) {
      const { started_at } = await liveSession(bank);
      const absolute = Math.ceil(bank.clock.now() / SECOND - started_at) + 4;
      await changePolicy(bank, browser, { absolute_timeout: absolute, warn_before_absolute: 1 });
      return wallTime(bank, (started_at + absolute) * SECOND);
    },
    problem: 'session-ended',
    screen: 'covered',
    isOver: true,
  },
  {
    name: 'the authentication becomes too old',
    async comes({ bank }) {
      const { started_at } = await liveSession(bank);
      const max_age = Math.ceil(bank.clock.now() / SECOND - started_at) + 3;
      await bank.setRules([{ name: 'fresh', when: { operation: payments }, set: { max_age } }]);
      return wallTime(bank, (started_at + max_age) * SECOND);
    },
    problem: 'reauthentication-required',
    screen: 'needs-authentication',
  },
  {
    name: 'an administrator ends the session',
    comes: ({ bank, id }) => now(() => bank.endSession(id)),
    problem: 'session-ended',
    screen: 'covered',
    isOver: true,
  },
  {
    name: 'the risk ends the session',
    comes: ({ bank, id }) => now(() => bank.signal(id, { riskScore: 90 })),
    problem: 'session-ended',
    screen: 'covered',
    isOver: true,
  },
  {
    name: 'a rule takes the right away',
    comes: ({ bank }) =>
      now(() => bank.setRules([{ name: 'closed', when: { operation: payments }, set: { allow: false } }])),
    problem: 'operation-denied',
    screen: 'denied',
  },
  {
    name: 'the device takes the right away',
    comes: ({ bank, id }) => now(() => bank.signal(id, { device: 'not-compliant' })),
    problem: 'operation-denied',
    screen: 'denied',
  },
  {
    name: 'the person is given another role',
    comes: ({ bank }) => now(() => bank.changeRole('tess', 'auditor')),
    problem: 'operation-denied',
    screen: 'denied',
  },
  {
    name: 'a rule asks for another kind of authentication',
    comes: ({ bank }) =>
      now(() => bank.setRules([{ name: 'strong', when: { operation: payments }, set: { acr_values: 'phr' } }])),
    problem: 'reauthentication-required',
    screen: 'needs-authentication',
  },
];

const FIELDS = { Payee: 'Nightjar Books', 'Payee’s IBAN': 'DE89 3704 0044 0532 0130 00', 'Amount in euros': '12.50' };

async function fillIn({ page }: Tab, fields: object): Promise<void> {
  await page.getByLabel('Paid from').selectOption({ index: 1 });
  for (const [name, text] of Object.entries(fields)) await page.getByLabel(name, { exact: true }).fill(text);
}

const enter = ({ page }: Tab) => page.getByRole('button', { name: 'Enter payment' });

/** Notes in the page when its button says another thing for the first time. */
const watchButton = ({ quietly }: Tab): Promise<void> =>
  quietly(`new MutationObserver(() => {
    const state = document.querySelector('form button[type="submit"]')?.dataset.state;
    if (window.changed || state === undefined || state === 'open') return;
    window.changed = { state, at: Date.now() };
  }).observe(document.body, { subtree: true, attributes: true })`);

/** What the bank has of this payee. */
async function paid(bank: TestServer): Promise<number> {
  const witness = createClient(bank.origin);
  await witness.signIn('sam');
  const { body } = await witness.call('GET', '/api/payments');
  return (body.payments as { payee: string }[]).filter(({ payee }) => payee === FIELDS.Payee).length;
}

for (const { name, comes, problem, screen, isOver } of moments) {
  test(`${name}: what is on its way is not done, and a visible tab shows it within a second`, async ({
    bank,
    visible,
  }) => {
    const sending = await visible.open('/new-payment');
    await signIn(sending);
    const form = await visible.open('/new-payment');
    await atWork(form);
    const { id } = await liveSession(bank);
    await expect.poll(() => bank.openStreams(id)).toBeGreaterThan(0);

    let arrive = (): void => {};
    bank.fault({ held: new Promise<void>((resolve) => (arrive = resolve)) }, ['/api/payments']);
    await fillIn(sending, FIELDS);
    await enter(sending).click();
    const posted = () => bank.requests.filter(({ method, path }) => method === 'POST' && path === '/api/payments');
    await expect.poll(() => posted().length).toBe(1);
    await fillIn(form, { Payee: 'Half a name' });
    await expect(enter(form)).toHaveAttribute('data-state', 'open');
    await watchButton(form);

    const before = sofar(form);
    const at = await comes({ bank, browser: visible, form, id });
    if (screen === 'covered') {
      const cover = await sees(form, isCovered, { after: before, timeout: 10_000 });
      expectWithin(cover.at - at, SECOND, 'how late it is covered');
    } else {
      await expect.poll(() => form.quietly('window.changed?.state'), { timeout: 10_000 }).toBe(screen);
      const changedAt = await form.quietly<number>('window.changed.at');
      expectWithin(changedAt - at, SECOND, 'how late it is on screen');
      expect(sightings(form, ({ covered }) => covered, before)).toEqual([]);
    }

    // A page covers by the latest that it can be, which is a little early: until then the server may say yes.
    await expect.poll(() => Date.now(), { intervals: [10] }).toBeGreaterThan(at);
    // What was on its way comes now, and what is sent now as well.
    bank.fault(null);
    arrive();
    const response = await visible.context.request.post(`${bank.origin}/api/payments`, {
      headers: { Origin: bank.origin, 'Session-Id': id },
      data: { from: 'acc-1', payee: FIELDS.Payee, iban: 'DE89370400440532013000', amount: 1, reference: '' },
    });
    expect((await response.json()).type).toContain(problem);
    await expect.poll(() => posted()[0]?.status).toBe(response.status());
    expect(await paid(bank)).toBe(0);
    if (isOver) {
      await sees(form, 'session-ended');
      await expect.poll(() => bank.openStreams(id)).toBe(0);
      return;
    }
    expect(bank.openStreams(id)).toBeGreaterThan(0);
    // Nothing of what is typed has gone.
    expect(await form.quietly('document.querySelector("input[name=payee]").value')).toBe('Half a name');
    const { page } = sending;
    if (screen === 'denied') {
      await expect(page.getByText('The payment was not entered. You may not do this, or not any more.')).toBeVisible();
    }
    if (screen === 'needs-authentication') await expect(page.getByRole('dialog')).toBeVisible();
    expect(await sending.quietly('document.querySelector("input[name=payee]").value')).toBe(FIELDS.Payee);
  });
}
