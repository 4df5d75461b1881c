import { describe, expect, it } from 'vitest';
import { createSignIns } from '../../../src/actions/sign-ins.js';
import type { ManualClock } from '../../../src/testing.js';
import { seconds, serverTime } from '../../../src/time/instant.js';
import { SESSION } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const S0 = { id: 's0', order: 1 };

const awakeFor = () => Number.POSITIVE_INFINITY;

function createScene() {
  const around = createSurroundings();
  const other = around.neighbour();
  const startedNow = (after = 0) => ({ ...SESSION, startedAt: serverTime(around.clock.read().wall + after) });
  return { ...around, around, other, startedNow };
}

describe('a sign-in', () => {
  it('is known to this page and to the others from its announcement until its session has begun', () => {
    const { signIns, other } = createScene();
    expect([signIns.isUnderWay(), other.signIns.isUnderWay()]).toEqual([false, false]);
    signIns.announce();
    expect([signIns.isUnderWay(), other.signIns.isUnderWay()]).toEqual([true, true]);
    expect([signIns.isElsewhere(), other.signIns.isElsewhere()]).toEqual([false, true]);
    signIns.met();
    expect([signIns.isUnderWay(), other.signIns.isUnderWay(), other.signIns.hasLeft()]).toEqual([false, false, false]);
  });

  it('stays known while the person takes their time', async () => {
    const { signIns, other, pass } = createScene();
    signIns.announce();
    await pass(seconds(300));
    expect(other.signIns.isElsewhere()).toBe(true);
  });

  it('of a page that has crashed is over fifteen seconds later, and may have left something', async () => {
    const { signIns, other, page, pass } = createScene();
    signIns.announce();
    page.crash();
    await pass(seconds(15) - 1);
    expect(other.signIns.isElsewhere()).toBe(true);
    await pass(1);
    expect([other.signIns.isElsewhere(), other.signIns.hasLeft()]).toEqual([false, true]);
    other.signIns.forget();
    expect(other.signIns.hasLeft()).toBe(false);
  });

  it('is under way for its own page though the clock was set', () => {
    const { signIns, clock } = createScene();
    signIns.announce();
    clock.stepWall(seconds(3_600));
    expect(signIns.isUnderWay()).toBe(true);
  });

  it('is so for the others too, who wait for its next sign of life once they have noticed', async () => {
    const { around, signIns, other, clock, page, pass } = createScene();
    signIns.announce();
    clock.stepWall(seconds(3_600));
    expect(other.signIns.isElsewhere()).toBe(false);
    around.wokeAt = clock.read().monotonic;
    expect(other.signIns.isElsewhere()).toBe(true);
    await pass(seconds(8));
    expect(other.signIns.isElsewhere()).toBe(true);
    page.crash();
    clock.stepWall(seconds(3_600));
    around.wokeAt = clock.read().monotonic;
    await pass(seconds(7) - 1);
    expect(other.signIns.isElsewhere()).toBe(true);
    await pass(1);
    expect([other.signIns.isElsewhere(), other.signIns.hasLeft()]).toEqual([false, true]);
  });

  it('that is over without a session may have left something, which is not forgotten while somebody else signs in', () => {
    const { signIns, other } = createScene();
    signIns.announce();
    signIns.close();
    expect([signIns.isUnderWay(), other.signIns.hasLeft()]).toEqual([false, true]);
    other.signIns.announce();
    signIns.forget();
    expect(signIns.isElsewhere()).toBe(true);
  });

  it.each([
    ['has written nothing, and leaves nothing', false, false],
    ['that was left after signing in may have left something', true, true],
  ])('on a page that goes to sign in elsewhere %s', (_, hasSignedIn, leaves) => {
    const { signIns, other } = createScene();
    signIns.announce();
    if (hasSignedIn) signIns.signedIn();
    signIns.part();
    expect([other.signIns.isElsewhere(), other.signIns.hasLeft()]).toEqual([false, leaves]);
  });

  it('that another page announces later is the one that is waited for', async () => {
    const { signIns, other, pass } = createScene();
    signIns.announce();
    await pass(100);
    other.signIns.announce();
    await pass(seconds(12));
    expect([signIns.isElsewhere(), other.signIns.isElsewhere()]).toEqual([true, false]);
    other.signIns.met();
    await pass(seconds(5));
    expect(other.signIns.isElsewhere()).toBe(true);
  });
});

describe('a page that was frozen after it had signed somebody in', () => {
  function freezeSignedIn() {
    const scene = createScene();
    scene.memory.setBegun(S0);
    scene.signIns.announce();
    scene.signIns.signingIn(S0);
    scene.signIns.signedIn();
    scene.signIns.part();
    return scene;
  }

  it('says so again where nothing stands for that yet', async () => {
    const { other, pass } = freezeSignedIn();
    expect(other.signIns.isElsewhere()).toBe(false);
    await pass(seconds(5));
    expect(other.signIns.isElsewhere()).toBe(true);
  });

  it('does not where another page has opened what was signed in to', async () => {
    const { signIns, other, pass } = freezeSignedIn();
    await pass(1);
    other.memory.setBegun({ id: 's1', order: 2 });
    other.signIns.forget();
    await pass(seconds(12));
    expect([signIns.isUnderWay(), other.signIns.last()]).toEqual([false, undefined]);
  });

  it('does not where somebody has signed in since, who is not waited for by its name', async () => {
    const { signIns, other, pass } = freezeSignedIn();
    await pass(1);
    other.memory.setBegun({ id: 's1', order: 2 });
    other.signIns.announce();
    const name = other.signIns.last();
    await pass(seconds(12));
    expect([signIns.last(), signIns.isElsewhere(), other.signIns.isElsewhere()]).toEqual([name, true, false]);
    other.signIns.met();
    await pass(seconds(12));
    expect(other.signIns.isElsewhere()).toBe(false);
  });
});

describe('the session of a sign-in', () => {
  it('is told by when it started, and by what was swept for it', async () => {
    const { signIns, other, startedNow, pass } = createScene();
    signIns.announce();
    signIns.signingIn(S0);
    await pass(seconds(1));
    const session = startedNow();
    expect(other.signIns.isFor(session, S0)).toBe(false);
    await pass(seconds(1));
    signIns.signedIn();
    expect(other.signIns.isFor(session, S0)).toBe(true);
    expect(other.signIns.isFor(session, { id: 's9', order: 9 })).toBe(false);
    expect(other.signIns.isFor(startedNow(1), S0)).toBe(false);
    expect(other.signIns.isFor(startedNow(-seconds(2) - 1), S0)).toBe(false);
  });

  it.each([
    ['whatever', () => {}],
    ['also where the device’s clock was set on meanwhile', (clock: ManualClock) => clock.stepWall(seconds(3_600))],
  ])('did not begin after the person had signed in, %s', async (_, meanwhile) => {
    const { signIns, startedNow, clock, pass } = createScene();
    expect(signIns.isAfter(startedNow())).toBe(false);
    signIns.announce();
    const [during, at] = [startedNow(seconds(1)), startedNow(seconds(2))];
    expect(signIns.isAfter(startedNow(seconds(9)))).toBe(false);
    await pass(seconds(2));
    signIns.signedIn();
    meanwhile(clock);
    await pass(seconds(1));
    expect([during, at].map(signIns.isAfter)).toEqual([false, false]);
    expect(signIns.isAfter(startedNow())).toBe(true);
    signIns.met();
    expect(signIns.isAfter(startedNow())).toBe(false);
  });

  it('is none that answers what was asked before', async () => {
    const { signIns, clock, pass } = createScene();
    const early = clock.read();
    expect(signIns.isBefore(early)).toBe(false);
    signIns.announce();
    expect([signIns.isBefore(early), signIns.isBefore(undefined)]).toEqual([true, true]);
    await pass(1);
    signIns.signedIn();
    expect([signIns.isBefore(early), signIns.isBefore(clock.read())]).toEqual([true, false]);
  });

  it('is kept from its page for ten seconds at each stage, and no longer, while a dialog is not answered', async () => {
    const { signIns, pass } = createScene();
    signIns.announce();
    await pass(seconds(9));
    signIns.signingIn(S0);
    await pass(seconds(10) - 1);
    expect(signIns.isBefore(undefined)).toBe(true);
    await pass(1);
    expect(signIns.isBefore(undefined)).toBe(false);
  });

  it.each<[what: string, ahead: number | undefined]>([
    ['has not heard the server’s time', undefined],
    ['has not heard yet that the server’s clock was set back', seconds(34)],
  ])('is known by the device’s clock where its page %s', async (_, ahead) => {
    const { memory, clock, other, startedNow, pass } = createScene();
    const reading = () => {
      const now = serverTime(clock.read().wall + (ahead ?? 0));
      return ahead === undefined ? undefined : { now, earliest: now, latest: now };
    };
    const signIns = createSignIns({ clock, random: () => 0.5, memory, reading, awakeFor });
    const before = startedNow(-1);
    signIns.announce();
    signIns.signingIn(S0);
    await pass(seconds(1));
    const session = startedNow();
    expect(other.signIns.isFor(session, S0)).toBe(false);
    await pass(seconds(1));
    signIns.signedIn();
    await pass(seconds(1));
    expect([session, before, startedNow()].map((one) => other.signIns.isFor(one, S0))).toEqual([true, false, false]);
  });

  it('is told in the server’s time as soon as that is known, for the device’s clock may be set', async () => {
    const { memory, clock, startedNow, pass } = createScene();
    let shift: number | undefined;
    const reading = () => {
      const now = serverTime(clock.read().wall + (shift ?? 0));
      return shift === undefined ? undefined : { now, earliest: now, latest: now };
    };
    const signIns = createSignIns({ clock, random: () => 0.5, memory, reading, awakeFor });
    signIns.announce();
    signIns.signingIn(S0);
    const session = startedNow(1);
    await pass(seconds(1));
    signIns.signedIn();
    shift = 0;
    await pass(seconds(5));
    clock.stepWall(seconds(3_600));
    shift = -seconds(3_600);
    expect(signIns.isFor(session, S0)).toBe(true);
    expect(signIns.isFor({ ...SESSION, startedAt: serverTime(session.startedAt + seconds(2)) }, S0)).toBe(false);
  });

  it('is waited for until it is known as what, the page is done, or patience is over', async () => {
    const { signIns, other, startedNow, pass } = createScene();
    const waits = (patience: number) => {
      let isOver = false;
      void other.signIns.over(startedNow(seconds(5)), patience).then(() => {
        isOver = true;
      });
      return () => isOver;
    };
    signIns.announce();
    const impatient = waits(seconds(2));
    const patient = waits(seconds(60));
    await pass(seconds(2) - 1);
    expect([impatient(), patient()]).toEqual([false, false]);
    await pass(1);
    expect([impatient(), patient()]).toEqual([true, false]);
    signIns.signingIn(undefined);
    await pass(seconds(4));
    signIns.signedIn();
    await pass(seconds(1));
    expect(patient()).toBe(true);
    const until = waits(seconds(60));
    await pass(0);
    signIns.met();
    await pass(seconds(1));
    expect(until()).toBe(true);
  });
});

describe('what stands under the key', () => {
  it.each(['{', '{}', '{"by":1,"at":2}', '{"by":"x","at":"now"}'])('and is none, is no sign-in: %s', (text) => {
    const { browser, signIns } = createScene();
    browser.storage.put('nightlatch:test:sign-in', text);
    expect([signIns.isUnderWay(), signIns.hasLeft()]).toEqual([false, false]);
  });
});

it('two pages have two names', () => {
  const { memory, clock } = createScene();
  const names = [0.1, 0.2].map((chance) => {
    createSignIns({ clock, random: () => chance, memory, reading: () => undefined, awakeFor }).announce();
    return memory.signIn()?.by;
  });
  expect(new Set(names).size).toBe(2);
});
