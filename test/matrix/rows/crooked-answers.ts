/** Rows about answers that come in another order, from a cache, from a node that lags behind, or with a time that jumps. */
import { expect } from '@playwright/test';
import { idleDeadline } from '../../e2e/bank.ts';
import { expectWithin, inAll, isCovered, isWiped, sees, sightings } from '../../e2e/seen.ts';
import type { Answer } from '../../server/support/between.ts';
import type { Fault } from '../../server/support/faults.ts';
import { needsServer } from '../peers/not-tried.ts';
import type { Row } from '../row.ts';
import { pause, type Stage, type Tab, work } from '../stage.ts';
import {
  beginShort,
  expectIdleEnd,
  expectNoErrors,
  expectStaysOut,
  idle,
  isThrownOut,
  marked,
  openWork,
} from './work-page.ts';

const expected =
  'No warning while the person works for longer than the idle limit. Both tabs warn, are covered and end on time by what the server itself goes by, and stay out.';

const roughly =
  'No warning while the person works for longer than the idle limit. Both tabs are covered, end and are wiped within 2 s of the time, and stay out.';

export const crookedAnswers: readonly Row[] = [
  {
    done: 'Answers overtake each other: a question asked before the limits became shorter is answered 3 s later, and each second call takes 1.2 s.',
    expected,
    tried: needsServer,
    async play(stage) {
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      stage.bank.fault({ late: lateness }, ['/session']);
      await makeAsk(front);
      await beginShort(stage, tabs, front);
      await worksAndEnds(stage, tabs, front);
    },
  },
  {
    done: 'A proxy answers questions from its cache, which it says (`Age`).',
    expected,
    tried: needsServer,
    play: (stage) => answeredOtherwise(stage, fromCache({ saysSo: true })),
  },
  {
    done: 'A proxy answers questions from its cache against all headers, and does not say so: an old document with an old `server_time`.',
    expected,
    tried: needsServer,
    play: (stage) => answeredOtherwise(stage, fromCache({ saysSo: false })),
  },
  {
    done: 'Questions are answered by a node that is 2 s behind.',
    expected,
    tried: needsServer,
    play: (stage) => answeredOtherwise(stage, fromLaggingNode(2_000)),
  },
  {
    done: 'The `server_time` of one answer in two is half a second ahead, as where nodes have clocks of their own.',
    expected: roughly,
    tried: needsServer,
    play: (stage) => answeredOtherwise(stage, fromUnevenClocks(500), { sharp: false }),
  },
  {
    done: 'The server’s clock is set back by a minute and forward by two, while the person works.',
    expected: roughly,
    tried: needsServer,
    async play(stage) {
      const tabs = await openWork(stage);
      const front = tabs[1]!;
      const before = marked(tabs);
      stage.bank.clock.setBack(60_000);
      await makeAsk(front);
      await work(front, 2_000);
      await stage.bank.clock.advance(120_000);
      await makeAsk(front);
      await work(front, 2_000);
      for (const tab of tabs) expect(sightings(tab, isThrownOut, before(tab)), tab.name).toEqual([]);
      await beginShort(stage, tabs, front);
      await worksAndEnds(stage, tabs, front);
    },
  },
];

/** Makes a tab ask the server: the window is come back to. */
const makeAsk = (tab: Tab): Promise<void> => tab.ask("void dispatchEvent(new Event('focus'))");

const lateness = ({ path, method, nth }: { path: string; method: string; nth: number }): number => {
  if (path === '/session/events') return 0;
  if (nth === 0 && method === 'GET') return 3_000;
  return nth % 2 === 0 ? 1_200 : 0;
};

async function answeredOtherwise(stage: Stage, fault: Fault, { sharp = true } = {}): Promise<void> {
  const tabs = await openWork(stage);
  const front = tabs[1]!;
  await beginShort(stage, tabs, front);
  stage.bank.fault(fault, ['/session']);
  await makeAsk(front);
  await worksAndEnds(stage, tabs, front, { sharp });
}

/** The person works for longer than the idle limit while tabs ask, and leaves. */
async function worksAndEnds(stage: Stage, tabs: readonly Tab[], front: Tab, { sharp = true } = {}): Promise<void> {
  const before = marked(tabs);
  for (let done = 0; done < idle + 1_000; done += 1_000) {
    await work(front, 1_000);
    await makeAsk(front);
  }
  for (const tab of tabs) expect(sightings(tab, isThrownOut, before(tab)), tab.name).toEqual([]);
  await pause(1_200);
  const deadline = await idleDeadline(stage.bank);
  const after = marked(tabs);
  if (sharp) await expectIdleEnd(tabs, { front, deadline, after });
  else await expectRoughEnd(tabs, deadline, after);
  for (const tab of tabs) await expectStaysOut(tab);
  expectNoErrors(tabs);
}

/** Where not even the server's own words agree on the time. */
async function expectRoughEnd(tabs: readonly Tab[], deadline: number, after: (tab: Tab) => number): Promise<void> {
  const rough = 2_000;
  await inAll(tabs, (tab) => sees(tab, 'warning opened', { after: after(tab), timeout: idle }));
  for (const [tab, cover] of await inAll(tabs, (one) => sees(one, isCovered, { after: after(one), timeout: idle }))) {
    expectWithin(Math.abs(cover.at - deadline), rough, `the cover of ${tab.name}`);
    const end = await sees(tab, 'session-ended', { timeout: idle });
    expect(end.detail, tab.name).toMatchObject({ reason: 'idle' });
    expectWithin(Math.abs(end.at - deadline), rough, `the end in ${tab.name}`);
    await sees(tab, isWiped);
  }
}

type Body = Record<string, unknown>;

const isDocument = ({ status, body }: Answer): boolean => status === 200 && body.includes('"server_time"');

/** A store of answers to questions: the first one is given to all that come after. */
function fromCache({ saysSo }: { readonly saysSo: boolean }): Fault {
  let stored: { readonly answer: Answer; readonly since: number } | undefined;
  return {
    rewrite(answer, { method, path }) {
      if (method !== 'GET' || path !== '/session') return answer;
      if (!stored) {
        stored = { answer, since: Date.now() };
        return answer;
      }
      const age = String(Math.ceil((Date.now() - stored.since) / 1_000));
      return saysSo ? { ...stored.answer, headers: { ...stored.answer.headers, Age: age } } : stored.answer;
    },
  };
}

/** Questions get the document as it was so long ago, with the time of now. */
function fromLaggingNode(milliseconds: number): Fault {
  const known: { readonly at: number; readonly body: Body }[] = [];
  return {
    rewrite(answer, { method, path }) {
      if (!isDocument(answer)) return answer;
      const body = JSON.parse(answer.body) as Body;
      const before = known.filter(({ at }) => at <= Date.now() - milliseconds).at(-1);
      known.push({ at: Date.now(), body });
      if (method !== 'GET' || path !== '/session' || !before) return answer;
      return { ...answer, body: JSON.stringify({ ...before.body, server_time: body['server_time'] }) };
    },
  };
}

function fromUnevenClocks(ahead: number): Fault {
  return {
    rewrite(answer, { nth }) {
      if (!isDocument(answer) || nth % 2 === 0) return answer;
      const body = JSON.parse(answer.body) as Body;
      return { ...answer, body: JSON.stringify({ ...body, server_time: Number(body['server_time']) + ahead / 1_000 }) };
    },
  };
}
