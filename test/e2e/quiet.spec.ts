/** What the SDK does while nobody acts, and while somebody does: counted in the page, on the functions it calls. */

import type { Tab } from './bank.ts';
import { expect, expectWithin, signIn, test } from './bank.ts';

interface Counts {
  readonly messages: number;
  readonly writes: number;
  /** Timers that rang. */
  readonly wakes: number;
  readonly timersOn: number;
  readonly channelsOn: number;
}

/** Runs in the page before anything else: it must not refer to anything outside. */
function count(): void {
  const counts = { messages: 0, writes: 0, wakes: 0, timersOn: 0, channelsOn: 0 };
  const timers = new Set<unknown>();
  const set = globalThis.setTimeout.bind(globalThis);
  const clear = globalThis.clearTimeout.bind(globalThis);
  Object.assign(globalThis, {
    nightlatchCounts: counts,
    setTimeout: (ring: () => void, delay?: number) => {
      const timer = set(() => {
        timers.delete(timer);
        counts.timersOn = timers.size;
        counts.wakes += 1;
        ring();
      }, delay);
      timers.add(timer);
      counts.timersOn = timers.size;
      return timer;
    },
    clearTimeout: (timer: number) => {
      timers.delete(timer);
      counts.timersOn = timers.size;
      clear(timer);
    },
  });
  const { postMessage, close } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = function (message) {
    counts.messages += 1;
    postMessage.call(this, message);
  };
  BroadcastChannel.prototype.close = function () {
    counts.channelsOn -= 1;
    close.call(this);
  };
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      counts.channelsOn += 1;
    }
  };
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    if (this === localStorage && key.startsWith('nightlatch:')) counts.writes += 1;
    setItem.call(this, key, value);
  };
}

const countsOf = (tab: Tab): Promise<Counts> => tab.quietly<Counts>('({ ...nightlatchCounts })');

function since(before: Counts, after: Counts): Pick<Counts, 'messages' | 'writes' | 'wakes'> {
  return {
    messages: after.messages - before.messages,
    writes: after.writes - before.writes,
    wakes: after.wakes - before.wakes,
  };
}

const pass = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

test('while nobody acts, five tabs say and write nothing in a minute, the one in front wakes twice, and the others never', async ({
  real,
}) => {
  test.setTimeout(120_000);
  await real.context.addInitScript(count);
  await signIn(await real.open());
  const tabs: Tab[] = [];
  for (let index = 0; index < 5; index += 1) tabs.push(await real.open('/script-tag/'));
  // The back office counts seconds on screen; what is counted here is the SDK.
  await real.tabs[0]!.page.close();
  const front = tabs[4]!;
  await front.page.bringToFront();
  await pass(5_000);

  const before = await Promise.all(tabs.map(countsOf));
  await pass(60_000);
  const after = await Promise.all(tabs.map(countsOf));
  for (const [index, tab] of tabs.entries()) {
    const { messages, writes, wakes } = since(before[index]!, after[index]!);
    expect({ messages, writes }, tab.name).toEqual({ messages: 0, writes: 0 });
    expect(wakes, `timers that rang in ${tab.name}`).toBeLessThanOrEqual(tab === front ? 2 : 0);
  }
});

test('while somebody is busy in five tabs by turns, they say at most one thing a second, and each writes at most one a second', async ({
  visible,
}) => {
  await visible.context.addInitScript(count);
  await signIn(await visible.open());
  const tabs: Tab[] = [];
  for (let index = 0; index < 5; index += 1) tabs.push(await visible.open('/script-tag/'));
  await visible.tabs[0]!.page.close();
  await pass(3_000);

  const before = await Promise.all(tabs.map(countsOf));
  const started = Date.now();
  for (let round = 0; round < 20; round += 1) {
    const { page } = tabs[round % 5]!;
    await page.bringToFront();
    for (let step = 0; step < 10; step += 1) {
      await page.mouse.move(100 + 10 * step, 100 + round);
      await pass(50);
    }
  }
  const seconds = (Date.now() - started) / 1_000;
  const after = await Promise.all(tabs.map(countsOf));
  const done = tabs.map((_, index) => since(before[index]!, after[index]!));
  const messages = done.reduce((sum, { messages: one }) => sum + one, 0);
  expect(messages, `messages in ${seconds.toFixed(1)} s`).toBeGreaterThan(0);
  expectWithin(messages, seconds + 1, `messages in ${seconds.toFixed(1)} s`);
  for (const { writes } of done) expectWithin(writes, seconds + 1, `writes in ${seconds.toFixed(1)} s`);
});

test('two hundred times started and stopped, it leaves no listener, channel, turn or timer behind, and no memory', async ({
  visible,
}) => {
  await visible.context.addInitScript(count);
  await signIn(await visible.open());
  const tab = await visible.open('/script-tag/test/modules.html');
  await visible.tabs[0]!.page.close();
  const session = await visible.context.newCDPSession(tab.page);
  await session.send('Performance.enable');
  const cycle = (times: number) => tab.quietly<void>(`modules.cycle(${times})`);

  async function left() {
    // What was under way steps aside.
    await expect.poll(async () => (await countsOf(tab)).timersOn).toBe(0);
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    const { channelsOn } = await countsOf(tab);
    const locks = await tab.quietly<string>(
      'navigator.locks.query().then(({ held, pending }) => [...held, ...pending].map(({ name }) => name).join())',
    );
    return { channelsOn, locks, listeners: metric('JSEventListeners'), heap: metric('JSHeapUsedSize') };
  }

  // What is made once (sheets, elements, the listeners of a document) is there after the first time.
  await cycle(40);
  const first = await left();
  await cycle(200);
  const second = await left();
  expect(second.channelsOn).toBe(0);
  expect(second.locks).toBe('');
  expect(second.listeners).toBeLessThanOrEqual(first.listeners);
  // Not to the byte: the engine keeps code and shapes of its own. A page that kept a latch would grow by megabytes.
  expect(second.heap - first.heap, 'bytes').toBeLessThan(300_000);
});
