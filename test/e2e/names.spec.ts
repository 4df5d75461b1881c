/** Story 11: two instances of the SDK with different names on one origin. */
import { expect, move, sees, sightings, sofar, type Tab, test, work } from './bank.ts';
import { addLatch, type LatchWindow, openLatch, phase } from './latch.ts';

const policy = { idleTimeout: 6_000, warnBefore: 2_000 };

test('two instances with different names on one origin do not hear each other: not of work, not of an end, not of a wipe', async ({
  visible,
}) => {
  const one = await openLatch(visible, { name: 'one', policy, wipes: 'one:' });
  const alsoOne = await openLatch(visible, { name: 'one', policy, wipes: 'one:' });
  const two = await openLatch(visible, { name: 'two', policy, wipes: 'two:' });
  for (const [tab, name] of [
    [one, 'one'],
    [alsoOne, 'one'],
    [two, 'two'],
  ] as [Tab, string][]) {
    await sees(tab, `${name}: session-opened`);
  }
  await one.page.evaluate(() => {
    localStorage.setItem('one:token', '1');
    localStorage.setItem('two:token', '2');
  });

  // Work in one tab keeps the tabs of its name, and no other.
  await move(two);
  await work(one, 'Note', policy.idleTimeout + 500);
  await sees(two, 'two: session-ended', { timeout: 2_000 });
  expect(await phase(one, 'one')).toBe('active');
  expect(await phase(alsoOne, 'one')).toBe('active');
  expect(sightings(alsoOne, 'one: warning-shown')).toEqual([]);
  await sees(two, 'two: tokens-wiped');
  await expect.poll(() => one.page.evaluate(() => ({ ...localStorage })['two:token'])).toBeUndefined();
  expect(await one.page.evaluate(() => localStorage.getItem('one:token'))).toBe('1');

  // In one page too: the end of one is not the end of the other.
  await addLatch(one, { name: 'two', policy, wipes: 'two:' });
  await one.page.evaluate(() => (window as unknown as LatchWindow).latches['two']?.begin());
  await expect.poll(() => phase(one, 'two')).toBe('active');
  const mark = sofar(two);
  await one.page.evaluate(() => (window as unknown as LatchWindow).latches['one']?.signOut());
  await sees(alsoOne, 'one: session-ended');
  expect(await phase(one, 'two')).toBe('active');
  expect(sightings(two, 'two: session-ended', mark)).toEqual([]);
  for (const tab of [one, alsoOne, two]) expect(sightings(tab, ({ what }) => what.includes('rejected'))).toEqual([]);
});
