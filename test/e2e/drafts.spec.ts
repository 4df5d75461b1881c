/** What is half typed when a session ends: back at the same word for its person, and nothing of it for anybody else. */
import type { Page } from '@playwright/test';
import { type Browser, expect, liveSession, sees, setPolicy, signIn, sofar, type Tab, test } from './bank.ts';

const PAYEE = 'Marker-Payee-Großmann';
const MARKERS = [PAYEE, 'MARKERIBAN', 'marker-reference'];

const payee = (page: Page) => page.getByLabel('Payee', { exact: true });
const offer = (page: Page) => page.getByRole('status').filter({ hasText: 'You were writing a payment' });

/** Types half a payment, and leaves the caret in the middle of a word. */
async function typeHalf({ page }: Tab): Promise<void> {
  await page.getByLabel('Paid from').selectOption({ index: 1 });
  await page.getByLabel('Payee’s IBAN').fill('DE89 MARKERIBAN');
  await page.getByLabel('Reference').fill('marker-reference');
  await payee(page).click();
  await page.keyboard.type(PAYEE);
  for (let back = 0; back < 4; back += 1) await page.keyboard.press('ArrowLeft');
}

const caret = PAYEE.length - 4;

/** Where the caret is, and what stands in the field. */
const place = (page: Page) =>
  page.evaluate(() => {
    const field = document.activeElement as HTMLInputElement;
    return [field.name, field.value, field.selectionStart, field.selectionEnd];
  });

async function signInAgain(tab: Tab, who: 'tess' | 'sam' = 'tess'): Promise<void> {
  await tab.page.getByRole('button', { name: 'Sign in' }).click();
  await expect(tab.page.getByRole('heading', { name: 'Back office' })).toBeVisible();
  await signIn(tab, who);
}

/** All text that lies in the browser's stores for this origin, bytes read as letters; and what the channels said. */
const stores = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const said: string[] = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([asked(objects.getAllKeys()), asked(objects.getAll())]);
        const letters = (_: string, value: unknown) =>
          ArrayBuffer.isView(value)
            ? `${new TextDecoder('utf-8').decode(value)} ${new TextDecoder('utf-16le').decode(value)}`
            : value;
        said.push(name, JSON.stringify([keys, values], letters));
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        said.push(request.url, (await (await cache.match(request))?.text()) ?? '');
    }
    return said.join('\n');
  });

const records = async (page: Page): Promise<number> => (await stores(page)).match(/draft:[\w-]+:[\w-]+/g)?.length ?? 0;

/** Writes down what every channel and every text of storage says, from before the page's own scripts. */
async function record({ context }: Browser): Promise<string[]> {
  const said: string[] = [];
  await context.exposeFunction('recordSaid', (what: string) => void said.push(what));
  await context.addInitScript(() => {
    const tell = (window as unknown as { recordSaid(what: string): void }).recordSaid;
    const post = BroadcastChannel.prototype.postMessage;
    BroadcastChannel.prototype.postMessage = function (message: unknown) {
      tell(`channel ${JSON.stringify(message)}`);
      post.call(this, message);
    };
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key: string, value: string) {
      tell(`storage ${key} ${value}`);
      set.call(this, key, value);
    };
    addEventListener('nightlatch', (event) => tell(`event ${JSON.stringify((event as CustomEvent).detail)}`));
  });
  return said;
}

test('a payment half typed when the session is revoked is back at the same letter, once its person says so', async ({
  bank,
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  await typeHalf(tab);
  const { id } = await liveSession(bank);
  await bank.endSession(id);
  await sees(tab, 'session-ended');
  await signInAgain(tab);

  await expect(offer(tab.page)).toContainText(/You were writing a payment at \d\d:\d\d\./);
  await expect(payee(tab.page)).toHaveValue('');
  await offer(tab.page).getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => place(tab.page)).toEqual(['payee', PAYEE, caret, caret]);
  await expect(tab.page.getByLabel('Payee’s IBAN')).toHaveValue('DE89 MARKERIBAN');
  await expect(tab.page.getByLabel('Reference')).toHaveValue('marker-reference');
  await expect(tab.page.getByLabel('Paid from')).not.toHaveValue('');
  await expect(offer(tab.page)).toHaveCount(0);

  // React has heard of it: what is typed on goes in where the caret is, and what is sent is what is seen.
  await tab.page.keyboard.type('!');
  await expect(payee(tab.page)).toHaveValue(`${PAYEE.slice(0, caret)}!${PAYEE.slice(caret)}`);
  await tab.page.getByLabel('Payee’s IBAN').fill('DE89370400440532013000');
  await tab.page.getByLabel('Amount in euros').fill('12');
  await tab.page.getByRole('button', { name: 'Enter payment' }).click();
  await expect(tab.page.getByText('now waits for approval')).toBeVisible();
  await expect.poll(() => records(tab.page)).toBe(0);
  await tab.page.reload();
  await expect(payee(tab.page)).toBeVisible();
  await expect(offer(tab.page)).toHaveCount(0);
});

test('so is one that was idle until its session was over, with nobody there', async ({ bank, visible }) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  await typeHalf(tab);
  await setPolicy(bank, { idle_timeout: 2, warn_before: 1, touch_every: 1 });
  await sees(tab, 'session-ended', { timeout: 15_000 });
  await setPolicy(bank, { idle_timeout: 900, warn_before: 120, touch_every: 60 });
  await signInAgain(tab);
  await offer(tab.page).getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => place(tab.page)).toEqual(['payee', PAYEE, caret, caret]);
});

test('it is sealed within a second of the last key, survives a reload, and is gone once it is not wanted', async ({
  visible,
}) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab);
  await typeHalf(tab);
  await expect.poll(() => records(tab.page), { timeout: 1_000, intervals: [50] }).toBe(1);
  await tab.page.reload();
  await expect(offer(tab.page)).toBeVisible();
  // By keyboard alone, and heard: the offer is a status with two buttons.
  await tab.page.getByRole('button', { name: 'Discard' }).focus();
  await tab.page.keyboard.press('Enter');
  await expect(offer(tab.page)).toHaveCount(0);
  await expect.poll(() => records(tab.page)).toBe(0);
  await tab.page.reload();
  await expect(payee(tab.page)).toBeVisible();
  await expect(offer(tab.page)).toHaveCount(0);
});

test('two tabs that write the same form keep their own words', async ({ visible }) => {
  const one = await visible.open('/new-payment');
  await signIn(one);
  const two = await visible.open('/new-payment');
  await payee(one.page).fill('Marker of one');
  await payee(two.page).fill('Marker of two');
  await expect.poll(() => records(one.page)).toBe(2);
  await one.page.reload();
  await offer(one.page).getByRole('button', { name: 'Restore' }).click();
  await expect(payee(one.page)).toHaveValue('Marker of one');
  await expect(offer(one.page)).toHaveCount(0);
  await two.page.reload();
  await offer(two.page).getByRole('button', { name: 'Restore' }).click();
  await expect(payee(two.page)).toHaveValue('Marker of two');
});

test('the next person finds nothing of it in page, stores or channel, and its writer finds all of it', async ({
  bank,
  visible,
}) => {
  const said = await record(visible);
  const tab = await visible.open('/new-payment');
  await signIn(tab, 'tess');
  await typeHalf(tab);
  await expect.poll(() => records(tab.page)).toBe(1);
  const nothingOfIt = async (when: string): Promise<void> => {
    const text = `${await stores(tab.page)}\n${said.join('\n')}`;
    expect(text.length, when).toBeGreaterThan(200);
    for (const marker of MARKERS) expect(text.includes(marker), `${marker}, ${when}`).toBe(false);
  };
  await nothingOfIt('while it is written');

  await tab.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await sees(tab, 'session-ended');
  expect(await tab.page.evaluate(() => document.documentElement.outerHTML)).not.toContain(PAYEE);
  await signInAgain(tab, 'sam');
  await expect(payee(tab.page)).toHaveValue('');
  await expect(tab.page.getByText('Sam Supervisor', { exact: true })).toBeVisible();
  await expect(offer(tab.page)).toHaveCount(0);
  const page = await tab.page.evaluate(() => {
    const values = [...document.querySelectorAll('input, select, textarea')].map(
      (field) => (field as HTMLInputElement).value,
    );
    return document.documentElement.outerHTML + values.join();
  });
  for (const marker of MARKERS) expect(page.includes(marker), marker).toBe(false);
  await nothingOfIt('under the next person’s session');
  // What the key of another person opens is not hers: the server gives each their own.
  const asked = bank.requests.filter(({ path, status }) => path.startsWith('/session/keys') && status === 200);
  expect(asked.length).toBeGreaterThanOrEqual(2);

  await payee(tab.page).fill('of sam');
  const before = sofar(tab);
  await tab.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await sees(tab, 'session-ended', { after: before });
  await signInAgain(tab, 'tess');
  await offer(tab.page).getByRole('button', { name: 'Restore' }).click();
  await expect(payee(tab.page)).toHaveValue(PAYEE);
  await nothingOfIt('at last');
});

/** All strings that the page's scripts can still reach, as Chromium writes them down after it has collected what they cannot. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

test('once the page is loaded anew, nothing of what the last person typed is in its memory', async ({ visible }) => {
  const tab = await visible.open('/new-payment');
  await signIn(tab, 'tess');
  await typeHalf(tab);
  await expect.poll(() => records(tab.page)).toBe(1);
  // The snapshot is of this page, and sees what is in it.
  await tab.page.evaluate(() => Object.assign(window, { kept: ['Marker', 'of the', 'snapshot'].join(' ') }));
  expect(await heapOf(tab.page)).toContain('Marker of the snapshot');
  await tab.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await sees(tab, 'session-ended');
  await signInAgain(tab, 'sam');
  // Signing in again loads the page anew; and once more, as the next person may. From here on no marker is sent to the page.
  await tab.page.reload();
  await expect(tab.page.getByText('Sam Supervisor', { exact: true })).toBeVisible();
  await expect(payee(tab.page)).toBeVisible();
  const heap = await heapOf(tab.page);
  expect(heap.length).toBeGreaterThan(1_000_000);
  // Its own words are there, and so is what belongs to whoever is signed in.
  expect(heap).toContain('Sam Supervisor');
  for (const marker of ['Marker-Payee', 'MARKERIBAN', 'marker-reference', 'Marker of the snapshot'])
    expect(heap.includes(marker), marker).toBe(false);
});
