/**
 * How soon the caret is back in half a payment, from the bank's yes to what a provider has said: where the page had been left for it, and
 * where it was asked in a window. Run by `measure.config.ts`, on a machine with nothing else to do.
 */
import { CARET, choose, lock, opened, PAYEE, prove, signInThere, test, typeHalf } from './at-provider.ts';
import { expect, type Tab } from './bank.ts';

const ROUNDS = 20;

/** Notes when the caret comes to its place, in this page and in those loaded after it. Given to the page as source. */
function watchCaret(value: string, caret: number): void {
  let was = false;
  (function look(): void {
    const field = document.activeElement as HTMLInputElement | null;
    const is = field?.name === 'payee' && field.value === value && field.selectionStart === caret;
    if (is && !was) Object.assign(window, { caretAt: performance.timeOrigin + performance.now() });
    was = is;
    setTimeout(look, 1);
  })();
}

for (const way of ['In a window of Kestrel ID', 'At Kestrel ID, and back'] as const) {
  test(`the caret of a locked page: ${way}`, async ({ bank, real }) => {
    test.setTimeout(10 * 60_000);
    const tab: Tab = await real.open('/new-payment');
    await tab.page.addInitScript(`(${watchCaret})(${JSON.stringify(PAYEE)}, ${CARET})`);
    await signInThere(tab);
    await choose(tab, way);
    await typeHalf(tab);
    const took: number[] = [];
    while (took.length < ROUNDS) {
      await lock(real, bank);
      const unlock = () => tab.page.getByRole('button', { name: 'Unlock' }).click();
      const heading = tab.page.getByRole('heading', { name: 'Locked' });
      await expect(heading).toBeVisible();
      await tab.quietly('void delete window.caretAt');
      if (way === 'In a window of Kestrel ID') await prove(await opened(real, tab, unlock), 'tess');
      else {
        await unlock();
        await prove(tab.page, 'tess');
      }
      await expect.poll(() => tab.quietly('window.caretAt').catch(() => undefined), { timeout: 10_000 }).toBeTruthy();
      await expect(heading).toHaveCount(0);
      const yes = bank
        .audit()
        .filter(({ event }) => event === 'authn_login_success')
        .at(-1)!.datetime;
      took.push((await tab.quietly<number>('window.caretAt')) - Date.parse(yes));
    }
    const sorted = took.sort((a, b) => a - b).map(Math.round);
    process.stdout.write(`${way}: n ${sorted.length}, median ${sorted[ROUNDS / 2]} ms, max ${sorted.at(-1)} ms\n`);
  });
}
