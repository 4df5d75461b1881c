/** Story 3: the administrator shortens the idle limit while tabs are open. */
import {
  atWork,
  type Browser,
  expect,
  expectInTime,
  expectWithin,
  HIDDEN,
  idleDeadline,
  inAll,
  isCovered,
  liveSession,
  type Sighting,
  sees,
  setPolicy,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
  VISIBLE,
} from './bank.ts';
import { beginHeartbeat } from './witness.ts';

const SOON = 1_000;

async function threeTabs(browser: Browser): Promise<readonly Tab[]> {
  const one = await browser.open();
  await signIn(one);
  for (const path of ['/payments', '/accounts']) await atWork(await browser.open(path));
  return [...browser.tabs];
}

const isPolicy =
  (version: number) =>
  ({ what, detail }: Sighting) =>
    what === 'policy-updated' && detail['version'] === version;

test('a shorter idle limit, set on the administration page, is in force in all tabs within a second, without a reload', async ({
  bank,
  visible,
}) => {
  const tabs = await threeTabs(visible);
  const { policy_version: version } = await liveSession(bank);
  const admin = await visible.open('/admin/');
  await admin.page.getByLabel('User name').fill('root-admin');
  await admin.page.getByLabel('Password').fill('admin-demo-1');
  await admin.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const teller = admin.page.getByRole('form', { name: 'Teller' });
  await teller.getByLabel('Idle limit').fill('5m');
  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  await teller.getByRole('button', { name: 'Try out' }).click();
  await admin.page.getByRole('button', { name: 'Put in force now' }).click();

  const isChange = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && path === '/admin/api/rules';
  await expect.poll(() => bank.requests.find(isChange)?.status).toBe(200);
  const since = bank.requests.find(isChange)!.at;
  for (const [tab, known] of await inAll(tabs, (tab) => sees(tab, isPolicy(version + 1)))) {
    expectWithin(known.at - since, SOON, tab.name);
    expect(sightings(tab, 'page shown')).toHaveLength(1);
    // Nearer than it was, and still far away: nobody is told of it.
    expect(sightings(tab, 'warning opened', marks.get(tab))).toEqual([]);
  }
  const [one] = tabs as [Tab];
  await one.page.getByText('What Nightlatch sees').click();
  await expect(one.page.getByRole('form', { name: 'Timeouts' }).getByLabel('Idle')).toHaveValue('5m');
});

test('it is in force in the tabs behind the one in front as well, and they end by it', async ({ bank, real }) => {
  const tabs = await threeTabs(real);
  const front = tabs[2]!;
  await front.page.bringToFront();
  await beginHeartbeat(front);
  await setPolicy(bank, { touch_every: 0 });
  const before = (await liveSession(bank)).last_activity;
  await front.page.mouse.move(5, 5);
  await front.page.mouse.move(6, 7);
  await expect.poll(async () => (await liveSession(bank)).last_activity, { intervals: [20] }).toBeGreaterThan(before);

  const { policy_version: version } = await liveSession(bank);
  // A tab asks at most once a second: the change before this one has been asked about, and that second is over.
  await inAll(tabs, (tab) => sees(tab, isPolicy(version)));
  const asked = Date.now();
  await expect.poll(() => Date.now() - asked, { intervals: [100] }).toBeGreaterThan(1_500);

  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  const since = Date.now();
  await setPolicy(bank, { idle_timeout: 6, warn_before: 2, touch_every: 1 });
  for (const [tab, known] of await inAll(tabs, (tab) => sees(tab, isPolicy(version + 1)))) {
    expectWithin(known.at - since, SOON, tab.name);
  }

  const warnings = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: marks.get(tab) }));
  const deadline = await idleDeadline(bank);
  const inTime = (what: string, tab: Tab, sighting: Sighting, due: number) =>
    expectInTime(sighting, due, {
      bound: tab === front ? VISIBLE : HIDDEN,
      what: `${what} in ${tab.name}`,
      heartbeat: front,
      page: tab,
    });
  for (const [tab, warning] of warnings) inTime('the warning', tab, warning, deadline - 2_000);
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered)))
    inTime('the cover', tab, cover, deadline);
  for (const tab of tabs) {
    expect(sightings(tab, 'page shown')).toHaveLength(1);
    // The one that was due, and none before it: the shorter deadline counts before the shorter lead is confirmed.
    expect(sightings(tab, 'warning opened', marks.get(tab)), `warnings in ${tab.name}`).toHaveLength(1);
  }
});
