import { describe, expect, it } from 'vitest';
import { happenings } from '../../src/happenings.js';
import type { SessionView } from '../../src/rules/view.js';
import { view } from '../../src/rules/view.js';
import { minutes, seconds } from '../../src/time/instant.js';
import { LATER_SESSION, LEASE, NOON, OPEN, past, reading, SHOWING } from './support/facts.js';
import { createScene } from './support/tabs.js';

const M = minutes;
const at = (duration: number, change: object = {}) => view({ ...OPEN, ...change }, SHOWING, reading(duration));

const pending: SessionView = { phase: 'pending', covered: false };
const absent: SessionView = { phase: 'absent' };
const active = at(M(1));
const idle = at(M(14));
const expired = at(M(15));
const locked = at(M(1), { lockedAt: past(5) });
const ended = at(M(1), { end: { reason: 'revoked', detail: 'risk', at: past(5), told: true } });
const absolute = at(M(1), { lease: { ...LEASE, absoluteExpiry: past(M(9)) } });
const other = view({ ...OPEN, session: LATER_SESSION }, { ...SHOWING, opened: 's2' }, reading(M(1)));

const opened = { type: 'session-opened', sessionId: 's1' };
const warned = { type: 'warning-shown', sessionId: 's1', cause: 'idle', deadline: past(M(15)) };
const over = { type: 'session-ended', sessionId: 's1', reason: 'revoked', detail: 'risk' };

describe('from one view to the next', () => {
  it.each<[what: string, from: SessionView, to: SessionView, happened: readonly object[]]>([
    ['a session opens', pending, active, [opened]],
    ['a session opens with a warning', pending, idle, [opened, warned]],
    ['another session opens', active, other, [{ ...opened, sessionId: 's2' }]],
    ['another session opens after an end', ended, other, [{ ...opened, sessionId: 's2' }]],
    ['a warning is shown', active, idle, [warned]],
    ['a warning of another cause is shown', idle, absolute, [{ ...warned, cause: 'absolute', deadline: past(M(9)) }]],
    ['a warning goes on', idle, at(M(14), { acr: 'phr' }), []],
    ['a warning is answered', idle, active, []],
    ['a session expires', idle, expired, [{ type: 'session-expired', sessionId: 's1', cause: 'idle' }]],
    ['what was believed over is open', expired, active, []],
    ['a session is locked', active, locked, [{ type: 'session-locked', sessionId: 's1' }]],
    ['a lock by belief becomes a fact', locked, at(M(1), { lockedAt: past(6) }), []],
    ['a session is unlocked', locked, active, [{ type: 'session-unlocked', sessionId: 's1' }]],
    ['a session is unlocked into a warning', locked, idle, [{ type: 'session-unlocked', sessionId: 's1' }, warned]],
    ['a session ends', expired, ended, [over]],
    ['a session that was shown ends while too little is known', pending, ended, [over]],
    [
      'an end becomes known to the server',
      ended,
      at(M(1), { end: { reason: 'revoked', detail: 'risk', at: past(4), told: true } }),
      [],
    ],
    [
      'an ended session turns out to be another person’s',
      ended,
      { ...ended, reason: 'replaced' } as SessionView,
      [{ ...over, reason: 'replaced' }],
    ],
    ['nobody is signed in', pending, absent, []],
    ['too little is known', active, pending, []],
  ])('%s', (_, from, to, happened) => {
    const openedId = from.phase === 'pending' || from.phase === 'absent' ? undefined : 's1';
    expect(happenings(from, to, { shownId: 's1', openedId })).toEqual(happened);
  });

  it.each([undefined, 's0'])('an end that a page finds, having shown %s, is no news', (shownId) => {
    expect(happenings(pending, ended, { shownId, openedId: undefined })).toEqual([]);
  });

  it('a session that was told of as opened is not told of again after a doubt', () => {
    expect(happenings(pending, active, { shownId: 's1', openedId: 's1' })).toEqual([]);
    expect(happenings(pending, active, { shownId: 's0', openedId: 's0' })).toEqual([opened]);
  });

  it('each phase was looked at', () => {
    const phases = [pending, absent, active, idle, locked, expired, ended].map(({ phase }) => phase);
    expect(phases).toEqual(['pending', 'absent', 'active', 'warning', 'locked', 'expired', 'ended']);
  });
});

it('a session is opened once, though a question about another arose and was settled', async () => {
  const scene = createScene();
  const tab = scene.open();
  await scene.pass(seconds(2));
  const begun = tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(3));
  await begun;
  scene.browser.forgeMessage('nightlatch:test', {
    nightlatch: 'facts',
    format: 1,
    session: { id: 'x', order: 9e12, startedAt: NOON },
  });
  await scene.pass(seconds(3));
  expect(tab.phase()).toBe('active');
  expect(tab.events.filter(({ type }) => type === 'session-opened')).toHaveLength(1);
});
