/** One history for each rule of `docs/rules` that concerns facts, sessions, endings, wipes and turns; the name is the rule. */
import { describe, expect, it } from 'vitest';
import { serverTime } from '../../src/time/instant.js';
import type { Person } from './simulation/history.js';
import { createOpenStage, createStage, MINUTE, type Stage } from './stage.js';

const signIn = (stage: Stage, tab: number, person: Person = 'ana', how: 'begin' | 'navigate' = 'begin') =>
  stage.do({ type: 'sign in', tab, person, how });
const network = (stage: Stage, state: 'up' | 'down' | 'silent' | 'broken') =>
  stage.do({ type: 'network', change: { state } });
/** What the app keeps for all tabs. */
const kept = ({ world }: Stage) => [...world.belongings.tokens.values(), ...world.belongings.cache.values()];
/** The sessions whose tokens the app keeps. */
const tokens = ({ world }: Stage) => [...world.belongings.tokens.values()].map(({ sessionId }) => sessionId);
/** Somebody signs in, and the server falls silent before it has said as what. */
async function signInAndLoseTheServer(stage: Stage, person: Person, tab = 0): Promise<void> {
  const before = stage.session()?.id;
  await signIn(stage, tab, person);
  while (stage.session()?.id === before || !tokens(stage).includes(stage.session()?.id)) await stage.pass(1);
  await network(stage, 'silent');
  await stage.pass(12_000);
}
const policyOf = (stage: Stage, tab: number) => {
  const view = stage.view(tab);
  return 'policy' in view ? view.policy : undefined;
};
const deadlineOf = (stage: Stage, tab: number) => {
  const view = stage.view(tab);
  return 'deadline' in view ? view.deadline : undefined;
};

describe('knowing', () => {
  it('K1: a reply to an older request overrules nothing that a newer one has said', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'network', change: { replyDelay: [5_000, 5_000] } });
    await stage.do({ type: 'extend', tab: 0 });
    await stage.pass(50);
    await stage.do({ type: 'network', change: { replyDelay: [10, 10] } });
    await stage.do({ type: 'policy', change: { idleTimeout: 5 * MINUTE } });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(2_000);
    expect(policyOf(stage, 0)?.idleTimeout).toBe(5 * MINUTE);
    await stage.pass(5_000);
    expect(policyOf(stage, 0)?.idleTimeout).toBe(5 * MINUTE);
  });

  it('K1: what was asked before a freeze is worth nothing after it, and is asked anew', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'network', change: { replyDelay: [1_000, 1_000] } });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(20);
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.do({ type: 'revoke' });
    await stage.pass(10_000);
    const before = stage.sent(0, 'peek');
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(3_000);
    expect(stage.sent(0, 'peek')).toBeGreaterThan(before);
    expect(stage.phase(0)).toBe('ended');
  });

  it('K2: the server’s word, asked later, beats a forged lease with a higher rev', async () => {
    const stage = await createOpenStage();
    // Asked in the same instant: the forgery is news that came after the question, and is asked about in turn.
    await stage.forge('later lease');
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(2_000);
    const session = stage.session()!;
    expect(deadlineOf(stage, 0)?.at).toBe(session.lastActivityAt + session.policy.idleTimeout!);
  });

  it('K1: a death counts though it answers a request that was sent before a freeze', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'revoke' });
    await stage.do({ type: 'network', change: { replyDelay: [400, 400] } });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    // As it goes the page sends what it has not told yet.
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.pass(200);
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(300);
    expect(stage.phase(0)).toBe('ended');
  });

  it('K2: an answer that names another session, but was asked too early, settles no question about it', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.pass(11_000);
    await stage.do({ type: 'network', change: { replyDelay: [3_000, 3_000] } });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(30);
    expect(stage.sent(0, 'touch')).toBe(1);
    await stage.do({ type: 'network', change: { replyDelay: [10, 10] } });
    await signIn(stage, 1, 'ben', 'navigate');
    await stage.pass(20);
    // The question about ben's session is answered after the touch, which brings something new.
    await stage.do({ type: 'network', change: { replyDelay: [4_000, 4_000] } });
    await stage.pass(20_000);
    const phases = stage.told(0).map(({ phase }) => phase);
    expect(phases.slice(phases.indexOf('pending', 2))).toEqual(['pending', 'ended']);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced' });
  });

  it('K3: a revocation on the stream ends the session that it names, at once', async () => {
    const stage = await createOpenStage({ streams: true });
    await stage.do({ type: 'revoke' });
    await stage.pass(50);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'revoked', detail: 'risk' });
  });

  it('K4: no session, asked after the session was learnt, is the end of it', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'server restarts empty' });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(2_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'unknown' });
  });

  it('K5: where the server answers with another person’s session, the page is replaced', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'freeze', tab: 0 });
    await signIn(stage, 1, 'ben', 'navigate');
    await stage.pass(3_000);
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(3_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced' });
  });

  it('K6: a tombstone that another tab speaks of counts at once', async () => {
    const stage = await createOpenStage();
    await stage.forge('tombstone');
    await stage.pass(10);
    expect(stage.phase(0)).toBe('ended');
  });

  it('K6: a deadline that the policy makes impossible is not believed', async () => {
    const stage = await createOpenStage();
    await network(stage, 'silent');
    const before = deadlineOf(stage, 0)!.at;
    await stage.forge('impossible lease');
    await stage.pass(1_000);
    expect(deadlineOf(stage, 0)!.at).toBe(before);
  });

  it('K6: a higher policy version is a question, not a fact', async () => {
    const stage = await createOpenStage();
    await network(stage, 'silent');
    await stage.forge('higher policy');
    await stage.pass(1_000);
    expect(policyOf(stage, 0)?.idleTimeout).toBe(10 * MINUTE);
  });

  it('K7: talk of another session covers, is asked about within a second, and refuted it is never asked again', async () => {
    const stage = await createOpenStage();
    const before = stage.sent(0, 'peek');
    await stage.forge('other session');
    await stage.pass(1);
    expect(stage.view(0)).toEqual({ phase: 'pending', covered: true });
    await stage.pass(1_500);
    expect(stage.phase(0)).toBe('active');
    expect(stage.sent(0, 'peek')).toBe(before + 1);
    await stage.forge('other session');
    await stage.pass(1_500);
    expect(stage.phase(0)).toBe('active');
    expect(stage.sent(0, 'peek')).toBe(before + 1);
  });

  it('K8: a later deadline that was heard while covered postpones the end and opens nothing', async () => {
    const stage = await createOpenStage();
    await stage.pass(9 * MINUTE);
    await network(stage, 'silent');
    await stage.pass(58_000);
    expect(stage.phase(0)).toBe('expired');
    // Said by a tab that touched just before: for another idle limit, at most.
    await stage.forge('later lease');
    await stage.pass(MINUTE);
    expect(stage.phase(0)).toBe('expired');
    await stage.pass(11 * MINUTE);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'idle' });
  });
});

describe('sessions, people and tabs', () => {
  it('S1: a tab that never showed a session is never replaced', async () => {
    const stage = await createStage({ tabs: 2 });
    await network(stage, 'silent');
    await network(stage, 'up');
    await signIn(stage, 0, 'ana', 'navigate');
    await signIn(stage, 1, 'ben', 'navigate');
    await stage.pass(5_000);
    for (const tab of [0, 1])
      expect(stage.told(tab).map((view) => ('reason' in view ? view.reason : ''))).not.toContain('replaced');
  });

  it('S2: when the same person signs in elsewhere, an ended page opens anew, its own memory wiped', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(3_000);
    await signIn(stage, 1);
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ana' } });
    expect(stage.tabWiped(0)).toHaveLength(1);
  });

  it('S2: a replaced page stays so until it is loaded anew, whoever signs in next', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await signIn(stage, 1, 'ben');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced' });
    await signIn(stage, 1, 'ana');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced' });
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(2_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('S2: a replaced page tells nobody what it hears of the session that has come', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await signIn(stage, 1, 'ben');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced' });
    await stage.do({ type: 'crash', tab: 1 });
    // That ben's session is over, and that the server knows; only this page is there to hear it.
    await stage.forge('other format');
    await stage.pass(1_000);
    await stage.do({ type: 'open' });
    await stage.pass(2_000);
    expect(stage.view(2)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
  });

  it('S3: whoever first finds a session sweeps what the one before left, and then opens', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'crash', tab: 1 });
    await signIn(stage, 0, 'ben', 'navigate');
    const opened = () => stage.phase(0) === 'active';
    await stage.pass(3_000);
    expect(opened()).toBe(true);
    expect([...stage.world.belongings.tokens.values()]).toEqual([]);
    expect(
      stage.events('tokens-wiped').some((event) => 'because' in event && event.because === 'swept-at-sign-in'),
    ).toBe(true);
  });

  it('S3: on a first run the session is adopted, and nothing is wiped', async () => {
    const stage = await createStage();
    stage.world.belongings.tokens.set('early', {
      sessionId: undefined,
      signIn: 0,
      subject: 'ana',
      what: 'early',
      at: 0,
    });
    await signIn(stage, 0, 'ana', 'navigate');
    await stage.pass(3_000);
    expect(stage.phase(0)).toBe('active');
    expect(stage.world.belongings.tokens.has('early')).toBe(true);
  });

  it('S4: a new page that finds a tombstone is absent and says why, once the server has spoken', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'revoke' });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(3_000);
    await stage.do({ type: 'reload', tab: 0 });
    expect(stage.phase(0)).toBe('ended');
    await stage.pass(1_000);
    expect(stage.view(0)).toMatchObject({ phase: 'absent', lastEnd: { reason: 'revoked' } });
  });

  it('S4: a new page that finds a tombstone and hears nothing of the server stays ended', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(3_000);
    await network(stage, 'silent');
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(30_000);
    expect(stage.phase(0)).toBe('ended');
  });

  it('S5: a newcomer shows nothing on hearsay: it waits uncovered for a second, then covered', async () => {
    const stage = await createOpenStage();
    await network(stage, 'silent');
    await stage.do({ type: 'reload', tab: 0 });
    expect(stage.view(0)).toEqual({ phase: 'pending', covered: false });
    await stage.pass(1_100);
    expect(stage.view(0)).toEqual({ phase: 'pending', covered: true });
    await network(stage, 'up');
    await stage.pass(15_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('S5: a newcomer is covered at once where the mirror’s clocks say that a deadline may have passed', async () => {
    const stage = await createOpenStage();
    await network(stage, 'silent');
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.do({ type: 'sleep', for: 11 * MINUTE });
    await stage.do({ type: 'discard', tab: 0 });
    expect(['expired', 'ended']).toContain(stage.phase(0));
  });

  it('S4: a session whose tombstone stands in the mirror does not open on a reply that was overtaken on its way', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { messageLoss: 1, storageEventLoss: 1 } });
    await stage.do({ type: 'network', change: { replyDelay: [2_000, 2_000] } });
    await stage.do({ type: 'reload', tab: 1 });
    await stage.pass(30);
    await stage.do({ type: 'network', change: { replyDelay: [10, 10] } });
    await stage.do({ type: 'revoke' });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(10_000);
    expect(stage.told(1).map(({ phase }) => phase)).not.toContain('active');
  });

  it('S4: nor where it came to stand there while the session was on its way through the door', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { messageLoss: 1, storageEventLoss: 1 } });
    await stage.do({ type: 'wiper', mood: 'hanging' });
    await signIn(stage, 0, 'ana', 'navigate');
    await stage.pass(1_500);
    expect(stage.phase(0)).toBe('pending');
    await stage.do({ type: 'check', tab: 1 });
    await stage.pass(1_500);
    await network(stage, 'silent');
    await stage.do({ type: 'sign out', tab: 1 });
    await stage.pass(30_000);
    expect(stage.view(1)).toMatchObject({ phase: 'ended', session: { id: 'session 2' } });
    expect(stage.told(0).map(({ phase }) => phase)).not.toContain('active');
  });

  it('S4: nor does a page show it that comes back to a silent server, though no message has told it of the end', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { messageLoss: 1, storageEventLoss: 1 } });
    await network(stage, 'silent');
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.pass(1_000);
    await stage.do({ type: 'resume', tab: 0 });
    expect(stage.phase(0)).toBe('pending');
    const before = stage.told(0).length;
    await stage.do({ type: 'sign out', tab: 1 });
    await stage.pass(5_000);
    expect(stage.told(0).slice(before)).toMatchObject([{ phase: 'ended', reason: 'signed-out' }]);
  });

  it('S2: a replaced page is not bound to a session that was on its way through its door', async () => {
    const stage = await createOpenStage({ tabs: 3 });
    // Two sign-ins, of which one is lost on the way: its page goes on waiting for half a minute.
    await stage.do({ type: 'network', change: { requestLoss: 1 } });
    await signIn(stage, 0);
    await stage.pass(500);
    await stage.do({ type: 'network', change: { requestLoss: 0 } });
    await signIn(stage, 1);
    await stage.pass(27_000);
    await stage.do({ type: 'wiper', mood: 'hanging' });
    await signIn(stage, 1, 'ben', 'navigate');
    await stage.pass(2_000);
    expect(stage.phase(0)).toBe('pending');
    await stage.pass(30_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'replaced', session: { subject: 'ana' } });
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
  });

  it('S6: begin wipes what is left before the app signs in, so that its tokens stay', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(2_000);
    await signIn(stage, 0, 'ben');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect([...stage.world.belongings.tokens.values()].map(({ subject }) => subject)).toEqual(['ben']);
  });

  it('S6: begin keeps its tokens though the page’s first question is answered meanwhile with the session before', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'reload', tab: 0 });
    await signIn(stage, 0, 'ben');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect([...stage.world.belongings.tokens.values()].map(({ subject }) => subject)).toEqual(['ben']);
  });

  it('S6: what begin writes over a session that lives is not wiped by a tab that hears of its end', async () => {
    const stage = await createOpenStage({ tabs: 2, streams: true });
    // What the sweep leaves undone is what the other tab would do, on the server's word that the session before is over.
    await stage.do({ type: 'wiper', mood: 'throwing' });
    await stage.do({ type: 'network', change: { replyDelay: [200, 200] } });
    await signIn(stage, 0);
    await stage.pass(100);
    await stage.do({ type: 'wiper', mood: 'quick' });
    await stage.pass(5_000);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S6: nor by a wiper of the page’s own that is still at it', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'conditions', change: { turns: 'missing' } });
    await stage.do({ type: 'wiper', mood: 'slow' });
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.do({ type: 'wiper', mood: 'quick' });
    await signIn(stage, 0);
    await stage.pass(20_000);
    expect(stage.phase(0)).toBe('active');
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S6: after a silence the session that begin led to is opened, whoever the page showed before', async () => {
    const stage = await createOpenStage();
    await signInAndLoseTheServer(stage, 'ben');
    await network(stage, 'up');
    await stage.pass(20_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S6: unless another person has signed in since: then what was written for the first is swept before it opens', async () => {
    const stage = await createStage({ tabs: 2 });
    await signInAndLoseTheServer(stage, 'ana');
    expect(tokens(stage)).toEqual(['session 1']);
    await network(stage, 'up');
    await signIn(stage, 1, 'ben', 'navigate');
    await stage.pass(20_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(tokens(stage)).toEqual([]);
  });

  it('S6: and its tokens are kept by the page that is loaded in its place', async () => {
    const stage = await createOpenStage();
    await signInAndLoseTheServer(stage, 'ben');
    await network(stage, 'up');
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(20_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S3: what a sign-in wrote that never came to a session is swept for the next person, also on a first run', async () => {
    const stage = await createStage();
    await signInAndLoseTheServer(stage, 'ana');
    expect(tokens(stage)).toEqual(['session 1']);
    stage.world.jar.secret = undefined;
    await stage.do({ type: 'open' });
    await stage.do({ type: 'crash', tab: 0 });
    await network(stage, 'up');
    await signIn(stage, 0, 'ben', 'navigate');
    await stage.pass(20_000);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(tokens(stage)).toEqual([]);
  });

  it('S3: a page that is loaded during a sign-in does not fill again what was swept for it', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'network', change: { replyDelay: [400, 400] } });
    await signIn(stage, 0, 'ben');
    await stage.do({ type: 'network', change: { requestDelay: [1, 1], replyDelay: [1, 1] } });
    await stage.do({ type: 'reload', tab: 1 });
    await stage.pass(100);
    expect(stage.phase(1)).toBe('pending');
    await stage.pass(5_000);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(kept(stage).map(({ subject }) => subject)).not.toContain('ana');
  });

  it('S3: nor does one that the news of the sign-in has not reached yet: it is swept for once all have heard of it', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { storageDelay: [30, 30] } });
    await signIn(stage, 0, 'ben');
    await stage.do({ type: 'reload', tab: 1 });
    await stage.pass(25);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { subject: 'ana' } });
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { subject: 'ben' } });
    expect(kept(stage).map(({ subject }) => subject)).toEqual(['ben', 'ben']);
  });

  it('S6: what another tab had begun while storage was blocked it stores when nobody signs in any more', async () => {
    const stage = await createStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { storage: 'blocked', messageLoss: 1, storageEventLoss: 1 } });
    await signIn(stage, 0);
    await stage.pass(2_000);
    expect(stage.phase(0)).toBe('active');
    await stage.do({ type: 'hide', tab: 0 });
    await stage.do({ type: 'conditions', change: { storage: 'ok' } });
    await stage.do({ type: 'network', change: { requestDelay: [2_000, 2_000] } });
    await signIn(stage, 1);
    await stage.pass(1_000);
    await stage.do({ type: 'show', tab: 0 });
    await stage.pass(20_000);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S6: a page that was frozen while it signed in keeps nobody from what another has opened meanwhile', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'freeze', tab: 1 });
    await stage.do({ type: 'network', change: { replyDelay: [200, 200] } });
    await signIn(stage, 0);
    while (!tokens(stage).includes('session 2')) await stage.pass(1);
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.do({ type: 'open' });
    await stage.pass(6_000);
    expect(stage.view(2)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    // What it asks as it wakes is lost.
    await stage.do({ type: 'network', change: { state: 'silent' } });
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(200);
    await network(stage, 'up');
    await stage.do({ type: 'open' });
    await stage.pass(2_000);
    expect(stage.view(3)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('S6: with a silent server begin rejects, and check goes on from there', async () => {
    const stage = await createStage();
    const { latch, backend } = stage.room(0);
    const began = latch.begin({
      signIn: async () => {
        await backend!.signIn('ana');
        stage.world.network.state = 'silent';
      },
    });
    const outcome = expect(began).rejects.toMatchObject({ code: 'ERR_BACKEND_UNREACHABLE' });
    await stage.pass(20_000);
    await outcome;
    await network(stage, 'up');
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(3_000);
    expect(stage.phase(0)).toBe('active');
  });
});

describe('ending and telling', () => {
  it('E1: a tab that slept finds in its last look that its sibling was busy all along', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.do({ type: 'work', tab: 1, times: 14, every: 50_000 });
    await stage.pass(12 * MINUTE);
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(5_000);
    expect(stage.phase(0)).toBe('active');
    expect(stage.told(0).some(({ phase }) => phase === 'ended')).toBe(false);
  });

  it('E1: without a server too: an act just before a sleep, which its tab had no time to write down, is found after it', async () => {
    const stage = await createOpenStage({ tabs: 2, backend: false });
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(2 * MINUTE);
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(500);
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(100);
    // By the first act, the one that the other tab has heard of, the session is over now; by the last it is not.
    await stage.do({ type: 'sleep', for: 10 * MINUTE - 300 });
    await stage.do({ type: 'show', tab: 0 });
    expect(stage.phase(0)).toBe('expired');
    await stage.pass(3_100);
    expect(stage.events('session-ended')).toEqual([]);
  });

  it('E1: a question of the last look that this tab drops itself is asked anew: the server was not silent', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.pass(9 * MINUTE);
    // Another device of the person, say.
    const { id: sessionId } = stage.session()!;
    stage.world.server.answer({ type: 'touch', sessionId, idleFor: 0 }, stage.world.jar.secret);
    await stage.pass(3 * MINUTE);
    await stage.do({ type: 'network', change: { replyDelay: [1_000, 1_000] } });
    await stage.do({ type: 'resume', tab: 0 });
    expect(stage.phase(0)).toBe('expired');
    await stage.pass(100);
    stage.room(0).page.online();
    await stage.pass(10_000);
    expect(stage.told(0).map(({ phase }) => phase)).not.toContain('ended');
    expect(stage.phase(0)).toBe('active');
  });

  it('E2: offline a session is covered at its deadline and ended at most five seconds later', async () => {
    const stage = await createOpenStage();
    await network(stage, 'silent');
    const { at } = deadlineOf(stage, 0)!;
    await stage.pass(at - stage.world.server.now() - 200);
    expect(stage.phase(0)).toBe('warning');
    await stage.pass(250);
    expect(stage.phase(0)).toBe('expired');
    await stage.pass(5_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'idle' });
  });

  it('E2: a sleep past the deadline is noticed in time, though the stream breaks before the page has looked', async () => {
    const stage = await createOpenStage({ streams: true });
    await network(stage, 'down');
    await stage.do({ type: 'sleep', for: 11 * MINUTE });
    await stage.pass(31_000);
    expect(stage.events('stream-held').at(-1)).toMatchObject({ held: false });
    // What the app was told: to ask for the view would be a look.
    expect(stage.told(0).map(({ phase }) => phase)).toContain('expired');
  });

  it('E2: a device clock set forward covers for a moment, and the server opens again', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'step wall clock', by: 30 * MINUTE });
    await stage.do({ type: 'focus', tab: 0 });
    expect(stage.phase(0)).toBe('expired');
    await stage.pass(3_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('E3: a tombstone of ours is not undone by a server that has the session open: the server is told', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await network(stage, 'down');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(3_000);
    expect(stage.session()?.end).toBeUndefined();
    await network(stage, 'up');
    await stage.do({ type: 'check', tab: 1 });
    await stage.pass(65_000);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['ended', 'ended']);
    expect(stage.session()?.end?.reason).toBe('signed-out');
  });

  it('E4: an end that could not be told is told by the next page', async () => {
    const stage = await createOpenStage();
    await network(stage, 'down');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(3_000);
    await stage.do({ type: 'reload', tab: 0 });
    await network(stage, 'up');
    await stage.pass(5_000);
    expect(stage.session()?.end?.reason).toBe('signed-out');
  });

  it('E4: telling never hits the next session', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await network(stage, 'down');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(1_000);
    await network(stage, 'up');
    await signIn(stage, 1, 'ana', 'navigate');
    await stage.pass(65_000);
    expect(stage.session()?.end).toBeUndefined();
    expect(stage.phase(1)).toBe('active');
  });

  it('E5: begin tells first: signing in after an end that the server had not heard of opens the new session', async () => {
    const stage = await createOpenStage();
    await network(stage, 'down');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(3_000);
    await network(stage, 'up');
    await signIn(stage, 0);
    await stage.pass(15_000);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { id: stage.session()!.id } });
  });
});

describe('locking', () => {
  it('L1: from the idle deadline on the page is locked, and the server’s lock follows', async () => {
    const stage = await createOpenStage({ policy: { onIdle: 'lock' } });
    await stage.pass(10 * MINUTE);
    expect(stage.phase(0)).toBe('locked');
    expect(stage.session()?.lockedAt).toBeDefined();
    await stage.do({ type: 'reauthenticate', tab: 0 });
    await stage.pass(2_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('L1: “lock now” holds in all tabs at once, and the server is told until it knows', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await network(stage, 'down');
    await stage.do({ type: 'lock', tab: 0 });
    await stage.pass(100);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['locked', 'locked']);
    await network(stage, 'up');
    await stage.pass(65_000);
    expect(stage.session()?.lockedAt).toBeDefined();
  });

  it.each([null, 30 * MINUTE])(
    'L1: all tabs unlock together, and none of them locks what another has unlocked (lock timeout %s)',
    async (lockTimeout) => {
      const stage = await createOpenStage({ tabs: 4, policy: { onIdle: 'lock', lockTimeout } });
      for (let round = 0; round < 5; round += 1) {
        await stage.do({ type: 'lock', tab: 0 });
        await stage.pass(2_000);
        expect([0, 1, 2, 3].map(stage.phase)).toEqual(['locked', 'locked', 'locked', 'locked']);
        await stage.do({ type: 'reauthenticate', tab: round % 4 });
        await stage.pass(4_000);
        expect([0, 1, 2, 3].map(stage.phase)).toEqual(['active', 'active', 'active', 'active']);
        expect(stage.session()?.lockedAt).toBeUndefined();
      }
    },
  );

  it('L1: the late activity of a sibling does not undo a lock that was written', async () => {
    const stage = await createOpenStage({ tabs: 2, policy: { onIdle: 'lock' } });
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.do({ type: 'freeze', tab: 1 });
    await stage.do({ type: 'lock', tab: 0 });
    await stage.pass(5_000);
    // It wakes up with an act of its own, and says what it knows.
    await stage.do({ type: 'resume', tab: 1 });
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(10);
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(10_000);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['locked', 'locked']);
    expect(stage.session()?.lockedAt).toBeDefined();
  });

  it('L1: a locked page sends nothing but questions, and what tells the server of the lock', async () => {
    const stage = await createOpenStage({ tabs: 2, policy: { onIdle: 'lock' } });
    await stage.do({ type: 'lock', tab: 0 });
    await stage.pass(2_000);
    const before = [0, 1].map((tab) => stage.sent(tab) - stage.sent(tab, 'peek'));
    for (const type of ['note', 'extend'] as const) await stage.do({ type, tab: 1 });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(5 * MINUTE);
    expect([0, 1].map((tab) => stage.sent(tab) - stage.sent(tab, 'peek'))).toEqual(before);
  });

  it('L2: one factor opens until the lock’s own limit, and then the session ends', async () => {
    const stage = await createOpenStage({ tabs: 2, policy: { onIdle: 'lock', lockTimeout: 20 * MINUTE } });
    await stage.pass(10 * MINUTE);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['locked', 'locked']);
    await stage.pass(19 * MINUTE);
    await stage.do({ type: 'reauthenticate', tab: 1 });
    await stage.pass(4_000);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['active', 'active']);
    await stage.pass(10 * MINUTE);
    expect([stage.phase(0), stage.phase(1)]).toEqual(['locked', 'locked']);
    await stage.pass(20 * MINUTE);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'idle' });
    expect(stage.view(1)).toMatchObject({ phase: 'ended', reason: 'idle' });
  });

  it('L1: what the server says is locked is so, though its clock was set back before the lock', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'server clock', by: -5 * MINUTE });
    await stage.do({ type: 'lock', tab: 0 });
    await stage.pass(3_000);
    expect(stage.told(0).slice(-1)).toMatchObject([{ phase: 'locked' }]);
    const told = stage.told(0).map(({ phase }) => phase);
    expect(told.slice(told.indexOf('locked'))).not.toContain('active');
  });

  it('L2: the absolute limit outranks the lock', async () => {
    const stage = await createOpenStage({ policy: { absoluteTimeout: 20 * MINUTE } });
    await network(stage, 'silent');
    await stage.do({ type: 'lock', tab: 0 });
    // The tombstone waits until the earliest reading has passed the deadline, too.
    await stage.pass(20 * MINUTE + 1_000);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'absolute' });
  });
});

describe('wiping', () => {
  it('W1: a frozen tab that wakes after the next sign-in wipes nothing of the new session', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'freeze', tab: 0 });
    await stage.do({ type: 'revoke' });
    await signIn(stage, 1);
    await stage.pass(15_000);
    await stage.do({ type: 'resume', tab: 0 });
    await stage.pass(60_000);
    expect([...stage.world.belongings.tokens.values()].map(({ sessionId }) => sessionId)).toEqual([
      stage.session()!.id,
    ]);
  });

  it('W1: a slow wiper goes no further once the next session has begun, though turns are missing', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { turns: 'missing' } });
    await stage.do({ type: 'wiper', mood: 'slow' });
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.do({ type: 'wiper', mood: 'quick' });
    await signIn(stage, 1);
    await stage.pass(60_000);
    expect([...stage.world.belongings.tokens.values()].map(({ sessionId }) => sessionId)).toEqual([
      stage.session()!.id,
    ]);
  });

  it('W2: what the next session’s door has swept is not wiped again', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'wiper', mood: 'throwing' });
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(1_000);
    await stage.do({ type: 'wiper', mood: 'quick' });
    await signIn(stage, 1);
    await stage.pass(90_000);
    expect(stage.world.belongings.tokens.size).toBe(1);
  });

  it('W2: what is shown open again after the wipe is wiped again', async () => {
    const stage = await createOpenStage({ tabs: 2, policy: { onIdle: 'lock' } });
    await stage.do({ type: 'lock', tab: 0 });
    await stage.pass(2_000);
    // The other tab is opened by a reply that is on its way while the person signs out here.
    await stage.do({
      type: 'conditions',
      change: { messageDelay: [300, 300], storageDelay: [10, 10], storageEventLoss: 1 },
    });
    await stage.do({ type: 'reauthenticate', tab: 1 });
    await stage.pass(25);
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(10_000);
    expect(stage.told(1).slice(-2)).toMatchObject([{ phase: 'active' }, { phase: 'ended' }]);
    expect(kept(stage)).toEqual([]);
  });

  it('W1: a page’s own slow sweep goes no further once somebody signs in there, though turns are missing', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { turns: 'missing' } });
    await stage.do({ type: 'wiper', mood: 'slow' });
    await signIn(stage, 0, 'ana', 'navigate');
    await stage.pass(1_000);
    expect(stage.phase(1)).toBe('pending');
    await stage.do({ type: 'wiper', mood: 'quick' });
    await signInAndLoseTheServer(stage, 'ana', 1);
    expect(tokens(stage)).toEqual([stage.session()?.id]);
    await network(stage, 'up');
    await stage.pass(MINUTE);
    expect(stage.phase(1)).toBe('active');
    expect(tokens(stage)).toEqual([stage.session()?.id]);
  });

  it('W1: where a page is gone that had signed somebody in, a wiper of the session before starts on the server’s word alone', async () => {
    const stage = await createOpenStage({ tabs: 2, streams: true });
    await stage.do({ type: 'wiper', mood: 'throwing' });
    await signInAndLoseTheServer(stage, 'ana');
    await stage.do({ type: 'wiper', mood: 'quick' });
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(MINUTE);
    expect(stage.phase(0)).toBe('ended');
    expect(tokens(stage)).toEqual(['session 2']);
    await network(stage, 'up');
    await stage.pass(MINUTE);
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('W1: what a sign-in left is no leavings once the server names its session, though that is another person’s', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'revoke' });
    for (const tab of [0, 1]) await stage.do({ type: 'check', tab });
    await stage.pass(3_000);
    await signInAndLoseTheServer(stage, 'ben');
    await stage.do({ type: 'freeze', tab: 0 });
    await network(stage, 'up');
    await stage.pass(MINUTE);
    expect(stage.view(1)).toMatchObject({ phase: 'ended', reason: 'replaced' });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('W1: the begun key stays as somebody who signs in has found it', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'conditions', change: { messageLoss: 1, storageEventLoss: 1 } });
    await stage.do({ type: 'forge begun' });
    await stage.do({ type: 'revoke' });
    await stage.do({ type: 'check', tab: 0 });
    // The other page wipes on the server’s word alone, for the key names another session, and is still asking for it.
    await stage.pass(1_005);
    await stage.do({ type: 'network', change: { replyDelay: [500, 500] } });
    await stage.pass(10);
    await stage.do({ type: 'network', change: { requestDelay: [600, 600], replyDelay: [10, 10] } });
    await signIn(stage, 1);
    await stage.pass(10_000);
    expect(stage.view(1)).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(tokens(stage)).toEqual(['session 2']);
  });

  it('W1: what a session left is wiped though the page that began it is gone, and the others only know that it is over', async () => {
    const stage = await createStage({ tabs: 2 });
    await signIn(stage, 0);
    while (stage.phase(0) !== 'active') await stage.pass(1);
    await network(stage, 'down');
    await stage.pass(100);
    expect(stage.phase(1)).toBe('pending');
    await stage.do({ type: 'crash', tab: 0 });
    await stage.do({ type: 'revoke' });
    await network(stage, 'up');
    await stage.pass(2 * MINUTE);
    expect(stage.phase(1)).toBe('absent');
    expect(kept(stage)).toEqual([]);
  });

  it('W4: a tab that hears of a later session only when it is over wipes what it keeps of its own', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.do({ type: 'network', change: { replyDelay: [500, 500] } });
    await signIn(stage, 0, 'ana', 'navigate');
    await stage.pass(700);
    expect(stage.phase(0)).toBe('active');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(10_000);
    expect(stage.phase(1)).toBe('ended');
    expect(stage.tabWiped(1)).toContain('session 1');
  });

  it('W3: a wiper that hangs is given up after ten seconds, reported, and tried again by the next page', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'wiper', mood: 'hanging' });
    await stage.do({ type: 'revoke' });
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(15_000);
    expect(stage.events('wipe-incomplete')).not.toHaveLength(0);
    expect(stage.world.belongings.tokens.size).toBe(1);
    await stage.do({ type: 'wiper', mood: 'quick' });
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(35_000);
    expect(stage.world.belongings.tokens.size).toBe(0);
  });

  it('W4: a tab that was wiped for a sign-in, and shows the session again when that fails, is wiped at its end too', async () => {
    const stage = await createOpenStage();
    const id = stage.session()?.id;
    await network(stage, 'silent');
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(3_000);
    await signIn(stage, 0);
    await stage.pass(40_000);
    expect(stage.tabWiped(0)).toEqual([id]);
    await network(stage, 'up');
    await stage.pass(MINUTE);
    expect(stage.phase(0)).toBe('active');
    expect(stage.room(0).memory.of?.sessionId).toBe(id);
    await stage.do({ type: 'revoke' });
    await stage.pass(2 * MINUTE);
    expect(stage.tabWiped(0)).toEqual([id, id]);
    expect(stage.room(0).memory.of).toBeUndefined();
  });

  it('W4: the tab wiper runs in each tab that showed the session, once', async () => {
    const stage = await createOpenStage({ tabs: 3 });
    await stage.do({ type: 'sign out', tab: 1 });
    await stage.pass(3_000);
    for (const tab of [0, 1, 2]) expect(stage.tabWiped(tab)).toHaveLength(1);
  });

  it('W5: an untold end survives the next session’s facts', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    const first = stage.session()!;
    await network(stage, 'down');
    await stage.do({ type: 'sign out', tab: 0 });
    await stage.pass(1_000);
    // The server has lost nothing: the old secret is gone from this browser, and the session lives on there.
    stage.world.jar.secret = undefined;
    await network(stage, 'up');
    stage.world.network.requestLoss = 1;
    await stage.pass(5_000);
    const untold = stage.room(0).sees('nightlatch:sim:untold') ?? '[]';
    expect(untold).toContain(first.id);
  });

  it('W5: a mirror that cannot be written is removed: missing is better than stale', async () => {
    const stage = await createOpenStage();
    await stage.do({ type: 'conditions', change: { storage: 'full' } });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(3_000);
    expect(stage.world.browser.storage.contents.has('nightlatch:sim:facts')).toBe(false);
    expect(stage.events('tab-sync-degraded')).not.toHaveLength(0);
  });
});

describe('turns and streams', () => {
  it('T1: where turns hang, begin goes on after ten seconds', async () => {
    const stage = await createStage();
    await stage.do({ type: 'conditions', change: { turns: 'hung' } });
    await signIn(stage, 0);
    await stage.pass(40_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('T1: a frozen holder of the turn keeps no other tab from ending on time', async () => {
    const stage = await createOpenStage({ tabs: 2 });
    await stage.pass(10 * MINUTE - 3_500);
    await stage.do({ type: 'freeze', tab: 0 });
    await network(stage, 'silent');
    await stage.pass(10_000);
    expect(stage.phase(1)).toBe('ended');
  });

  it('T2: the tab that comes into view takes the stream, and the one before it polls', async () => {
    const stage = await createOpenStage({ tabs: 2, streams: true });
    await stage.do({ type: 'hide', tab: 1 });
    await stage.pass(2_000);
    await stage.do({ type: 'show', tab: 1 });
    await stage.pass(2_000);
    expect(stage.world.browser.turnHolder('nightlatch:sim:stream')).toBe(stage.room(1).page);
  });

  it('T3: a superseded secret is asked once more, is never a death, and tells a newcomer that nobody is signed in here', async () => {
    const stage = await createOpenStage();
    const session = stage.session()!;
    // The reply with the new secret was lost.
    stage.world.server.answer({ type: 'reauthenticate', sessionId: session.id }, stage.world.jar.secret);
    await stage.do({ type: 'check', tab: 0 });
    await stage.pass(3_000);
    expect(stage.phase(0)).toBe('active');
    await stage.do({ type: 'open' });
    await stage.pass(15_000);
    expect(stage.phase(1)).toBe('absent');
  });
});

describe('a superseded secret', () => {
  it('T3: a page that is told in vain of the session asks once more, and then stays absent until somebody authenticates', async () => {
    const stage = await createOpenStage();
    stage.world.server.answer({ type: 'reauthenticate', sessionId: stage.session()!.id }, stage.world.jar.secret);
    await stage.do({ type: 'open' });
    await stage.pass(15_000);
    await stage.do({ type: 'open' });
    await stage.pass(3_000);
    const told = stage.told(1).length;
    expect(stage.phase(1)).toBe('absent');
    await stage.do({ type: 'open' });
    await stage.pass(15_000);
    expect([1, 2, 3].map(stage.phase)).toEqual(['absent', 'absent', 'absent']);
    expect(stage.told(1)).toHaveLength(told);
    await stage.do({ type: 'reauthenticate', tab: 0 });
    await stage.pass(5_000);
    expect([0, 1, 2, 3].map(stage.phase)).toEqual(['active', 'active', 'active', 'active']);
  });
});

describe('without a backend', () => {
  it('M1: a wall clock set forward ends the session, and set back it gives no more time', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'step wall clock', by: -30 * MINUTE });
    await stage.pass(11 * MINUTE);
    expect(stage.view(0)).toMatchObject({ phase: 'ended', reason: 'idle' });
    const other = await createOpenStage({ backend: false });
    await other.do({ type: 'step wall clock', by: 11 * MINUTE });
    await other.pass(31_000);
    expect(other.view(0)).toMatchObject({ phase: 'ended', reason: 'idle' });
  });

  it('M1: an act in a page that came after the clock was set back counts in the others as one before their deadline', async () => {
    const stage = await createStage({ backend: false, tabs: 2 });
    await stage.do({ type: 'step wall clock', by: -5 * MINUTE });
    await stage.pass(9.5 * MINUTE);
    await stage.do({ type: 'reload', tab: 1 });
    expect([stage.phase(0), stage.phase(1)]).toEqual(['warning', 'active']);
    await stage.do({ type: 'step wall clock', by: MINUTE });
    await stage.do({ type: 'act', tab: 1, kind: 'strong' });
    await stage.pass(5_000);
    expect(stage.told(0).map(({ phase }) => phase)).toEqual(['pending', 'active', 'warning', 'expired', 'active']);
    expect(deadlineOf(stage, 0)).toEqual(deadlineOf(stage, 1));
  });

  it('M1: a sleep past the deadline is found within 30 seconds, and a mouse move revives nothing', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'sleep', for: 8 * 60 * MINUTE });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(100);
    expect(['expired', 'ended']).toContain(stage.phase(0));
    await stage.pass(30_000);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    expect(stage.phase(0)).toBe('ended');
  });

  it('M2: a newcomer joins the session of the tabs that are there', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'clear storage', own: false });
    await stage.do({ type: 'open' });
    await stage.pass(3_000);
    const [one, other] = [stage.view(0), stage.view(1)];
    expect('session' in one && 'session' in other && one.session.id === other.session.id).toBe(true);
  });

  it('M2: of two sessions that nobody called begin for, one is left, and nobody’s memory was wiped', async () => {
    const stage = await createStage({ backend: false, tabs: 2, policy: {} });
    await stage.pass(5_000);
    const [one, other] = [stage.view(0), stage.view(1)];
    expect('session' in one && 'session' in other && one.session.id === other.session.id).toBe(true);
    expect([...stage.tabWiped(0), ...stage.tabWiped(1)]).toEqual([]);
  });

  it('M3: a mirror that somebody empties is written back', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'clear storage', own: false });
    await stage.pass(2_000);
    expect(stage.world.browser.storage.contents.get('nightlatch:sim:facts')).toContain('session');
  });

  it('M3: a mirror that was set back to an earlier session is put right, and so is the tab that did it', async () => {
    const stage = await createOpenStage({ backend: false, tabs: 2 });
    const early = stage.world.browser.storage.contents.get('nightlatch:sim:facts')!;
    await signIn(stage, 1, 'ana');
    await stage.pass(3_000);
    stage.world.browser.storage.put('nightlatch:sim:facts', early);
    await stage.pass(3_000);
    const [one, other] = [stage.view(0), stage.view(1)];
    expect('session' in one && 'session' in other && one.session.id === other.session.id).toBe(true);
    expect('session' in other && stage.world.browser.storage.contents.get('nightlatch:sim:facts')).toContain(
      'session' in other ? other.session.id : 'none',
    );
  });

  it('M3: what was begun while storage was blocked is stored once that works again, and the tabs become one', async () => {
    const stage = await createOpenStage({ backend: false, tabs: 2 });
    await stage.do({ type: 'conditions', change: { storage: 'blocked', messageLoss: 1 } });
    await signIn(stage, 1, 'ana');
    await stage.pass(3_000);
    await stage.do({ type: 'conditions', change: { storage: 'ok', messageLoss: 0 } });
    await stage.pass(35_000);
    const [one, other] = [stage.view(0), stage.view(1)];
    expect('session' in one && 'session' in other && one.session.id === other.session.id).toBe(true);
  });

  it('M3: an ended session stays ended until begin', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.pass(11 * MINUTE);
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(5_000);
    expect(stage.phase(0)).toBe('ended');
    await signIn(stage, 0);
    await stage.pass(5_000);
    expect(stage.phase(0)).toBe('active');
  });
});

describe('who acted', () => {
  it('A1: weak evidence alone holds a session for at most one idle limit beyond the last strong one', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    for (let minute = 0; minute < 25; minute += 1) {
      await stage.pass(MINUTE);
      await stage.do({ type: 'act', tab: 0, kind: 'weak' });
      if (minute === 15) expect(stage.phase(0)).toBe('active');
    }
    expect(stage.phase(0)).toBe('ended');
  });

  it('A2: moves during an idle warning answer nothing; noteActivity does', async () => {
    const stage = await createOpenStage();
    await stage.pass(9 * MINUTE);
    expect(stage.phase(0)).toBe('warning');
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(1_000);
    expect(stage.phase(0)).toBe('warning');
    await stage.do({ type: 'note', tab: 0 });
    await stage.pass(2_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('A2: what was admitted before the warning is still touched during it', async () => {
    const stage = await createOpenStage({ policy: { touchEvery: 4 * MINUTE } });
    await stage.pass(8 * MINUTE + 50_000);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(30_000);
    expect(stage.phase(0)).toBe('active');
  });

  it('A3: busy tabs say at most one thing a second, and idle ones nothing', async () => {
    const stage = await createOpenStage({ tabs: 3, backend: false });
    const before = stage.messages();
    await stage.do({ type: 'work', tab: 0, times: 300, every: 100 });
    await stage.pass(30_000);
    expect(stage.messages() - before).toBeLessThanOrEqual(32);
    const after = stage.messages();
    await stage.pass(2 * MINUTE);
    expect(stage.messages() - after).toBeLessThanOrEqual(1);
  });

  it.each([500, 1_500])(
    'A3: five tabs say at most one thing a second while the person works in them by turns, %d ms in each',
    async (dwell) => {
      let [messages, seconds] = [0, 0];
      for (let seed = 1; seed <= 5; seed += 1) {
        const stage = await createOpenStage({ tabs: 5, backend: false, seed });
        stage.world.browser.conditions.messageDelay = [5, 40];
        await stage.pass(5_000);
        const [before, start] = [stage.messages(), stage.world.clock.passed()];
        for (let turn = 0; turn < 20; turn += 1) {
          for (let at = 0; at < dwell; at += 50) {
            await stage.do({ type: 'act', tab: turn % 5, kind: 'strong' });
            await stage.pass(50);
          }
        }
        messages += stage.messages() - before;
        seconds += (stage.world.clock.passed() - start) / 1_000;
        for (const tab of [0, 1, 2, 3, 4]) expect(stage.phase(tab)).toBe('active');
      }
      expect(messages / seconds).toBeGreaterThan(0.5);
      // Two that have chosen the same moment cannot hear each other in time; that is rare.
      expect(messages / seconds).toBeLessThan(1.1);
    },
  );

  it('A3: an act in the last second before a reload is written down as the page goes', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(1_500);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(300);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    const acted = stage.world.clock.read().wall;
    await stage.do({ type: 'reload', tab: 0 });
    await stage.pass(2_000);
    expect(deadlineOf(stage, 0)?.at).toBe(acted + 10 * MINUTE);
  });

  it('A3: the first act after a sleep counts from when it was done', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.do({ type: 'sleep', for: MINUTE });
    await stage.pass(500);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    const acted = stage.world.clock.read().wall;
    await stage.pass(2_000);
    expect(deadlineOf(stage, 0)?.at).toBe(acted + 10 * MINUTE);
  });

  it('A3: an act during a warning counts for nothing, though the wall clock is set back before it is taken in', async () => {
    const stage = await createOpenStage({ backend: false });
    await stage.pass(9 * MINUTE);
    expect(stage.phase(0)).toBe('warning');
    const { at } = deadlineOf(stage, 0)!;
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(300);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.do({ type: 'step wall clock', by: -2 * MINUTE });
    await stage.pass(2_000);
    expect(deadlineOf(stage, 0)?.at).toBe(at);
  });

  it('A3: an act just before the deadline counts, though it is folded in after', async () => {
    const stage = await createOpenStage({ backend: false, policy: { warnBefore: 0 } });
    const deadline = deadlineOf(stage, 0)!.at;
    await stage.pass(deadline - serverTime(stage.world.clock.read().wall) - 5);
    await stage.do({ type: 'act', tab: 0, kind: 'strong' });
    await stage.pass(5_000);
    expect(stage.phase(0)).toBe('active');
  });
});
