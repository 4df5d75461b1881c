/** How soon half a payment is back, from the server's answer to the caret in its field: after signing in anew, and after unlocking. Run by `measure.config.ts`. */
import { liveSession, sees, signIn, sofar, test } from './bank.ts';

const ROUNDS = 20;

test('from the answer to the sign-in to the caret in its field', async ({ bank, visible }) => {
  test.setTimeout(5 * 60_000);
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  const { page } = tab;
  const payee = page.getByLabel('Payee', { exact: true });
  const offered: number[] = [];
  const back: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = `Marker ${round}`;
    await payee.fill('');
    await payee.click();
    await page.keyboard.type(text);
    await page.keyboard.press('ArrowLeft');
    const before = sofar(tab);
    await bank.endSession((await liveSession(bank)).id);
    await sees(tab, 'session-ended', { after: before });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Tess Teller' }).click();
    const asked = await page.evaluate(() => performance.now());
    const watching = page.evaluate(
      ({ value, since }) =>
        new Promise<{ answered: number; shown: number; back: number }>((resolve) => {
          let shown = 0;
          function look(): void {
            const restore = [...document.querySelectorAll('button')].find(
              ({ textContent }) => textContent === 'Restore',
            );
            if (restore && shown === 0) {
              shown = performance.now();
              restore.click();
            }
            const field = document.activeElement as HTMLInputElement | null;
            if (field?.name !== 'payee' || field.value !== value || field.selectionStart !== value.length - 1) {
              setTimeout(look, 1);
              return;
            }
            const now = performance.now();
            const calls = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
            const signedIn = calls.find(({ name, startTime }) => /\/session$/.test(name) && startTime > since);
            resolve({ answered: signedIn?.responseEnd ?? Number.NaN, shown, back: now });
          }
          look();
        }),
      { value: text, since: asked },
    );
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const seen = await watching;
    offered.push(seen.shown - seen.answered);
    back.push(seen.back - seen.answered);
  }
  report({ offered, 'caret back, the offer taken at once': back });
});

test('from the answer that unlocks the page to the caret in its field', async ({ visible }) => {
  test.setTimeout(5 * 60_000);
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  const { page } = tab;
  const payee = page.getByLabel('Payee', { exact: true });
  const back: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = `Marker ${round}`;
    await payee.fill('');
    await payee.click();
    await page.keyboard.type(text);
    await page.keyboard.press('ArrowLeft');
    // Nobody unlocks a page three times in two seconds: the question that may come at once is then used up, and the stream on its way.
    await page.waitForTimeout(2_500);
    await page.keyboard.press('Control+Alt+L');
    await page.getByLabel('Password', { exact: true }).fill('teller-demo-1');
    const watching = page.evaluate(
      ({ value, since }) =>
        new Promise<number>((resolve) => {
          function look(): void {
            const field = document.activeElement as HTMLInputElement | null;
            const isBack =
              field?.name === 'payee' && field.value === value && field.selectionStart === value.length - 1;
            const calls = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
            const taken = calls.find(({ name, startTime }) => /reauthenticate$/.test(name) && startTime > since);
            if (isBack && taken) resolve(performance.now() - taken.responseEnd);
            else setTimeout(look, 1);
          }
          look();
        }),
      { value: text, since: await page.evaluate(() => performance.now()) },
    );
    await page.keyboard.press('Enter');
    back.push(await watching);
  }
  report({ 'caret back in the unlocked page': back });
});

function report(all: Readonly<Record<string, readonly number[]>>): void {
  for (const [what, values] of Object.entries(all)) {
    const sorted = [...values].sort((a, b) => a - b).map(Math.round);
    process.stdout.write(`${what}: n ${sorted.length}, median ${sorted[ROUNDS / 2]} ms, max ${sorted.at(-1)} ms\n`);
  }
}
