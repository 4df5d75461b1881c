import { describe, expect, it } from 'vitest';
import type { Turns } from '../../../src/ports.js';
import { createTakeTurn } from '../../../src/tabs/take-turn.js';
import { createFakeBrowser } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { seconds } from '../../../src/time/instant.js';
import { outcome, pass } from '../support/surroundings.js';

function createScene() {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock });
  const open = () => {
    const { page } = browser.openTab();
    return { page, takeTurn: createTakeTurn(page.world.turns, page.world.clock, 'nightlatch:test') };
  };
  return { clock, browser, open };
}

/** Work that lasts until it is told to end. */
function createWork<T>(result: T) {
  let end: () => void = () => undefined;
  let lost: AbortSignal | undefined;
  let begun = 0;
  const over = new Promise<T>((resolve) => {
    end = () => resolve(result);
  });
  return {
    run: (signal?: AbortSignal) => {
      begun += 1;
      lost = signal;
      return over;
    },
    end: () => end(),
    begun: () => begun,
    lost: () => lost,
  };
}

describe('a piece of work', () => {
  it('is done in turn, under the name of this SDK, and its result handed back', async () => {
    const { clock, browser, open } = createScene();
    const { page, takeTurn } = open();
    const work = createWork('done');
    const taken = takeTurn('end', seconds(1), work.run);
    await pass(clock, 0);
    expect(work.begun()).toBe(1);
    expect(browser.turnHolder('nightlatch:test:end')?.name).toBe(page.name);
    work.end();
    expect(await outcome(taken)).toBe('done');
    expect(browser.turnHolder('nightlatch:test:end')).toBeUndefined();
  });

  it('waits for another tab that has the turn', async () => {
    const { clock, open } = createScene();
    const [one, two] = [open(), open()];
    const [first, second] = [createWork(1), createWork(2)];
    void one.takeTurn('end', seconds(9), first.run);
    const taken = two.takeTurn('end', seconds(9), second.run);
    await pass(clock, seconds(5));
    expect(second.begun()).toBe(0);
    first.end();
    await pass(clock, 0);
    expect(second.begun()).toBe(1);
    second.end();
    expect(await outcome(taken)).toBe(2);
  });

  it('goes on without the turn after its patience, and not before', async () => {
    const { clock, open } = createScene();
    const [one, two] = [open(), open()];
    const [first, second] = [createWork(1), createWork(2)];
    void one.takeTurn('end', seconds(1), first.run);
    await pass(clock, 0);
    one.page.freeze();
    const taken = two.takeTurn('end', seconds(1), second.run);
    await pass(clock, seconds(1) - 1);
    expect(second.begun()).toBe(0);
    await pass(clock, 1);
    expect(second.begun()).toBe(1);
    second.end();
    expect(await outcome(taken)).toBe(2);
  });

  it('is done once, though the turn comes after all, and leaves the queue to others', async () => {
    const { clock, browser, open } = createScene();
    const [one, two] = [open(), open()];
    const [first, second] = [createWork(1), createWork(2)];
    void one.takeTurn('end', seconds(9), first.run);
    void two.takeTurn('end', seconds(1), second.run);
    await pass(clock, seconds(2));
    first.end();
    await pass(clock, seconds(1));
    expect(second.begun()).toBe(1);
    expect(browser.turnHolder('nightlatch:test:end')).toBeUndefined();
  });

  it('that fails hands its failure on, and gives the turn back', async () => {
    const { clock, browser, open } = createScene();
    const { takeTurn } = open();
    const taken = takeTurn('end', seconds(1), () => Promise.reject(new Error('a mistake')));
    taken.catch(() => undefined);
    await pass(clock, 0);
    await expect(taken).rejects.toThrow('a mistake');
    expect(browser.turnHolder('nightlatch:test:end')).toBeUndefined();
  });

  it('hears that its turn was taken away', async () => {
    const { clock, open } = createScene();
    const [one, two] = [open(), open()];
    const work = createWork(1);
    void one.takeTurn('end', seconds(1), work.run);
    await pass(clock, 0);
    expect(work.lost()?.aborted).toBe(false);
    void two.page.world.turns.queue(
      'nightlatch:test:end',
      { signal: new AbortController().signal, steal: true },
      async () => undefined,
    );
    await pass(clock, 0);
    expect(work.lost()?.aborted).toBe(true);
  });

  it.each(['missing', 'hung'] as const)('is done where turns are %s', async (turns) => {
    const { clock, browser, open } = createScene();
    browser.conditions.turns = turns;
    const work = createWork(1);
    const taken = open().takeTurn('end', seconds(1), work.run);
    work.end();
    await pass(clock, seconds(1));
    expect(await outcome(taken)).toBe(1);
  });

  it('leaves the queue once it goes on without, and is done once by a turn that comes all the same', async () => {
    const clock = createManualClock();
    let queued: AbortSignal | undefined;
    let grant: () => Promise<void> = async () => undefined;
    const turns: Turns = {
      queue(_name, { signal }, granted) {
        queued = signal;
        grant = () => granted(new AbortController().signal);
        return new Promise(() => undefined);
      },
    };
    const work = createWork(1);
    void createTakeTurn(turns, clock, 'x')('end', seconds(1), work.run);
    await pass(clock, seconds(1));
    expect(queued?.aborted).toBe(true);
    await grant();
    expect(work.begun()).toBe(1);
  });

  it('calls its patience off once it has begun', async () => {
    const clock = createManualClock();
    const turns: Turns = { queue: (_name, _how, granted) => granted(new AbortController().signal) };
    const work = createWork(1);
    void createTakeTurn(turns, clock, 'x')('end', seconds(1), work.run);
    await pass(clock, seconds(5));
    expect(work.begun()).toBe(1);
  });
});

describe('a frozen page that is handed a turn all the same', () => {
  /** It is frozen, as its presence says, and runs what reaches it. */
  function createFrozen(scene: ReturnType<typeof createScene>) {
    const { page } = scene.open();
    let go: () => void = () => undefined;
    let thaw: Promise<void> | undefined;
    const freeze = () => {
      thaw = new Promise((resolve) => {
        go = resolve;
      });
    };
    const goOn = () => {
      thaw = undefined;
      go();
    };
    return {
      freeze,
      goOn,
      takeTurn: createTakeTurn(page.world.turns, page.world.clock, 'nightlatch:test', () => thaw),
    };
  }

  it('gives it back at once, and works when it goes on', async () => {
    const scene = createScene();
    const one = createFrozen(scene);
    const other = scene.open();
    const [before, mine, theirs] = [createWork(0), createWork(1), createWork(2)];
    void other.takeTurn('wipe', seconds(9), before.run);
    await pass(scene.clock, 10);
    void one.takeTurn('wipe', seconds(9), mine.run);
    await pass(scene.clock, 10);
    one.freeze();
    before.end();
    await pass(scene.clock, 10);
    void other.takeTurn('wipe', seconds(9), theirs.run);
    await pass(scene.clock, 10);
    expect([mine.begun(), theirs.begun()]).toEqual([0, 1]);
    one.goOn();
    theirs.end();
    await pass(scene.clock, 10);
    expect(mine.begun()).toBe(1);
  });

  it.each([
    ['asks for none until it goes on', 10],
    ['works no sooner for having waited for long', seconds(30)],
  ])('%s', async (_, frozenFor) => {
    const scene = createScene();
    const one = createFrozen(scene);
    const work = createWork(1);
    one.freeze();
    void one.takeTurn('wipe', seconds(9), work.run);
    await pass(scene.clock, frozenFor);
    expect(work.begun()).toBe(0);
    one.goOn();
    await pass(scene.clock, 10);
    expect(work.begun()).toBe(1);
  });
});
