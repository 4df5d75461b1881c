/** Story 12: six tabs, of which some hold the stream and are stopped. */
import {
  atWork,
  expect,
  expectWithin,
  leaveTokens,
  type Sighting,
  sees,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';

/** A request that waits for a connection of the six that a browser opens waits for as long as the streams last. */
const NO_STALL = 2_000;

const isHolding = ({ what, detail }: Sighting) => what === 'stream-held' && detail['held'] === true;

test('six tabs whose holders are stopped one after the other: at most two streams at the server, and no request stalls', async ({
  bank,
  real,
}) => {
  test.setTimeout(90_000);
  const first = await real.open();
  await signIn(first);
  await leaveTokens(first);
  for (const path of ['/payments', '/accounts', '/new-payment', '/payments', '/accounts']) {
    await atWork(await real.open(path));
  }
  expect(real.tabs).toHaveLength(6);

  let most = 0;
  const count = setInterval(() => {
    most = Math.max(most, bank.openStreams());
  }, 10);
  try {
    const stopped: (() => void)[] = [];
    for (const [index, tab] of real.tabs.entries()) {
      const before = sofar(tab);
      if (!(await isInFront(tab))) {
        await tab.page.bringToFront();
        await sees(tab, isHolding, { after: before });
      }
      // The tab in front, behind which up to five are stopped, gets its answers.
      const took = await tab.quietly<number>(
        'const since = performance.now(); fetch("/api/accounts").then((answer) => answer.json()).then(() => performance.now() - since)',
      );
      expectWithin(took, NO_STALL, `a request in ${tab.name}`);
      expect(bank.openStreams()).toBeLessThanOrEqual(2);
      if (index < 5) stopped.push(await real.stop(tab));
    }
    // And its stream brings the news.
    const last = real.tabs[5]!;
    const since = Date.now();
    await bank.setPolicy('teller', { idle_timeout: 600 });
    const news = await sees(last, ({ what, at }) => what === 'policy-updated' && at >= since);
    expectWithin(news.at - since, 1_000, 'the news');

    for (const goOn of stopped) goOn();
    for (const tab of real.tabs) await sees(tab, ({ what, at }) => what === 'policy-updated' && at >= since);
    expect(most).toBeLessThanOrEqual(2);
  } finally {
    clearInterval(count);
  }
});

const isInFront = async (tab: Tab) => (await tab.quietly<string>('document.visibilityState')) === 'visible';
