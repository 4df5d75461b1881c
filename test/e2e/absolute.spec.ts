/** Story 5: the absolute limit, which no activity moves. */
import {
  beginShort,
  expect,
  expectInTime,
  isCovered,
  isWiped,
  leaveTokens,
  leftovers,
  liveSession,
  sees,
  serverSays,
  setPolicy,
  sightings,
  signIn,
  test,
  VISIBLE,
  wallTime,
  work,
} from './bank.ts';
import { beginHeartbeat } from './witness.ts';

test('the absolute limit ends a session however busy the person is, with a warning of its own that offers nothing false, while being busy still feeds the idle clock', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  await leaveTokens(tab);
  await beginHeartbeat(tab);
  const idle = 4;
  const lead = 6;
  const { started_at: startedAt } = await liveSession(bank);
  const longest = Math.ceil(bank.clock.now() / 1_000 - startedAt) + lead + 6;
  await setPolicy(bank, { absolute_timeout: longest, warn_before_absolute: lead });
  const deadline = wallTime(bank, (startedAt + longest) * 1_000);
  const before = await beginShort(bank, visible, tab, { idle_timeout: idle, warn_before: 1 });
  const mark = before(tab);

  const busy = work(tab, 'Payee', deadline - Date.now() - 700);
  const warning = await sees(tab, 'warning opened', { after: mark, timeout: 10_000 });
  expectInTime(warning, deadline - lead * 1_000, { bound: VISIBLE, what: 'the warning', heartbeat: tab });
  expect(await sees(tab, 'warning-shown', { after: mark })).toMatchObject({ detail: { cause: 'absolute' } });
  const dialog = tab.page.getByRole('alertdialog');
  await expect(dialog.getByRole('button', { name: 'OK' })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Stay signed in' })).toHaveCount(0);
  await expect(dialog).toContainText('however busy you are');

  // The warning lasts longer than the idle limit, and the keys go to it.
  await busy;
  expect((await liveSession(bank)).last_activity * 1_000).toBeGreaterThan(bank.clock.now() - idle * 1_000);
  const cover = await sees(tab, isCovered, { after: mark });
  expectInTime(cover, deadline, { bound: VISIBLE, what: 'the cover', heartbeat: tab });
  const end = await sees(tab, 'session-ended', { after: mark });
  expect(end.detail).toMatchObject({ reason: 'absolute' });
  expectInTime(end, deadline, { bound: VISIBLE, what: 'the end', heartbeat: tab });
  await sees(tab, isWiped, { after: mark });
  expect(await leftovers(tab)).toEqual([]);
  expect((await serverSays(visible, bank)).body).toMatchObject({ reason: 'absolute' });
  expect(sightings(tab, 'warning-shown', mark).map(({ detail }) => detail['cause'])).toEqual(['absolute']);
});
