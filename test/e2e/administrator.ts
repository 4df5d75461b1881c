/** What an administrator does in these stories. */
import type { Locator } from '@playwright/test';
import type { Browser, Tab } from './bank.ts';

/** Opens the administration page, signed in. */
export async function administrator(browser: Browser): Promise<Tab> {
  const admin = await browser.open('/admin/');
  await admin.page.getByLabel('User name').fill('root-admin');
  await admin.page.getByLabel('Password').fill('admin-demo-1');
  await admin.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  return admin;
}

/** The button that sets a level of trust: `Risk of sam`, `medium`. */
export const levels = ({ page }: Tab, group: string, level: string): Locator =>
  page.getByRole('group', { name: group }).getByRole('button', { name: level, exact: true });
