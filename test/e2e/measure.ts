/** How far five tabs are apart, how soon all are wiped, and how soon a change is on screen. Run it by `measure.config.ts`, on a machine with nothing else to do. */
import type { TestServer } from '../server/start-test-server.ts';
import {
  atWork,
  type Browser,
  beginShort,
  idleDeadline,
  inAll,
  isCovered,
  isWiped,
  leaveTokens,
  liveSession,
  sees,
  setPolicy,
  signIn,
  sofar,
  type Tab,
  test,
} from './bank.ts';

const ENDS = 10;
const REVOCATIONS = 50;
const CHANGES = 1_000;
const lead = 2_000;

async function fiveTabs(browser: Browser): Promise<readonly Tab[]> {
  for (let opened = 0; opened < 5; opened += 1) await browser.open('/payments');
  return [...browser.tabs];
}

/** Signs in in one tab, and loads the others anew where they do not open by themselves. */
async function allIn(tabs: readonly Tab[]): Promise<void> {
  const [one, ...others] = tabs as [Tab, ...Tab[]];
  await one.page.bringToFront();
  await one.page.reload();
  await signIn(one);
  for (const tab of others) {
    await tab.page.reload();
    await atWork(tab);
  }
  for (const tab of tabs) await leaveTokens(tab);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

function report(what: string, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  say(
    `${what.padEnd(80)} n ${sorted.length}  median ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms`,
  );
}

const spread = (instants: readonly number[]) => Math.max(...instants) - Math.min(...instants);

async function measureEnds(bank: TestServer, browser: Browser, tabsAre: string): Promise<void> {
  const seen = {
    'spread at the warning': [] as number[],
    'spread at the cover': [] as number[],
    'spread at the end': [] as number[],
    'last warning after its instant': [] as number[],
    "last end after the server's deadline": [] as number[],
  };
  const tabs = await fiveTabs(browser);
  for (let round = 0; round < ENDS; round += 1) {
    await setPolicy(bank, { idle_timeout: 900, warn_before: 120, touch_every: 60 });
    await allIn(tabs);
    const before = await beginShort(bank, browser, tabs[0]!, { idle_timeout: 5, warn_before: lead / 1_000 });
    const ats = async (which: Parameters<typeof sees>[1]) =>
      (await inAll(tabs, (tab) => sees(tab, which, { after: before(tab), timeout: 10_000 }))).map(([, { at }]) => at);
    const warned = await ats('warning opened');
    const deadline = await idleDeadline(bank);
    const covered = await ats(isCovered);
    const ended = await ats('session-ended');
    await ats(isWiped);
    seen['spread at the warning'].push(spread(warned));
    seen['spread at the cover'].push(spread(covered));
    seen['spread at the end'].push(spread(ended));
    seen['last warning after its instant'].push(Math.max(...warned) - (deadline - lead));
    seen["last end after the server's deadline"].push(Math.max(...ended) - deadline);
  }
  for (const [what, values] of Object.entries(seen)) report(`${tabsAre}: ${what}`, values);
}

async function measureRevocations(bank: TestServer, browser: Browser, tabsAre: string): Promise<void> {
  const seen = { covered: [] as number[], wiped: [] as number[] };
  const tabs = await fiveTabs(browser);
  for (let round = 0; round < REVOCATIONS; round += 1) {
    await allIn(tabs);
    const marks = new Map(tabs.map((tab) => [tab, sofar(tab)]));
    const { id } = await liveSession(bank);
    const since = Date.now();
    await bank.endSession(id);
    const last = async (which: Parameters<typeof sees>[1]) =>
      Math.max(...(await inAll(tabs, (tab) => sees(tab, which, { after: marks.get(tab) }))).map(([, { at }]) => at));
    seen.covered.push((await last(isCovered)) - since);
    seen.wiped.push((await last(isWiped)) - since);
  }
  for (const [what, values] of Object.entries(seen)) {
    report(`${tabsAre}: from a revocation to the last tab that is ${what}`, values);
  }
}

/** From the store's commit to the page that has taken it in, and has told those who follow its view. */
async function measureChanges(bank: TestServer, browser: Browser): Promise<void> {
  const tab = await browser.open('/payments');
  await tab.page.bringToFront();
  await signIn(tab);
  const took: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const mark = sofar(tab);
    const since = Date.now();
    await bank.setPolicy('teller', { idle_timeout: 600 + (change % 2) });
    took.push((await sees(tab, 'policy-updated', { after: mark })).at - since);
  }
  report('one tab in front: from a change of the policy to the page', took);
}

test('one tab in front: changes', ({ bank, real }) => measureChanges(bank, real));
test('visible tabs: warning and end', ({ bank, visible }) => measureEnds(bank, visible, 'five visible tabs'));
test('one in front: warning and end', ({ bank, real }) => measureEnds(bank, real, 'one in front, four behind'));
test('visible tabs: revocation', ({ bank, visible }) => measureRevocations(bank, visible, 'five visible tabs'));
test('one in front: revocation', ({ bank, real }) => measureRevocations(bank, real, 'one in front, four behind'));
