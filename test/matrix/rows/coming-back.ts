/** Rows about input that is there again: after a lock, after an end, and never for somebody else. */
import { expect } from '@playwright/test';
import { liveSession, type Username } from '../../e2e/bank.ts';
import { isCovered, sees, sightings, sofar } from '../../e2e/seen.ts';
import { needsDrafts, needsLock } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { clickOn, pause, type Stage, signIn, type Tab } from '../stage.ts';

const PAYEE = 'Marker Payee';
/** Two letters before the end: a caret at an end could be there by chance. */
const CARET = PAYEE.length - 2;
/** What was typed is sealed by then: at most the last second is lost. */
const SEALED = 1_200;

const names: Readonly<Record<Username, string>> = { tess: 'Tess Teller', sam: 'Sam Supervisor', ada: 'Ada Auditor' };
const passwords = { tess: 'teller-demo-1' } as const;

export const comingBack: readonly Row[] = [
  {
    done: 'Half a payment is typed; the person locks the page, by a button in another tab, comes back and types their password.',
    expected:
      'Both tabs are covered at once, and the half payment is not to be seen. The password opens both. The caret is at the same letter of the same text, and what is typed goes in there.',
    differs: true,
    tried: needsLock,
    async play(stage) {
      const [tab, other] = (await openPayment(stage, 2)) as [Tab, Tab];
      const before = [sofar(tab), sofar(other)] as const;
      await clickOn(other, 'button', 'Lock');
      await sees(tab, isCovered, { after: before[0] });
      await sees(other, isCovered, { after: before[1] });
      expect(await tab.ask<string>('getComputedStyle(document.body).contentVisibility')).toBe('hidden');
      await tab.front();
      // Whether its heading has the focus or its field goes by how long ago something was typed.
      const asks = () => tab.ask<boolean>('document.activeElement.closest("nightlatch-sign-in") !== null');
      await expect.poll(asks).toBe(true);
      await clickOn(tab, 'input[type="password"]');
      await type(tab, passwords.tess);
      await tab.key('Enter');
      for (const one of [tab, other]) await sees(one, 'session-unlocked');
      await expectHalf(tab);
      await tab.key('!');
      await expect
        .poll(() => tab.ask<string>('document.activeElement.value'))
        .toBe(`${PAYEE.slice(0, CARET)}!${PAYEE.slice(CARET)}`);
      expect(sightings(tab, 'error')).toEqual([]);
    },
  },
  {
    done: 'Half a payment is typed; an administrator ends the session; the same person signs in again.',
    expected:
      'The page is covered and wiped. After the sign-in the half payment is offered, and not forced on anybody. Taken up, the caret is at the same letter of the same text.',
    differs: true,
    tried: needsDrafts,
    async play(stage) {
      const [tab] = (await openPayment(stage, 1)) as [Tab];
      await end(stage, tab);
      await comeIn(tab, 'tess');
      await shows(tab, 'You were writing a payment');
      expect(await payeeOf(tab)).toBe('');
      await clickOn(tab, 'button', 'Restore');
      await expectHalf(tab);
      expect(sightings(tab, 'error')).toEqual([]);
    },
  },
  {
    done: 'Half a payment is typed; an administrator ends the session; another person signs in at the same browser, and the first one after them.',
    expected:
      'The other person is offered nothing, and finds no letter of it in the page or in any storage. The first person has it again.',
    differs: true,
    tried: needsDrafts,
    async play(stage) {
      const [tab] = (await openPayment(stage, 1)) as [Tab];
      await end(stage, tab);
      await comeIn(tab, 'sam');
      await pause(1_000);
      expect(await tab.ask<string>('document.documentElement.outerHTML')).not.toContain('Marker');
      expect(await tab.ask<string>('document.body.innerText')).not.toContain('You were writing');
      expect(await stored(tab)).not.toContain('Marker');
      const before = sofar(tab);
      await clickOn(tab, 'button', 'Sign out');
      await toSignIn(tab, before);
      await comeIn(tab, 'tess');
      await shows(tab, 'You were writing a payment');
      await clickOn(tab, 'button', 'Restore');
      await expectHalf(tab);
    },
  },
  {
    done: 'Half a payment is typed; the person is asked at an OpenID provider of another site, for which the page is left, and comes back.',
    expected: 'They are at the same place, and the caret is at the same letter of the same text, without a question.',
    differs: true,
    provider: true,
    tried: needsDrafts,
    async play(stage) {
      const [tab] = (await openPayment(stage, 1)) as [Tab];
      const { auth_time: before } = await documentOf(tab);
      await tab.ask("void localStorage.setItem('backoffice:way', 'away')");
      await tab.ask("document.querySelector('.freshness').scrollIntoView({ block: 'center' })");
      await clickOn(tab, 'button', 'Confirm now');
      await shows(tab, 'Kestrel Bank wants to know who you are.');
      // The user name is there already, and the focus in the field for the password.
      await expect.poll(() => tab.ask<string>('document.activeElement.type')).toBe('password');
      await type(tab, passwords.tess);
      await tab.key('Enter');
      await expectHalf(tab);
      expect(await tab.ask<string>('location.pathname')).toBe('/new-payment');
      expect((await documentOf(tab)).auth_time).toBeGreaterThan(before);
    },
  },
];

const documentOf = (tab: Tab): Promise<{ readonly auth_time: number }> =>
  tab.ask("fetch('/session').then((response) => response.json())");

/** Tess at half a payment, in the first tab; the others show the same page. */
async function openPayment(stage: Stage, count: number): Promise<readonly Tab[]> {
  const tabs = [await stage.open('/new-payment')];
  await signIn(tabs[0]!);
  await tabs[0]!.visit('/new-payment');
  while (tabs.length < count) tabs.push(await stage.open('/new-payment'));
  const [tab] = tabs as [Tab];
  await expect.poll(() => tab.ask<boolean>('document.querySelector("[name=payee]") !== null')).toBe(true);
  await clickOn(tab, '[name="payee"]');
  await type(tab, PAYEE);
  for (let back = PAYEE.length; back > CARET; back -= 1) await tab.key('ArrowLeft');
  await expectHalf(tab);
  return tabs;
}

/** It says so, now or soon; while it is loaded anew it says nothing. */
const shows = (tab: Tab, text: string): Promise<void> =>
  expect.poll(() => tab.ask<string>('document.body.innerText').catch(() => '')).toContain(text);

async function type(tab: Tab, text: string): Promise<void> {
  for (const letter of text) await tab.key(letter);
}

async function end(stage: Stage, tab: Tab): Promise<void> {
  await pause(SEALED);
  const before = sofar(tab);
  await stage.bank.endSession((await liveSession(stage.bank)).id);
  await toSignIn(tab, before);
}

/** The page is covered and says why; from there it leads to the sign-in. */
async function toSignIn(tab: Tab, before: number): Promise<void> {
  await sees(tab, 'session-ended', { after: before });
  await sees(tab, 'panel opened', { after: before });
  await clickOn(tab, 'button', 'Sign in');
}

/** Signs in at the app's own page. */
async function comeIn(tab: Tab, who: Username): Promise<void> {
  await shows(tab, 'Sign in');
  await shows(tab, names[who]);
  await clickOn(tab, 'button', names[who]);
  await clickOn(tab, 'button[type="submit"]', 'Sign in');
  await shows(tab, 'Sign out');
  await shows(tab, names[who]);
}

const payeeOf = (tab: Tab): Promise<string> => tab.ask('document.querySelector("[name=payee]").value');

async function expectHalf(tab: Tab): Promise<void> {
  const place = () =>
    tab
      .ask<unknown>(`(() => {
      const { name, value, selectionStart } = document.activeElement;
      return [name, value, selectionStart];
    })()`)
      .catch(() => 'not there yet');
  await expect.poll(place).toEqual(['payee', PAYEE, CARET]);
}

/** All text in the storages of the page. */
const stored = (tab: Tab): Promise<string> =>
  tab.ask(`(async () => {
    const all = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const values = await done(database.transaction(store).objectStore(store).getAll());
        const text = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
          ? new TextDecoder().decode(value) : typeof value === 'object' && value !== null ? Object.values(value).map(text).join(' ') : String(value);
        all.push(...values.map(text));
      }
      database.close();
    }
    return all.join('\\n');
  })()`);
