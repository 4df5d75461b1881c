import { describe, expect, it, vi } from 'vitest';
import { createHolds } from '../../../src/actions/hold.js';
import { createLock } from '../../../src/actions/lock.js';
import { createTell } from '../../../src/actions/tell.js';
import { createTouch } from '../../../src/actions/touch.js';
import { createCalls } from '../../../src/server/calls.js';
import { createActs } from '../../../src/user/acts.js';
import type { Reply } from '../../../src/ports.js';
import { hours, minutes, plus, seconds } from '../../../src/time/instant.js';
import { after, documentAt, LOCAL, OPEN, POLICY, SESSION } from '../support/facts.js';
import { createSurroundings, SILENCE } from '../support/surroundings.js';
import { createScene } from '../support/tabs.js';

it('"lock now" locks though the earliest possible now lies before the last authentication', () => {
  const { clock, ledger, doubt } = createSurroundings();
  doubt.earliest = -seconds(1);
  createLock({ clock, random: () => 0, ledger, send: undefined }).lock();
  expect(ledger.view().phase).toBe('locked');
});

it('a hold without a server ends at the cap, in a tab where the person has not acted', async () => {
  const policy = { ...POLICY, holdMax: minutes(30) };
  const { clock, ledger, report, page, pass } = createSurroundings({ ...LOCAL, policy });
  const acts = createActs({ clock, ledger, activity: { take: () => ({}) }, own: page.world.own, name: 'test', anyActAnswers: false, acted: () => undefined });
  createHolds({ clock, ledger, lastReal: acts.lastReal, touch: undefined, observe: acts.observe, report }).hold('film', hours(6));
  await pass(hours(2));
  expect(ledger.facts().lastActivityAt).toBeLessThanOrEqual(after(minutes(30)));
});

it('a hold goes on after a moment of doubt', async () => {
  const policy = { ...POLICY, holdMax: minutes(30) };
  const { clock, ledger, report, pass } = createSurroundings({ ...OPEN, policy });
  const touch = vi.fn(async () => SILENCE);
  createHolds({ clock, ledger, lastReal: () => undefined, touch, observe: () => undefined, report }).hold('film', hours(6));
  expect(touch).toHaveBeenCalledTimes(1);
  await pass(minutes(1) - 1);
  ledger.stand({ doubted: true });
  await pass(2);
  ledger.stand({ doubted: false });
  await pass(minutes(5));
  expect(touch.mock.calls.length).toBeGreaterThan(3);
});

it('telling is retried after stop and start', async () => {
  const { clock, ledger, memory, takeTurn, pass } = createSurroundings();
  const end = vi.fn(async () => SILENCE);
  const tell = createTell({ clock, random: () => 0, ledger, memory, takeTurn, end });
  tell.note({ id: 's0', reason: 'idle' });
  void tell.run();
  await pass(100);
  tell.stop();
  end.mockClear();
  void tell.run();
  await pass(minutes(5));
  expect(end.mock.calls.length).toBeGreaterThan(3);
});

it('activity during a touch under way is told on parting', async () => {
  const { clock, ledger, takeTurn, pass } = createSurroundings();
  const answers: ((reply: Reply) => void)[] = [];
  const sent: number[] = [];
  const touch = createTouch({
    clock, ledger, takeTurn, isVisible: () => true,
    touch: ({ idleFor }) => { sent.push(clock.read().monotonic - idleFor); return new Promise((resolve) => answers.push(resolve)); },
  });
  const act = () => { touch.acted(); ledger.learn({ session: SESSION, lastActivityAt: after(clock.read().monotonic) }); touch.consider(); };
  touch.consider();
  await pass(minutes(2));
  act();
  await pass(1);
  expect(sent).toHaveLength(1);
  await pass(seconds(1));
  act();
  answers[0]!({ type: 'document', document: documentAt(minutes(2), { rev: 11, lastActivityAt: after(minutes(2)), idleExpiry: after(minutes(17)) }) });
  ledger.learn({ session: SESSION, lease: { rev: 11, idleExpiry: after(minutes(17)), absoluteExpiry: after(hours(8)) } });
  touch.consider();
  await pass(1);
  touch.flush();
  expect(sent).toHaveLength(2);
});

it('a call whose run throws at once is unknown', async () => {
  const { clock, ledger, report } = createSurroundings();
  const calls = createCalls({ clock, ledger, begun: () => undefined, measure: () => 'kept', take: () => undefined, report });
  await expect(calls.call('peek', 1_000, () => { throw new Error('a mistake'); })).resolves.toMatchObject({ type: 'unknown' });
});

it('a reply to a call from before a sleep is unknown (K1)', async () => {
  const { clock, ledger, report, pass } = createSurroundings();
  const take = vi.fn();
  const calls = createCalls({ clock, ledger, begun: () => undefined, measure: () => 'kept', take, report });
  let answer: (reply: Reply) => void = () => undefined;
  const reply = calls.call('peek', seconds(10), () => new Promise((resolve) => { answer = resolve; }));
  clock.sleep(hours(1));
  answer({ type: 'document', document: documentAt(0) });
  await pass(1);
  expect((await reply).type).toBe('unknown');
  expect(take).not.toHaveBeenCalled();
});

describe('in a scene', () => {
  it('an extension under way when the session is revoked says that it ended', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(seconds(3));
    await begun;
    scene.network.requestDelay = [2_000, 2_000];
    const code = tab.latch.extend().then(() => 'resolved', (problem) => problem.code);
    await scene.pass(seconds(1));
    scene.server.revoke('session 1');
    await scene.pass(seconds(5));
    expect(await code).toBe('ERR_SESSION_ENDED');
  });
  it('whichever page lives tells the server of an end that another page noted (E4)', async () => {
    const scene = createScene();
    const [one, two] = [scene.open(), scene.open()];
    await scene.pass(seconds(2));
    const begun = one.latch.begin({ signIn: async () => void (await one.backend!.signIn('ana')) });
    await scene.pass(seconds(3));
    await begun;
    expect(two.phase()).toBe('active');
    scene.network.state = 'broken';
    void one.latch.signOut();
    await scene.pass(seconds(5));
    expect(two.phase()).toBe('ended');
    one.page.crash();
    scene.network.state = 'up';
    await scene.pass(minutes(5));
    expect(scene.server.session('session 1')!.end?.reason).toBe('signed-out');
  });
  it('opens a session once, though a question about another arose', async () => {
    const scene = createScene();
    const tab = scene.open();
    await scene.pass(seconds(2));
    const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
    await scene.pass(seconds(3));
    await begun;
    scene.browser.forgeMessage('nightlatch:test', { nightlatch: 'facts', format: 1, session: { id: 'x', order: 9e12, startedAt: after(0) } });
    await scene.pass(seconds(3));
    expect(tab.phase()).toBe('active');
    expect(tab.events.filter(({ type }) => type === 'session-opened')).toHaveLength(1);
  });
  it('without a server, another session whose keys become visible late is opened all the same (M2)', async () => {
    const scene = createScene({ local: true });
    const [one, two] = [scene.open(), scene.open()];
    await scene.pass(seconds(3));
    scene.browser.conditions.storageDelay = [2_000, 2_000];
    void one.latch.begin({ subject: 'ben' });
    await scene.pass(seconds(20));
    const [a, b] = [one.latch.getView(), two.latch.getView()];
    expect('session' in b && b.session.id).toBe('session' in a && a.session.id);
  });
  it('without a server, a mirror that was set back is written back (M3)', async () => {
    const scene = createScene({ local: true });
    const tab = scene.open();
    await scene.pass(seconds(3));
    const before = scene.browser.storage.contents.get('nightlatch:test:facts')!;
    void tab.latch.signOut();
    await scene.pass(seconds(3));
    scene.browser.storage.put('nightlatch:test:facts', before);
    await scene.pass(seconds(3));
    scene.reload(tab);
    await scene.pass(seconds(3));
    expect(tab.phase()).toBe('ended');
  });
});
void plus;
