/** The ground that the matrix stands on: what every driver offers does what it says, in each engine. */
import { expect } from '@playwright/test';
import { pause, seenBy, sees, test, visibility } from './plain-page.ts';

test('what a person does is trusted, and asking is no gesture', { tag: '@differs' }, async ({
  subject: browser,
  site,
}) => {
  const tab = await browser.open(site.origin);
  expect(await tab.ask('1 + 1')).toBe(2);
  expect(await tab.ask('new Promise((done) => setTimeout(() => done({ later: true }), 10))')).toEqual({ later: true });
  expect(await tab.ask('navigator.userActivation.hasBeenActive')).toBe(false);
  expect(await seenBy(tab)).toEqual(['loaded']);

  await tab.move(150, 320);
  await sees(tab, 'pointermove');
  expect(await tab.ask('navigator.userActivation.hasBeenActive')).toBe(false);
  await tab.click(150, 220);
  await sees(tab, 'click');
  expect(await tab.ask('navigator.userActivation.isActive')).toBe(true);
  for (const key of ['n', 'ä', 'Backspace', '7', 'Shift']) await tab.key(key);
  await expect.poll(() => tab.ask('document.activeElement.value')).toBe('n7');
  await tab.wheel(300, 300, 200);
  await sees(tab, 'wheel');
  await expect.poll(() => tab.ask<number>('scrollY')).toBeGreaterThan(0);
  expect((await seenBy(tab)).filter((what) => what.endsWith('of a script'))).toEqual([]);
});

test('a picture shows the page', { tag: '@differs' }, async ({ subject: browser, site }) => {
  const tab = await browser.open(site.origin);
  const picture = await tab.screenshot();
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  await tab.ask("void (document.body.style.background = 'green')");
  await expect.poll(async () => (await tab.screenshot()).equals(picture)).toBe(false);
});

test('a tab in front hides the others, and a window does not', { tag: '@differs' }, async ({
  subject: browser,
  site,
}) => {
  const one = await browser.open(site.origin);
  expect(await visibility(one)).toBe('visible');
  const two = await browser.open(site.origin);
  await expect.poll(() => Promise.all([visibility(one), visibility(two)])).toEqual(['hidden', 'visible']);
  await one.front();
  await expect.poll(() => Promise.all([visibility(one), visibility(two)])).toEqual(['visible', 'hidden']);
  const beside = await browser.open(site.origin, 'window');
  await expect.poll(() => Promise.all([one, two, beside].map(visibility))).toEqual(['visible', 'hidden', 'visible']);
  await one.hide();
  await expect.poll(() => Promise.all([one, two, beside].map(visibility))).toEqual(['hidden', 'hidden', 'visible']);
  await two.front();
  await two.click(150, 220);
  await sees(two, 'click');
  await one.close();
  await expect.poll(() => Promise.all([two, beside].map(visibility))).toEqual(['visible', 'visible']);
});

test('tabs share storage and channel', { tag: '@differs' }, async ({ subject: browser, site }) => {
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await expect.poll(() => two.ask("localStorage.getItem('said')")).toBe('yes');
  await sees(two, 'heard tick');
});

test('a page opened by a page has its copy of sessionStorage', { tag: '@differs' }, async ({
  subject: browser,
  site,
}) => {
  const opener = await browser.open(site.origin);
  const opened = await browser.opened(() => opener.click(150, 120));
  expect(await opened.ask('location.pathname')).toBe('/opened');
  expect(await opened.ask("sessionStorage.getItem('loads')")).toBe('2');
  await expect.poll(() => Promise.all([opener, opened].map(visibility))).toEqual(['hidden', 'visible']);
  await opener.front();
  await expect.poll(() => Promise.all([opener, opened].map(visibility))).toEqual(['visible', 'hidden']);
});

test('a reload loads anew, and going back and forward restores', { tag: '@differs' }, async ({
  subject: browser,
  site,
}) => {
  const tab = await browser.open(site.origin);
  await tab.ask('void (window.kept = true)');
  await tab.reload();
  expect(await tab.ask('window.kept ?? null')).toBe(null);
  await tab.ask("void (clearInterval(1), channel.close(), window.kept = 'first')");
  await tab.visit(`${site.origin}/other`);
  await tab.ask("void (channel.close(), window.kept = 'other')");
  await tab.traverse(-1);
  await expect.poll(() => tab.ask('window.kept ?? null').catch(() => undefined)).toBe('first');
  await sees(tab, 'restored');
  await tab.traverse(1);
  await expect.poll(() => tab.ask('window.kept ?? null').catch(() => undefined)).toBe('other');
  await sees(tab, 'restored');
});

test('two browsers know nothing of each other', { tag: '@differs' }, async ({ launch, site }) => {
  const [one, two] = [await (await launch()).open(site.origin), await (await launch()).open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await pause(200);
  expect(await two.ask("localStorage.getItem('said')")).toBe(null);
  expect(await seenBy(two)).not.toContain('heard tick');
});

test('pages of a private browser work as others, and hear each other', { tag: '@differs' }, async ({
  launch,
  site,
}) => {
  const browser = await launch({ private: true });
  const [one, two] = [await browser.open(site.origin), await browser.open(site.origin)];
  await one.ask("localStorage.setItem('said', 'yes')");
  await expect.poll(() => two.ask("localStorage.getItem('said')")).toBe('yes');
  await sees(two, 'heard tick');
});
