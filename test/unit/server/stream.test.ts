import { describe, expect, it } from 'vitest';
import type { Reply, StreamEnd, StreamEvent } from '../../../src/ports.js';
import type { Asked } from '../../../src/server/calls.js';
import { createStream } from '../../../src/server/stream.js';
import { createFakeBrowser } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { documentAt } from '../support/facts.js';
import { pass } from '../support/surroundings.js';

const DOCUMENT: StreamEvent = { type: 'document', document: documentAt(0) };
const TURN = 'nightlatch:test:stream';

/** One connection, as the server has it. */
interface Line {
  readonly tab: string;
  readonly sessionId: string;
  readonly at: number;
  readonly signal: AbortSignal;
  say(event: StreamEvent): void;
  end(how: StreamEnd): void;
}

function createScene(how: { readonly random?: () => number } = {}) {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock });
  const lines: Line[] = [];
  let count = 0;

  function open(where: { readonly offersNone?: boolean } = {}) {
    const { page } = browser.openTab();
    count += 1;
    const name = `tab ${count}`;
    const heard: [type: string, number: number, isFirst: boolean][] = [];
    const refused: Reply[] = [];
    const held: boolean[] = [];
    let number = 0;
    const stream = createStream({
      backend: where.offersNone
        ? {}
        : {
            stream: ({ sessionId }, hear, signal) =>
              new Promise((resolve) => {
                signal.addEventListener('abort', () => resolve({ type: 'closed' }));
                lines.push({ tab: name, sessionId, at: clock.passed(), signal, say: hear, end: resolve });
              }),
          },
      clock: page.world.clock,
      random: how.random ?? (() => 0),
      turns: page.world.turns,
      turnName: TURN,
      ask: () => {
        number += 1;
        return { number } as Asked;
      },
      heard: (event, asked, isFirst) => heard.push([event.type, asked.number, isFirst]),
      refused: (reply) => refused.push(reply),
      isVisible: page.isVisible,
      held: (isHeld) => held.push(isHeld),
    });
    page.world.presence.start((reason) => {
      if (reason === 'visible') stream.appeared();
      if (reason === 'hidden') stream.vanished();
      if (reason === 'parting') stream.parted();
    });
    return { name, page, stream, heard, refused, held };
  }

  return {
    clock,
    browser,
    lines,
    open,
    /** The connections that are open, by tab. */
    live: () => lines.filter(({ signal }) => !signal.aborted).map(({ tab }) => tab),
    last: () => lines.at(-1)!,
    pass: (duration: number) => pass(clock, duration),
  };
}

/** One tab that reads the stream. */
async function createHolder(how: Parameters<typeof createScene>[0] = {}) {
  const scene = createScene(how);
  const tab = scene.open();
  tab.stream.follow('s1');
  await scene.pass(0);
  scene.last().say(DOCUMENT);
  return { ...scene, tab };
}

describe('the stream', () => {
  it('is opened for the session that is followed, and held once it speaks', async () => {
    const { open, last, lines, pass } = createScene();
    const tab = open();
    await pass(seconds(1));
    expect(lines).toEqual([]);
    tab.stream.follow('s1');
    await pass(0);
    expect(lines).toMatchObject([{ sessionId: 's1' }]);
    expect(tab.stream.isHeld()).toBe(false);
    last().say(DOCUMENT);
    expect([tab.stream.isHeld(), tab.held]).toEqual([true, [true]]);
  });

  it('says first what answers its opening; later documents count by themselves', async () => {
    const { tab, last } = await createHolder();
    last().say({ type: 'alive' });
    last().say(DOCUMENT);
    expect(tab.heard).toEqual([
      ['document', 1, true],
      ['alive', 1, false],
      ['document', 1, false],
    ]);
  });

  it('keeps its first word for the first document, though a comment comes before it', async () => {
    const { open, last, pass } = createScene();
    const tab = open();
    tab.stream.follow('s1');
    await pass(0);
    last().say({ type: 'alive' });
    last().say(DOCUMENT);
    expect(tab.heard.at(-1)).toEqual(['document', 1, true]);
  });

  it('is closed when nothing is followed any more, and the turn given back', async () => {
    const { browser, tab, last, live, pass } = await createHolder();
    tab.stream.follow(undefined);
    await pass(0);
    expect([live(), tab.held, browser.turnHolder(TURN)]).toEqual([[], [true, false], undefined]);
    last().say(DOCUMENT);
    expect(tab.heard).toHaveLength(1);
  });

  it('is opened anew for another session', async () => {
    const { tab, lines, live, last, pass } = await createHolder();
    tab.stream.follow('s2');
    await pass(0);
    expect([live(), last().sessionId]).toEqual([['tab 1'], 's2']);
    lines[0]!.say(DOCUMENT);
    expect(tab.heard).toHaveLength(1);
  });

  it('that is followed already is left alone', async () => {
    const { tab, lines, pass } = await createHolder();
    tab.stream.follow('s1');
    await pass(minutes(0.5));
    expect(lines).toHaveLength(1);
  });

  it('is not asked for where the backend offers none', async () => {
    const { open, browser, pass } = createScene();
    const tab = open({ offersNone: true });
    tab.stream.follow('s1');
    tab.stream.appeared();
    await pass(minutes(1));
    expect(browser.turnHolder(TURN)).toBeUndefined();
  });
});

describe('a connection', () => {
  it.each<[chance: number, part: number]>([
    [0, 0.5],
    [0.999_999, 1],
  ])('that is lost is opened again after half to all of 1, 2, 4 … 30 s', async (chance, part) => {
    const { lines, last, pass } = await createHolder({ random: () => chance });
    last().end({ type: 'lost', problem: 'reset' });
    for (let i = 0; i < 150; i += 1) {
      await pass(seconds(1));
      if (!last().signal.aborted) last().end({ type: 'lost', problem: 'reset' });
    }
    const waits = lines.slice(1).map(({ at }, index) => at - lines[index]!.at);
    for (const [index, wait] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      // The test ends it up to a second after it was opened.
      expect(waits[index]).toBeGreaterThanOrEqual(wait * 1_000 * part - 5);
      expect(waits[index]).toBeLessThanOrEqual(wait * 1_000 * part + 1_005);
    }
  });

  it('that has spoken begins its waits anew', async () => {
    const { lines, last, pass } = await createHolder();
    for (let i = 0; i < 5; i += 1) {
      last().end({ type: 'lost', problem: 'reset' });
      await pass(500);
      expect(lines).toHaveLength(i + 2);
      last().say(DOCUMENT);
    }
  });

  it('waits as long as the server says', async () => {
    const { lines, last, pass } = await createHolder();
    last().end({ type: 'lost', problem: 'status 503', retryAfter: seconds(45) });
    await pass(seconds(45) - 1);
    expect(lines).toHaveLength(1);
    await pass(1);
    expect(lines).toHaveLength(2);
  });

  it('on which nothing is heard for a minute is dead, and opened again', async () => {
    const { tab, lines, last, pass } = await createHolder();
    await pass(seconds(50));
    last().say({ type: 'alive' });
    await pass(seconds(60) - 1);
    expect(lines).toHaveLength(1);
    await pass(1);
    expect([lines[0]!.signal.aborted, tab.held]).toEqual([true, [true, false]]);
    await pass(seconds(1));
    expect(lines).toHaveLength(2);
  });

  it('that never speaks is dead after a minute too', async () => {
    const { open, lines, pass } = createScene();
    open().stream.follow('s1');
    await pass(seconds(61));
    expect(lines).toHaveLength(2);
  });

  it('that is refused hands the server’s word on', async () => {
    const { tab, last, pass } = await createHolder();
    const reply: Reply = { type: 'refused', refusal: { type: 'no-session' } };
    last().end({ type: 'refused', reply });
    await pass(0);
    expect(tab.refused).toEqual([reply]);
  });

  it('that there is none of is not asked for again for this session, and the turn given back', async () => {
    const { browser, tab, lines, last, pass } = await createHolder();
    last().end({ type: 'absent' });
    await pass(minutes(5));
    tab.stream.appeared();
    await pass(minutes(5));
    expect([lines.length, browser.turnHolder(TURN)]).toEqual([1, undefined]);
    tab.stream.follow('s2');
    await pass(0);
    expect(lines).toHaveLength(2);
  });

  it('that was superseded is not opened again until the tab appears anew (T2)', async () => {
    const { browser, tab, lines, last, pass } = await createHolder();
    last().say({ type: 'superseded' });
    last().end({ type: 'closed' });
    await pass(minutes(5));
    expect([lines.length, tab.stream.isHeld(), browser.turnHolder(TURN)]).toEqual([1, false, undefined]);
    tab.stream.appeared();
    await pass(0);
    expect(lines).toHaveLength(2);
  });
});

describe('of several tabs (T2)', () => {
  /** Tabs that came one after the other; all are visible, in windows of their own. */
  async function createTabs(count: number) {
    const scene = createScene();
    const tabs: ReturnType<typeof scene.open>[] = [];
    for (let i = 0; i < count; i += 1) {
      const tab = scene.open();
      tabs.push(tab);
      tab.stream.follow('s1');
      await scene.pass(seconds(1));
    }
    return { ...scene, tabs };
  }

  it('one holds it', async () => {
    const { live, pass } = await createTabs(5);
    await pass(seconds(30));
    expect(live()).toHaveLength(1);
  });

  it('the one that comes takes it', async () => {
    const { live } = await createTabs(3);
    expect(live()).toEqual(['tab 3']);
  });

  it('a visible one that lost it gets it back when the other goes', async () => {
    const { tabs, live, pass } = await createTabs(2);
    tabs[1]!.stream.follow(undefined);
    await pass(0);
    expect(live()).toEqual(['tab 1']);
  });

  it('the one that becomes visible takes it', async () => {
    const { tabs, live, pass } = await createTabs(3);
    tabs[0]!.page.hide();
    await pass(seconds(1));
    tabs[0]!.page.show();
    await pass(0);
    expect(live()).toEqual(['tab 1']);
  });

  it('the one that is hidden lets go to one that waits', async () => {
    const { tabs, live, pass } = await createTabs(2);
    tabs[1]!.page.hide();
    await pass(seconds(1));
    expect(live()).toEqual(['tab 1']);
    expect(tabs[1]!.held.at(-1) ?? false).toBe(false);
  });

  it('the one that is hidden keeps its stream where nobody waits', async () => {
    const { tabs, lines, live, pass } = await createTabs(1);
    tabs[0]!.page.hide();
    await pass(seconds(5));
    expect([live(), lines.length]).toEqual([['tab 1'], 1]);
  });

  it('the one that is put away closes it at once, and gives the turn back', async () => {
    const { browser, tabs, live, pass } = await createTabs(2);
    tabs[1]!.page.park();
    await pass(0);
    expect(live()).toEqual(['tab 1']);
    expect(browser.turnHolder(TURN)?.name).toBe(tabs[0]!.page.name);
  });

  it('a hidden one that comes does not take it', async () => {
    const { tabs, live, open, pass } = await createTabs(1);
    const hidden = open();
    hidden.page.hide();
    hidden.stream.follow('s1');
    await pass(seconds(5));
    expect(live()).toEqual(['tab 1']);
    expect(tabs).toHaveLength(1);
  });

  it('a visible one takes it from a holder that hangs', async () => {
    const { tabs, live, open, pass } = await createTabs(1);
    tabs[0]!.page.life.stop('stopped');
    const other = open();
    other.stream.follow('s1');
    await pass(seconds(1));
    expect(live()).toContain('tab 2');
  });
});
