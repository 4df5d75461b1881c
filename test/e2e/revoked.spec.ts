/** Story 2: an administrator ends the session, whatever its tabs are doing at that moment. */
import {
  atWork,
  type Browser,
  expect,
  expectWithin,
  inAll,
  inputIsWaiting,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  type Sighting,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';

/** From the end at the server to a tab that is covered and wiped. */
const VISIBLE = 1_000;
const HIDDEN = 2_000;

async function threeTabs(browser: Browser): Promise<readonly [Tab, Tab, Tab]> {
  const one = await browser.open();
  await signIn(one);
  await leaveTokens(one);
  const two = await browser.open('/payments');
  const three = await browser.open('/new-payment');
  for (const tab of [two, three]) {
    await atWork(tab);
    await tab.page.evaluate(() => sessionStorage.setItem('backoffice:draft', 'typed'));
  }
  return [one, two, three];
}

async function expectRevoked(tab: Tab, since: number, bound: number): Promise<void> {
  const cover = await sees(tab, isCovered);
  const end = await sees(tab, 'session-ended');
  const wiped = await sees(tab, isWiped);
  expect(end.detail).toMatchObject({ reason: 'revoked' });
  for (const { at, what } of [cover, end, wiped]) expectWithin(at - since, bound, `${what} in ${tab.name}`);
  expect(await leftovers(tab)).toEqual([]);
}

test('ended on the administration page, all tabs are covered and wiped within a second', async ({ bank, visible }) => {
  const tabs = await threeTabs(visible);
  const { id } = await liveSession(bank);
  const admin = await visible.open('/admin/');
  await admin.page.getByLabel('User name').fill('root-admin');
  await admin.page.getByLabel('Password').fill('admin-demo-1');
  await admin.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await admin.page.getByRole('button', { name: 'End the session of tess' }).click();
  await admin.page.getByRole('button', { name: 'End session' }).click();

  const path = `/admin/api/sessions/${id}/end`;
  await expect.poll(() => bank.requests.find((request) => request.path === path)?.status).toBe(200);
  const since = bank.requests.find((request) => request.path === path)!.at;
  await inAll(tabs, (tab) => expectRevoked(tab, since, VISIBLE));
  for (const { page } of tabs) await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  // The administrator's own session, on the same origin, is another one.
  await expect(admin.page.getByText('tess: 1 session ended.')).toBeVisible();
});

test('a tab in front is covered and wiped within a second, and the tabs behind it within two', async ({
  bank,
  real,
}) => {
  const tabs = await threeTabs(real);
  const [front] = tabs;
  await front.page.bringToFront();
  await sees(front, isHoldingStream);
  const since = Date.now();
  await bank.endSession((await liveSession(bank)).id);
  await inAll(tabs, (tab) => expectRevoked(tab, since, tab === front ? VISIBLE : HIDDEN));
});

test('with all tabs behind another page, they are covered and wiped within two seconds', async ({ bank, real }) => {
  const tabs = await threeTabs(real);
  const other = await real.open('/script-tag/icon.svg');
  await other.page.bringToFront();
  await expect.poll(() => tabs[2].quietly<string>('document.visibilityState')).toBe('hidden');
  await expect.poll(() => bank.openStreams()).toBeGreaterThan(0);
  const since = Date.now();
  await bank.endSession((await liveSession(bank)).id);
  await inAll(tabs, (tab) => expectRevoked(tab, since, HIDDEN));
});

test('a stopped tab is covered before it accepts what was done to it meanwhile', async ({ bank, real }) => {
  const [stopped, other, third] = await threeTabs(real);
  await third.page.bringToFront();
  const field = third.page.getByLabel('Payee', { exact: true });
  await field.fill('North');
  const { x, y } = (await field.boundingBox())!;
  await expect.poll(() => third.quietly<string>('document.visibilityState')).toBe('visible');

  // A tab behind it notices the end, for the stream is its own by then.
  await other.page.bringToFront();
  await sees(other, isHoldingStream);
  const goOn = await real.stop(third);
  const stoppedAt = Date.now();
  await bank.endSession((await liveSession(bank)).id);
  for (const tab of [stopped, other]) await sees(tab, isWiped);

  // As long as somebody would look at a page that does not answer.
  await expect.poll(() => Date.now() - stoppedAt, { intervals: [100] }).toBeGreaterThan(3_000);
  const before = sofar(third);
  await third.page.bringToFront();
  const done = Promise.all([
    third.page.mouse.click(x + 10, y + 10),
    third.page.keyboard.press('x'),
    third.page.keyboard.press('Enter'),
  ]);
  await inputIsWaiting(real);
  goOn();
  await done;
  await sees(third, 'session-ended');
  await sees(third, isWiped);
  expect(sightings(third, 'reached', before)).toEqual([]);
  expect(uncovered(third, before)).toEqual([]);
});

test('a page that comes back from the back/forward cache accepts no input before the server was asked', async ({
  bank,
  cached,
}) => {
  const tab = await cached.open('/new-payment');
  await signIn(tab);
  await leaveTokens(tab);
  const field = tab.page.getByLabel('Payee', { exact: true });
  await field.fill('North');
  const { x, y } = (await field.boundingBox())!;
  await tab.page.goto(`${bank.origin}/script-tag/icon.svg`);
  await bank.endSession((await liveSession(bank)).id);

  // The server takes its time, on whichever way it is asked.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await cached.context.route(/\/session(\/events)?$/, async (route) => {
    await held;
    await route.continue();
  });
  const before = sofar(tab);
  await tab.page.evaluate(() => history.back());
  const shown = await sees(tab, 'page shown', { after: before });
  expect(shown.detail).toEqual({ persisted: true });
  expect(shown.covered, 'the first frame that script can influence').toBe(true);
  await tab.page.mouse.click(x + 10, y + 10);
  await tab.page.keyboard.press('x');
  expect(sightings(tab, 'reached', before)).toEqual([]);
  expect(uncovered(tab, before)).toEqual([]);

  answer();
  await sees(tab, 'session-ended', { after: before });
  await sees(tab, isWiped, { after: before });
  expect(sightings(tab, 'reached', before)).toEqual([]);
  expect(uncovered(tab, before)).toEqual([]);
  expect(await leftovers(tab)).toEqual([]);
});

test('a page left in the back/forward cache is put out of it by the end that another tab hears', async ({
  bank,
  cached,
}) => {
  const [tab, other] = await threeTabs(cached);
  await tab.page.goto(`${bank.origin}/script-tag/icon.svg`);
  await bank.endSession((await liveSession(bank)).id);
  await sees(other, isWiped);
  const before = sofar(tab);
  await tab.page.evaluate(() => history.back());
  const shown = await sees(tab, 'page shown', { after: before });
  expect(shown.detail).toEqual({ persisted: false });
  await expect(tab.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(tab.page.getByText('Your session was ended', { exact: true })).toBeVisible();
  expect(sightings(tab, 'session-opened', before)).toEqual([]);
});

const isHoldingStream = ({ what, detail }: Sighting) => what === 'stream-held' && detail['held'] === true;

/**
 * What was seen of a page that was in sight. That another tab has taken the stream, a page may be told in a task before
 * the one that tells it of the end: nothing is drawn or accepted in between.
 */
const uncovered = (tab: Tab, after: number) =>
  sightings(tab, ({ covered, what }) => !covered && !['stall', 'stream-held'].includes(what), after);
