/** Story 8: pages that have a script tag with attributes, and nothing else. */
import {
  beginShort,
  expect,
  expectInTime,
  expectWithin,
  idleDeadline,
  inAll,
  isCovered,
  liveSession,
  move,
  requestsTo,
  sees,
  serverSays,
  sightings,
  signIn,
  sofar,
  stay,
  type Tab,
  test,
  VISIBLE,
  work,
} from './bank.ts';
import { beginHeartbeat } from './witness.ts';

const idle = 8_000;
const lead = 3_000;

test('nothing but attributes: two pages warn, stay, are covered together, and are still out afterwards', async ({
  bank,
  visible,
}) => {
  test.setTimeout(90_000);
  const door = await visible.open();
  await signIn(door);
  await door.page.close();
  const tabs: Tab[] = [];
  for (const path of ['/script-tag/', '/script-tag/']) {
    const tab = await visible.open(path);
    await sees(tab, 'session-opened');
    await beginHeartbeat(tab);
    tabs.push(tab);
  }
  const [one, two] = tabs as [Tab, Tab];
  const before = await beginShort(bank, { ...visible, tabs }, two, {
    idle_timeout: idle / 1_000,
    warn_before: lead / 1_000,
  });

  await work(two, 'Note', idle + 1_000);
  for (const tab of tabs) expect(sightings(tab, 'warning opened', before(tab))).toEqual([]);

  const first = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: before(tab), timeout: idle }));
  await move(one);
  expect(sightings(one, 'warning closed', before(one))).toEqual([]);
  await stay(one, first[0]![1]);
  await inAll(tabs, (tab) => sees(tab, 'warning closed', { after: before(tab) }));
  expect(requestsTo(bank, 'POST', '/session/extend').map(({ status }) => status)).toEqual([200]);

  const deadline = await idleDeadline(bank);
  const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
  const warnings = await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: marks.get(tab), timeout: idle }));
  for (const [tab, warning] of warnings) {
    expectInTime(warning, deadline - lead, { bound: VISIBLE, what: `the warning in ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, cover] of await inAll(tabs, (tab) => sees(tab, isCovered))) {
    expectInTime(cover, deadline, { bound: VISIBLE, what: `the cover of ${tab.name}`, heartbeat: tab });
  }
  for (const [tab, end] of await inAll(tabs, (tab) => sees(tab, 'session-ended'))) {
    expect(end.detail).toMatchObject({ reason: 'idle' });
    expectInTime(end, deadline, { bound: VISIBLE, what: `the end in ${tab.name}`, heartbeat: tab });
  }
  expect((await serverSays(visible, bank)).body).toMatchObject({ reason: 'idle' });

  // Still out: a move, a reload, a new tab. The page says why, and leads to the sign-in page.
  await move(one);
  await two.page.reload();
  const late = await visible.open('/script-tag/');
  for (const tab of [one, two, late]) {
    await expect(tab.page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
    await expect(tab.page.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', `${bank.origin}/`);
    await expect(tab.page.getByRole('heading', { name: 'Branch notices' })).toHaveCount(0);
  }
  for (const tab of [...tabs, late]) {
    expect(sightings(tab, ({ what }) => what === 'violation' || what === 'error')).toEqual([]);
  }
});

test('an administrator who ends the session ends these pages too', async ({ bank, visible }) => {
  const door = await visible.open();
  await signIn(door);
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  expect(requestsTo(bank, 'GET', '/dist/nightlatch.signed-policy.js'), 'nobody has asked for it').toEqual([]);
  await expect.poll(() => bank.openStreams()).toBeGreaterThan(0);
  const since = Date.now();
  await bank.endSession((await liveSession(bank)).id);
  expectWithin((await sees(tab, isCovered)).at - since, 1_000, 'the cover');
});

test('a control with data-operation says what its person may do, the moment that changes, and asks where that is all it needs', async ({
  bank,
  visible,
}) => {
  const door = await visible.open();
  await signIn(door);
  await door.page.close();
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  const pay = tab.page.getByRole('link', { name: 'Enter a payment' });
  const logs = tab.page.getByRole('link', { name: 'Read the logs' });
  await expect(logs).toHaveAccessibleDescription('You are not allowed to do this.');
  await expect(logs).toHaveAttribute('aria-disabled', 'true');
  await expect(pay).not.toHaveAttribute('aria-disabled');

  await pay.focus();
  const place = await pay.boundingBox();
  const about = { name: 'payments closed', when: { operation: 'payments:write' } };
  await tab.quietly(`new MutationObserver(() => {
    window.blockedAt ??= document.querySelector('[data-operation="payments:write"][aria-disabled]') ? Date.now() : undefined;
  }).observe(document.body, { subtree: true, attributes: true })`);
  const since = Date.now();
  await bank.setRules([{ ...about, set: { allow: false } }]);
  await expect(pay).toHaveAttribute('aria-disabled', 'true');
  expectWithin((await tab.quietly<number>('window.blockedAt')) - since, 1_000, 'how late it is blocked');
  await expect(pay).toHaveAccessibleDescription('You are not allowed to do this.');
  await expect(pay).toBeFocused();
  expect(await pay.boundingBox()).toEqual(place);
  await tab.page.keyboard.press('Enter');
  await expect(tab.page.getByRole('status').filter({ hasText: 'You are not allowed to do this.' })).toBeAttached();
  expect(new URL(tab.page.url()).pathname).toBe('/script-tag/');

  // Allowed again, for who has authenticated just now: it asks first, and then leads where it leads.
  const { started_at } = await liveSession(bank);
  // An answer of the last five seconds counts as just given, whatever a rule says.
  const max_age = Math.max(6, Math.ceil(bank.clock.now() / 1_000 - started_at) + 1);
  await bank.setRules([{ ...about, set: { max_age } }]);
  await expect(pay).toHaveAttribute('data-operation-state', 'needs-authentication', { timeout: 10_000 });
  await expect(pay).not.toHaveAttribute('aria-disabled');
  await pay.focus();
  await tab.page.keyboard.press('Enter');
  await expect(tab.page.getByRole('dialog', { name: 'Confirm that it is you' })).toBeVisible();
  await tab.page.keyboard.type('teller-demo-1');
  await tab.page.keyboard.press('Enter');
  await expect(tab.page.getByRole('heading', { name: 'New payment' })).toBeVisible();
  for (const what of ['violation', 'error']) expect(sightings(tab, what), what).toEqual([]);
});

for (const [file, message] of [
  ['wrong', 'data-idle-timeout="15 minutes" is no duration. Write a whole number and s, m or h: 90s, 15m, 8h.'],
  ['misspelt', 'data-warn-befor is unknown.'],
] as const) {
  test(`a ${file} attribute is a clear message in an error event, and starts nothing with a silent default`, async ({
    visible,
  }) => {
    const tab = await visible.open(`/script-tag/test/${file}.html`);
    const told = await sees(tab, 'nightlatch-error');
    expect(told.detail['message']).toContain(message);
    expect(told.detail['problems']).toEqual([expect.stringContaining(message)]);
    const uncaught = await sees(tab, 'error');
    expect(uncaught.detail['message']).toContain(message);
    const started = await tab.page.evaluate(() => {
      const { latch, problems } = (window as unknown as { Nightlatch: { latch: unknown; problems: unknown[] } })
        .Nightlatch;
      return { latch: latch !== undefined, problems: problems.length };
    });
    expect(started).toEqual({ latch: false, problems: 1 });
    expect(sightings(tab, ({ what }) => ['session-opened', 'panel opened', 'warning opened'].includes(what))).toEqual(
      [],
    );
  });
}
