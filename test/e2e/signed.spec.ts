/** Story 7: policies that the server signs. The pages of the demonstration take no others, whoever stands between. */
import { createPolicySigner } from '../../demo/server/policies/policy-signer.ts';
import type { TestServer } from '../server/start-test-server.ts';
import type { Answer } from '../server/support/between.ts';
import { unsigned, withLongerIdle } from '../server/support/forged.ts';
import { administrator } from './administrator.ts';
import {
  atWork,
  type Browser,
  expect,
  liveSession,
  requestsTo,
  type Sighting,
  sees,
  setPolicy,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';

const policySigner = createPolicySigner({ issuer: 'https://bank.example', audience: 'kestrel-bank' });
test.use({ policySigner });

const KEYS = '/.well-known/jwks.json';
const VERIFIER = '/dist/nightlatch.signed-policy.js';

/** Somebody changes what the server says of the session on its way. What comes by the stream is not changed here: there is none. */
function standBetween(bank: TestServer, change: (body: string) => string): void {
  bank.fault({ rewrite: (answer: Answer) => ({ ...answer, body: change(answer.body) }) }, ['/session']);
}

const withoutStream = ({ context }: Browser): Promise<unknown> =>
  context.route('**/session/events', (route) => route.fulfill({ status: 404 }));

const isPolicy =
  (version: number) =>
  ({ what, detail }: Sighting) =>
    what === 'policy-updated' && detail['version'] === version;

const versionOf = async (bank: TestServer) => (await liveSession(bank)).policy_version;

/** The idle limit that the page goes by. */
async function idleLimit({ page }: Tab): Promise<string> {
  const field = page.getByRole('form', { name: 'Timeouts' }).getByLabel('Idle');
  if (!(await field.isVisible())) await page.getByText('What Nightlatch sees').click();
  return field.inputValue();
}

test('a signed session works in the back office, the administration and a page with a script tag', async ({
  bank,
  visible,
}) => {
  const office = await visible.open();
  await signIn(office);
  const tag = await visible.open('/script-tag/');
  await sees(tag, 'session-opened');
  await expect(tag.page.locator('pre')).toContainText('data-policy-issuer="https://bank.example"');
  expect(requestsTo(bank, 'GET', VERIFIER)).toHaveLength(1);
  const admin = await administrator(visible);

  const version = await versionOf(bank);
  const teller = admin.page.getByRole('form', { name: 'Teller' });
  await teller.getByLabel('Idle limit').fill('5m');
  await teller.getByRole('button', { name: 'Try out' }).click();
  await admin.page.getByRole('button', { name: 'Put in force now' }).click();
  for (const tab of [office, tag]) await sees(tab, isPolicy(version + 1));
  expect(await idleLimit(office)).toBe('5m');
  for (const tab of [office, tag, admin]) {
    for (const what of ['policy-rejected', 'violation', 'error']) expect(sightings(tab, what), what).toEqual([]);
  }
});

test('a policy that was changed on its way changes nothing in an open page, and the person works on', async ({
  bank,
  visible,
}) => {
  await withoutStream(visible);
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  await tab.page.getByLabel('Reference').fill('Invoice 17');
  for (const [change, problem] of [
    [withLongerIdle, 'signature'],
    [unsigned, 'the policy is not signed'],
  ] as const) {
    const before = sofar(tab);
    standBetween(bank, change);
    await tab.quietly('window.dispatchEvent(new Event("focus"))');
    const { detail } = await sees(tab, 'policy-rejected', { after: before });
    expect(detail['problem']).toContain(problem);
    expect(sightings(tab, ({ covered }) => covered, before)).toEqual([]);
  }
  expect(await idleLimit(tab)).toBe('15m');
  await expect(tab.page.getByLabel('Reference')).toHaveValue('Invoice 17');
  // What is shortened needs no signature, and an end even less.
  await bank.endSession((await liveSession(bank)).id);
  await tab.quietly('window.dispatchEvent(new Event("focus"))');
  expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'revoked' });
});

test('who signs in while somebody stands between sees nothing, is told so, and goes on when nobody does', async ({
  bank,
  visible,
}) => {
  await withoutStream(visible);
  standBetween(bank, unsigned);
  const office = await visible.open();
  await office.page.getByRole('button', { name: 'Tess Teller' }).click();
  await office.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await sees(office, 'policy-rejected');
  const tag = await visible.open('/script-tag/');
  await sees(tag, 'policy-rejected');
  for (const tab of [office, tag]) {
    const panel = tab.page.getByRole('dialog', { name: 'We could not check your session' });
    await expect(panel).toBeVisible();
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel.getByRole('button', { name: 'Try again' })).toHaveAttribute('aria-disabled', 'false');
    await expect(panel).toBeVisible();
    expect(sightings(tab, 'session-opened')).toEqual([]);
  }
  bank.fault(null);
  for (const tab of [office, tag]) await sees(tab, 'session-opened', { timeout: 30_000 });
  await atWork(office);
});

test('keys are replaced in the middle of a session, and the page goes on with the new ones', async ({
  bank,
  visible,
}) => {
  const office = await visible.open();
  await signIn(office);
  const tag = await visible.open('/script-tag/');
  await sees(tag, 'session-opened');
  const tabs = [office, tag];
  const asked = requestsTo(bank, 'GET', KEYS).length;
  expect(asked).toBe(tabs.length);
  policySigner.rotate();
  await setPolicy(bank, { idle_timeout: 300 });
  const version = await versionOf(bank);
  for (const tab of tabs) {
    await sees(tab, isPolicy(version));
    expect(sightings(tab, 'policy-rejected'), tab.name).toEqual([]);
  }
  expect(requestsTo(bank, 'GET', KEYS)).toHaveLength(2 * asked);
  expect(await idleLimit(office)).toBe('5m');
  await office.page.reload();
  await atWork(office);
});
