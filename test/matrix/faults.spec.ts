/** The other ground: what drivers do to pages and browsers is really done to them, in each engine that can be made to do it. */
import { expect } from '@playwright/test';
import { needs, pause, sees, test, ticks, visibility } from './plain-page.ts';

test('a frozen page runs no timers', { tag: '@differs' }, async ({ subject: browser, driver, site }) => {
  needs(driver, 'freeze');
  const tab = await browser.open(site.origin);
  await tab.hide();
  const resume = await tab.freeze();
  await sees(tab, 'freeze');
  const before = await ticks(tab);
  await pause(1_500);
  expect(await ticks(tab)).toBe(before);
  await resume();
  await sees(tab, 'resume');
  await expect.poll(() => ticks(tab)).toBeGreaterThan(before);
});

test('a stopped page is silent, while the other goes on', { tag: '@differs' }, async ({ subject: browser, site }) => {
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await two.ask('void (setInterval(() => {}, 1e9))');
  const heard = () => two.ask<number>("seen.filter((what) => what === 'heard tick').length");
  await expect.poll(heard).toBeGreaterThan(0);
  const goOn = await one.stop();
  // The browser may still hold messages of before.
  await pause(300);
  const before = await heard();
  const beforeTicks = await ticks(two);
  await pause(1_500);
  expect(await heard()).toBe(before);
  expect(await ticks(two)).toBeGreaterThan(beforeTicks);
  await goOn();
  await expect.poll(heard).toBeGreaterThan(before);
  expect(await ticks(one)).toBeGreaterThan(0);
});

test('a stopped page does not keep the browser from ending', { tag: '@differs' }, async ({
  subject: browser,
  site,
}) => {
  await (await browser.open(site.origin)).stop();
  await browser.close();
});

test('a crashed page is gone, while the other goes on', { tag: '@differs' }, async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'crash');
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  const heard = () => two.ask<number>("seen.filter((what) => what === 'heard tick').length");
  await expect.poll(heard).toBeGreaterThan(0);
  await one.crash();
  await pause(300);
  const before = await heard();
  await pause(1_500);
  expect(await heard()).toBe(before);
  await one.close();
  expect(await visibility(two)).toBe('visible');
});

test('a discarded tab is loaded anew on return, with its sessionStorage', { tag: '@differs' }, async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'discard');
  const tab = await browser.open(site.origin);
  await tab.ask('void (window.kept = true)');
  await tab.hide();
  const comeBack = await tab.discard();
  const loads = site.loads();
  await pause(500);
  expect(site.loads()).toBe(loads);
  const back = await comeBack();
  expect(await back.ask('window.kept ?? null')).toBe(null);
  expect(await back.ask("sessionStorage.getItem('loads')")).toBe('2');
});

test('a duplicated tab has a copy of sessionStorage', { tag: '@differs' }, async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'duplicate');
  const tab = await browser.open(site.origin);
  const copy = await browser.duplicate(tab);
  expect(await copy.ask("sessionStorage.getItem('loads')")).toBe('2');
  expect(await tab.ask("sessionStorage.getItem('loads')")).toBe('1');
});

test('without a network pages know, and reach nothing', { tag: '@differs' }, async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'offline');
  const tab = await browser.open(site.origin);
  await browser.setOffline(true);
  await sees(tab, 'offline');
  expect(await tab.ask("fetch('/any').then(() => 'reached', () => 'not reached')")).toBe('not reached');
  expect(await tab.ask('navigator.onLine')).toBe(false);
  await browser.setOffline(false);
  await sees(tab, 'online');
  expect(await tab.ask("fetch('/any').then(() => 'reached', () => 'not reached')")).toBe('reached');
});

test('a browser that is started again has its tabs and what they kept', { tag: '@differs' }, async ({
  subject: browser,
  driver,
  site,
}) => {
  needs(driver, 'restart');
  const tab = await browser.open(`${site.origin}/kept`);
  await tab.ask("localStorage.setItem('said', 'yes')");
  const loads = site.loads();
  const pages = await browser.restart(() => expect.poll(site.loads).toBeGreaterThan(loads));
  expect(pages).toHaveLength(1);
  expect(await pages[0]!.ask('location.pathname')).toBe('/kept');
  expect(await pages[0]!.ask("localStorage.getItem('said')")).toBe('yes');
  expect(await pages[0]!.ask("sessionStorage.getItem('loads')")).toBe('2');
});

test('a throttled hidden page wakes less than once a second', { tag: '@differs' }, async ({ launch, driver, site }) => {
  needs(driver, 'throttle');
  const tab = await (await launch({ throttled: true })).open(site.origin);
  await tab.hide();
  // The browser takes its time before it begins to.
  const ticksInFive = async () => {
    const before = await ticks(tab);
    await pause(5_000);
    return (await ticks(tab)) - before;
  };
  await expect.poll(ticksInFive, { timeout: 30_000 }).toBeLessThanOrEqual(2);
});
