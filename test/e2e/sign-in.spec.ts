/** Story 13: who somebody is, asked in place: over the locked page and the open one, by keyboard, in a form for password managers. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, liveSession, requestsTo, sees, sightings, signIn, type Tab, test } from './bank.ts';
import { expectWithin } from './seen.ts';

type Bank = Parameters<typeof liveSession>[0];

const axePath = createRequire(import.meta.url).resolve('axe-core');
const question = ({ page }: Tab) => page.getByRole('dialog', { name: /Unlock this page|Confirm that it is you/ });

/** What axe finds in the question. The bank's policy on content lets no script in by a tag. */
async function violations(tab: Tab): Promise<readonly string[]> {
  await tab.page.evaluate(await readFile(axePath, 'utf8'));
  return tab.page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(context: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run('nightlatch-sign-in');
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`);
  });
}

/** Until whoever types next begins anew. */
async function pauseOfTyping(): Promise<void> {
  const since = Date.now();
  await expect.poll(() => Date.now() - since, { intervals: [50] }).toBeGreaterThan(1_100);
}

async function lockBy({ page }: Tab, bank: Bank): Promise<void> {
  const { id } = await liveSession(bank);
  const headers = { Origin: bank.origin, 'Session-Id': id };
  await page.context().request.post(`${bank.origin}/session/lock`, { headers, data: {} });
}

test('a page of nothing but a script tag is unlocked in place, by keyboard alone, with the caret back in its field', async ({
  bank,
  visible,
}) => {
  const door = await visible.open();
  await signIn(door);
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  await tab.page.getByRole('textbox', { name: 'Note' }).focus();
  await tab.page.keyboard.type('half a note');
  await tab.page.keyboard.press('ArrowLeft');
  await pauseOfTyping();
  await lockBy(tab, bank);

  // Nobody has to ask for it.
  await expect(question(tab).getByLabel('Password', { exact: true })).toBeFocused();
  expect(await violations(tab)).toEqual([]);
  await tab.page.keyboard.type('not it');
  await tab.page.keyboard.press('Enter');
  await expect(question(tab).getByRole('alert')).toHaveText('That is not your password. 4 attempts are left.');
  expect(await violations(tab)).toEqual([]);
  // What was wrong is selected: typing replaces it.
  await tab.page.keyboard.type('teller-demo-1');
  await tab.page.keyboard.press('Enter');
  await sees(tab, 'session-unlocked');
  await sees(door, 'session-unlocked');
  await expect(question(tab)).toHaveCount(0);
  await expect(tab.page.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await tab.page.keyboard.type('!');
  await expect(tab.page.getByRole('textbox', { name: 'Note' })).toHaveValue('half a not!e');
  expect(requestsTo(bank, 'POST', '/session/reauthenticate').map(({ status }) => status)).toEqual([401, 200]);
  expect([...sightings(tab, 'violation'), ...sightings(door, 'violation')]).toEqual([]);
});

test('what is still being typed when the page is locked goes neither into the password nor on a button', async ({
  bank,
  visible,
}) => {
  const door = await visible.open();
  await signIn(door);
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  const { keyboard } = tab.page;
  await tab.page.getByRole('textbox', { name: 'Note' }).focus();
  const password = question(tab).getByLabel('Password', { exact: true });
  const heading = question(tab).getByRole('heading', { name: 'Unlock this page' });
  const presses: { readonly since: number; readonly until: number }[] = [];
  const press = async (key: string) => {
    const since = Date.now();
    await keyboard.press(key);
    presses.push({ since, until: Date.now() });
  };
  await Promise.all([
    lockBy(tab, bank),
    (async () => {
      while (!(await heading.isVisible())) await press('n');
      for (const key of ['o', ' ', 'Enter', 't', 'e']) await press(key);
    })(),
  ]);
  // Whoever has not typed for a second is done; a busy machine can make it one.
  // The page hears of a key at some time of its press: no pause in it was longer than from the beginning of one to the end of the next.
  const pause = Math.max(...presses.slice(1).map(({ until }, index) => until - presses[index]!.since));
  expectWithin(pause, 900, 'the longest pause between two keys');
  if (pause > 900) return;
  await expect(heading).toBeFocused();
  await expect(password).toHaveValue('');
  // After a pause it is an answer.
  await pauseOfTyping();
  await keyboard.type('teller-demo-1');
  await expect(password).toHaveValue('teller-demo-1');
  expect(requestsTo(bank, 'POST', '/session/reauthenticate')).toEqual([]);
  await keyboard.press('Enter');
  await sees(tab, 'session-unlocked');
  await expect(tab.page.getByRole('textbox', { name: 'Note' })).toHaveValue(/^n+$/);
});

test('the form is as it should look whatever the page says of forms, and fits into 320 px', async ({
  bank,
  visible,
}) => {
  const door = await visible.open();
  await signIn(door);
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  await lockBy(tab, bank);
  await expect(question(tab)).toBeVisible();
  const shapes = () =>
    question(tab).evaluate((dialog) =>
      [dialog, ...dialog.querySelectorAll('*')].map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        const { color, backgroundColor, fontSize, opacity, textTransform } = getComputedStyle(one);
        return [one.tagName, x, y, width, height, color, backgroundColor, fontSize, opacity, textTransform].join(' ');
      }),
    );
  const before = await shapes();
  await tab.page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { color: red !important; box-sizing: content-box; }
      html { font-size: 62.5%; }
      form > * { opacity: 0.2; }
      input { width: 40px; border: 9px solid lime; font-size: 40px; }
      body ~ * button, button { float: right; text-transform: uppercase; background: pink; }
      p, h2 { margin: 50px; } dialog { display: none; } svg, path { fill: lime; width: 9px; display: none; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });
  expect(await shapes()).toEqual(before);

  await tab.page.setViewportSize({ width: 320, height: 480 });
  const widths = await question(tab).evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
  const smallest = await question(tab).evaluate((dialog) =>
    Math.min(
      ...[...dialog.querySelectorAll('button')]
        .filter((one) => one.checkVisibility())
        .map((one) => one.getBoundingClientRect().height),
    ),
  );
  expect(smallest, 'WCAG 2.5.8').toBeGreaterThanOrEqual(24);
});

test('"Not you?" covers and signs out in all tabs, and nothing is asked any more', async ({ bank, visible }) => {
  const door = await visible.open();
  await signIn(door);
  const tab = await visible.open('/script-tag/');
  await sees(tab, 'session-opened');
  await lockBy(tab, bank);
  await question(tab).getByRole('button', { name: 'Not you? Sign out' }).click();
  for (const one of [tab, door]) {
    const ended = await sees(one, 'session-ended');
    expect(ended.detail).toMatchObject({ reason: 'signed-out' });
  }
  await expect(question(tab)).toHaveCount(0);
  expect(requestsTo(bank, 'DELETE', '/session').map(({ status }) => status)).toEqual([204]);
});
