/** Whoever answers a dialog with the mouse writes on where they were: Chromium gives a field its focus back, and not its caret. */
import { beginShort, expect, sees, signIn, stay, test } from './bank.ts';

test('what is typed after the answer to a warning goes in where the caret was', async ({ bank, visible }) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  const before = await beginShort(bank, visible, tab, { idle_timeout: 12, warn_before: 8 });
  const field = tab.page.getByLabel('Reference');
  await field.click();
  await tab.page.keyboard.type('one three');
  for (let back = 0; back < 5; back += 1) await tab.page.keyboard.press('ArrowLeft');
  const warning = await sees(tab, 'warning-shown', { after: before(tab), timeout: 15_000 });
  await stay(tab, warning);
  await expect(tab.page.getByRole('alertdialog')).toHaveCount(0);
  await expect(field).toBeFocused();
  await tab.page.keyboard.type('two ');
  await expect(field).toHaveValue('one two three');
});
