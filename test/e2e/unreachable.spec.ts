/** Story 4: the server disappears, never answers, or answers something that is no word about the session. */
import type { TestServer } from '../server/start-test-server.ts';
import {
  atWork,
  type Browser,
  beginShort,
  expect,
  expectInTime,
  expectWithin,
  idleDeadline,
  inAll,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  marked,
  requestsTo,
  type Sighting,
  sees,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
  VISIBLE,
} from './bank.ts';
import { beginHeartbeat } from './witness.ts';

/** From the deadline to the end of a session whose server says nothing. */
const OFFLINE = 5_000;

async function twoTabs(browser: Browser): Promise<readonly [Tab, Tab]> {
  const one = await browser.open();
  await signIn(one);
  await leaveTokens(one);
  const two = await browser.open('/payments');
  await atWork(two);
  await two.page.evaluate(() => sessionStorage.setItem('backoffice:draft', 'typed'));
  return [one, two];
}

/** Known facts count on: warned and covered on time, wiped soon after, and all of that alone. */
async function expectToEndAlone(tabs: readonly Tab[], deadline: number, before: (tab: Tab) => number): Promise<void> {
  for (const [tab, warning] of await inAll(tabs, (tab) =>
    sees(tab, 'warning opened', { after: before(tab), timeout: 8_000 }),
  )) {
    expectInTime(warning, deadline - 2_000, { bound: VISIBLE, what: `the warning in ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered))) {
    expectInTime(cover, deadline, { bound: VISIBLE, what: `the cover of ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, end] of await inAll(tabs, (tab) => sees(tab, 'session-ended', { timeout: 2 * OFFLINE }))) {
    expect(end.detail).toMatchObject({ reason: 'idle' });
    const wiped = await sees(tab, isWiped);
    expectWithin(wiped.at - deadline, OFFLINE, `${tab.name} is wiped`);
    expect(await leftovers(tab)).toEqual([]);
  }
}

test('the server disappears: covered at the deadline, and ended and wiped at most 5 s later', async ({
  bank,
  visible,
}) => {
  const tabs = await twoTabs(visible);
  for (const tab of tabs) await beginHeartbeat(tab);
  const before = await beginShort(bank, visible, tabs[1], { idle_timeout: 6, warn_before: 2 });
  const deadline = await idleDeadline(bank);
  await bank.stop();
  await expectToEndAlone(tabs, deadline, before);
});

test('the server never answers: covered at the deadline, and ended and wiped at most 5 s later', async ({
  bank,
  visible,
}) => {
  // Not even the stream was ever answered.
  bank.fault('silent', ['/session/events']);
  const tabs = await twoTabs(visible);
  for (const tab of tabs) await beginHeartbeat(tab);
  const before = await beginShortWithoutStream(bank, tabs, { idle_timeout: 6, warn_before: 2 });
  const deadline = await idleDeadline(bank);
  bank.fault('silent');
  await expectToEndAlone(tabs, deadline, before);
});

/** As `beginShort`, where no stream brings the news: the tabs are made to look. */
async function beginShortWithoutStream(
  bank: TestServer,
  tabs: readonly Tab[],
  change: Readonly<Record<string, number>>,
): Promise<(tab: Tab) => number> {
  await bank.setPolicy('teller', { ...change, touch_every: 1 });
  const { policy_version: version } = await liveSession(bank);
  for (const tab of tabs) {
    const known = ({ what, detail }: Sighting) => what === 'policy-updated' && detail['version'] === version;
    await tab.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await sees(tab, known);
  }
  return marked(tabs);
}

const html = { 'Content-Type': 'text/html' };
const answers = {
  'a 500': { status: 500, body: 'Internal Server Error' },
  'a 429': { status: 429, headers: { 'Retry-After': '1' } },
  'an HTML page': { status: 200, body: '<!doctype html><title>Welcome</title>', headers: html },
  'a redirect': { status: 302, headers: { Location: '/sign-in' } },
  'a bare 401': { status: 401 },
  'a bare 401 in HTML': { status: 401, body: '<h1>Unauthorized</h1>', headers: html },
  'a bare 403': { status: 403 },
  'a 404': { status: 404, body: 'not found' },
  'a broken connection': 'down',
} as const;

test('a 500, a 429, an HTML page, a redirect and a bare 401 end and wipe nothing', async ({ bank, visible }) => {
  test.setTimeout(90_000);
  const tabs = await twoTabs(visible);
  const marks = tabs.map(sofar);
  for (const [name, fault] of Object.entries(answers)) {
    const before = requestsTo(bank, 'GET', '/session').length;
    const isAsked = () => requestsTo(bank, 'GET', '/session').length;
    bank.fault(fault, ['/session']);
    await beBackOnline(visible);
    await expect.poll(isAsked, `the server is asked, and answers ${name}`).toBeGreaterThan(before);
    await expect.poll(() => tabs.every((tab, index) => isUnanswered(tab, marks[index]!)), name).toBe(true);
    for (const [index, tab] of tabs.entries()) {
      expect(sightings(tab, isOver, marks[index]), name).toEqual([]);
      marks[index] = sofar(tab);
      expect(await leftovers(tab), name).toEqual(['backoffice:token', 'backoffice:draft']);
    }
  }
  bank.fault(null);
  await beBackOnline(visible);
  for (const tab of tabs) {
    await atWork(tab);
    expect(sightings(tab, isOver)).toEqual([]);
  }
});

const isUnanswered = (tab: Tab, after: number) => sightings(tab, 'backend-unreachable', after).length > 0;

const isOver = ({ what, covered }: Sighting) =>
  covered || ['session-expired', 'session-ended', 'tokens-wiped'].includes(what);

/** The network goes and comes back: a reason to ask. */
async function beBackOnline({ context }: Browser): Promise<void> {
  await context.setOffline(true);
  await context.setOffline(false);
}

test('`no-session` ends and wipes', async ({ bank, visible }) => {
  const tabs = await twoTabs(visible);
  await visible.context.clearCookies();
  await beBackOnline(visible);
  for (const tab of tabs) {
    expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'unknown' });
    await sees(tab, isCovered);
    await sees(tab, isWiped);
    expect(await leftovers(tab)).toEqual([]);
  }
  expect(requestsTo(bank, 'GET', '/session').at(-1)?.status).toBe(401);
});

test('`session-ended` ends and wipes, and the reason is the one that the server gives', async ({ bank, visible }) => {
  const tabs = await twoTabs(visible);
  const { id } = await liveSession(bank);
  await visible.context.setOffline(true);
  await bank.endSession(id, 'credential-change');
  await visible.context.setOffline(false);
  for (const tab of tabs) {
    expect((await sees(tab, 'session-ended')).detail).toMatchObject({
      sessionId: id,
      reason: 'revoked',
      detail: 'credential-change',
    });
    await sees(tab, isCovered);
    await sees(tab, isWiped);
    expect(await leftovers(tab)).toEqual([]);
  }
});
