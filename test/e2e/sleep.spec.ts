/** Story 6: the laptop sleeps: server and wall clock go on, and the page's monotonic clock stands still. */
import {
  atWork,
  type Browser,
  beginShort,
  expect,
  expectInTime,
  expectWithin,
  idleDeadline,
  inSight,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  move,
  requestsTo,
  sees,
  serverSays,
  setPolicy,
  sightings,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';
import { beginHeartbeat, jumpWallClock } from './witness.ts';

const NIGHT = 9 * 3_600_000;

/** What a look finds at the latest where nobody touches anything. */
const UNTOUCHED = 30_000;
/** An event is answered in the task in which it arrives. */
const AT_ONCE = 100;

/** Two tabs at work, and no stream: it is the clock that has to be noticed, not a message that waited for the morning. */
async function twoTabs(browser: Browser): Promise<readonly [Tab, Tab]> {
  const one = await browser.open('/new-payment');
  await signIn(one);
  await leaveTokens(one);
  const two = await browser.open('/payments');
  await atWork(two);
  return [one, two];
}

/** The wall clock of the device jumps, in all tabs at once. */
const jump = (tabs: readonly Tab[]) => Promise.all(tabs.map((tab) => jumpWallClock(tab, NIGHT)));

test('after a sleep past the deadline the page is covered within 30 s though nobody touches it', async ({
  bank,
  visible,
}) => {
  test.setTimeout(90_000);
  bank.fault('silent', ['/session/events']);
  const tabs = await twoTabs(visible);
  await quiet(tabs);
  await bank.clock.advance(NIGHT);
  const woke = Date.now();
  await jump(tabs);
  for (const tab of tabs) {
    const cover = await sees(tab, isCovered, { timeout: UNTOUCHED + 5_000 });
    expectWithin(cover.at - woke, UNTOUCHED, tab.name);
    expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'idle' });
    await sees(tab, isWiped);
    expect(await leftovers(tab)).toEqual([]);
  }
});

/** What opening and signing in have set off is over: nothing more is told, or asked of the server, for some time. */
async function quiet(tabs: readonly Tab[]): Promise<void> {
  const last = () => Math.max(...tabs.map((tab) => tab.seen.at(-1)?.at ?? 0));
  await expect.poll(() => Date.now() - last(), { intervals: [100] }).toBeGreaterThan(3_000);
}

const acts: Record<string, (tab: Tab, x: number, y: number) => Promise<void>> = {
  'a move': ({ page }, x, y) => page.mouse.move(x + 20, y + 10),
  'a key': ({ page }) => page.keyboard.press('x'),
  'a click': ({ page }, x, y) => page.mouse.click(x + 10, y + 100),
};

for (const [name, act] of Object.entries(acts)) {
  test(`after a sleep past the deadline ${name} covers the page at once, and neither it nor what follows revives the session`, async ({
    bank,
    visible,
  }) => {
    bank.fault('silent', ['/session/events']);
    const [one, two] = await twoTabs(visible);
    const field = one.page.getByLabel('Payee', { exact: true });
    await field.fill('North');
    const { x, y } = (await field.boundingBox())!;
    await one.page.bringToFront();
    await one.page.mouse.move(x + 10, y + 100);
    await bank.clock.advance(NIGHT);
    await jump([one, two]);

    const marks = [one, two].map(sofar);
    // The server is not there yet, as a network after a night: what the page does it does alone.
    bank.fault('silent');
    await act(one, x, y);
    const awake = await sees(one, 'awake', { after: marks[0] });
    expectWithin((await sees(one, isCovered, { after: marks[0] })).at - awake.at, AT_ONCE, 'the cover');
    await one.page.mouse.click(x + 10, y + 10);
    await one.page.keyboard.press('x');
    bank.fault(null);
    for (const [index, tab] of [one, two].entries()) {
      await sees(tab, isCovered, { after: marks[index] });
      await sees(tab, 'session-ended', { after: marks[index], timeout: 10_000 });
      await sees(tab, isWiped, { after: marks[index] });
    }
    await one.page.mouse.move(x + 30, y + 30);
    await one.page.mouse.click(x + 10, y + 10);
    await expect(one.page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
    for (const [index, tab] of [one, two].entries()) {
      expect(sightings(tab, 'reached', marks[index])).toEqual([]);
      expect(sightings(tab, 'session-opened', marks[index])).toEqual([]);
    }
    expect((await serverSays(visible, bank)).body).toMatchObject({ reason: 'idle' });
  });
}

test('after a sleep that began with a warning on screen, its button does not revive the session', async ({
  bank,
  visible,
}) => {
  bank.fault('silent', ['/session/events']);
  const tab = await visible.open();
  await signIn(tab);
  await leaveTokens(tab);
  await setPolicy(bank, { idle_timeout: 40, warn_before: 20 });
  await bank.clock.advance(21_000);
  await jumpWallClock(tab, 21_000);
  await tab.quietly('window.dispatchEvent(new Event("focus"))');
  const warning = await sees(tab, 'warning opened');

  await inSight(warning);
  await quiet([tab]);
  const { x, y } = (await tab.page.getByRole('button', { name: 'Stay signed in' }).boundingBox())!;
  const mark = sofar(tab);
  await bank.clock.advance(NIGHT);
  await jumpWallClock(tab, NIGHT);
  await tab.page.mouse.click(x + 10, y + 10);
  await sees(tab, isCovered, { after: mark });
  expect((await sees(tab, 'session-ended', { after: mark })).detail).toMatchObject({ reason: 'idle' });
  await sees(tab, isWiped, { after: mark });
  expect(sightings(tab, 'session-extended')).toEqual([]);
  expect(requestsTo(bank, 'POST', '/session/extend').filter(({ status }) => status === 200)).toEqual([]);
  expect((await serverSays(visible, bank)).body).toMatchObject({ reason: 'idle' });
});

test("if only the device's clock jumped, the page is covered for a moment and then open again", async ({
  bank,
  visible,
}) => {
  const [one, two] = await twoTabs(visible);
  const { id } = await liveSession(bank);
  const marks = [one, two].map(sofar);
  await jump([one, two]);
  for (const [index, tab] of [one, two].entries()) {
    await move(tab);
    await sees(tab, isCovered, { after: marks[index] });
    await expect.poll(() => tab.quietly('getComputedStyle(document.body).contentVisibility')).toBe('visible');
    await atWork(tab);
    expect(sightings(tab, ({ what }) => what === 'session-ended' || what === 'tokens-wiped')).toEqual([]);
  }
  expect(await leftovers(one)).toEqual(['backoffice:token', 'backoffice:draft']);
  expect((await liveSession(bank)).id).toBe(id);
  // And it stays so: the next acts find the same session.
  const after = [one, two].map(sofar);
  for (const tab of [one, two]) {
    await move(tab);
    await tab.page.keyboard.press('Shift');
  }
  await atWork(two);
  for (const [index, tab] of [one, two].entries()) expect(sightings(tab, isCovered, after[index])).toEqual([]);
});

test("if the device's clock is set back, the session stays open, and ends at the server's deadline", async ({
  bank,
  visible,
}) => {
  const [one, two] = await twoTabs(visible);
  const tabs = [one, two];
  for (const tab of tabs) await jumpWallClock(tab, -NIGHT);
  for (const tab of tabs) {
    await move(tab);
    await atWork(tab);
    await beginHeartbeat(tab);
  }
  const before = await beginShort(bank, visible, one, { idle_timeout: 5, warn_before: 2 });
  for (const tab of tabs) expect(sightings(tab, isCovered)).toEqual([]);
  for (const tab of tabs) await sees(tab, 'warning opened', { after: before(tab) });
  const deadline = await idleDeadline(bank);
  for (const tab of tabs) {
    const cover = await sees(tab, isCovered, { after: before(tab), timeout: 8_000 });
    expectInTime(cover, deadline, { bound: AT_ONCE, what: `the cover of ${tab.name}`, heartbeat: tab });
    expect((await sees(tab, 'session-ended')).detail).toMatchObject({ reason: 'idle' });
  }
});
