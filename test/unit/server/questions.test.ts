import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/ports.js';
import type { Claim } from '../../../src/rules/admit.js';
import { DROPPED } from '../../../src/server/calls.js';
import { createQuestions } from '../../../src/server/questions.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { createRandom } from '../../../src/testing/random.js';
import { minutes, seconds } from '../../../src/time/instant.js';
import { documentAt } from '../support/facts.js';
import { outcome, pass, SILENCE } from '../support/surroundings.js';

const DOCUMENT: Reply = { type: 'document', document: documentAt(0) };
const claim = (key: string, about: Claim['about'] = 'this-session'): Claim => ({ about, key });

function createScene(how: { readonly random?: () => number } = {}) {
  const clock = createManualClock();
  const asked: number[] = [];
  const doubts: boolean[] = [];
  const waiting: string[][] = [];
  const settled: string[] = [];
  const state: {
    reply: Reply | 'hang';
    isWanted: boolean;
    mayAsk: boolean;
    isVisible: boolean;
    delay: number;
    isVain: (reply: Reply) => boolean;
  } = {
    reply: DOCUMENT,
    isWanted: false,
    mayAsk: true,
    isVisible: true,
    delay: 0,
    isVain: () => false,
  };
  let atOnce = 0;
  let mostAtOnce = 0;
  const questions = createQuestions({
    clock,
    random: how.random ?? (() => 0),
    async peek(limit) {
      asked.push(clock.passed());
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      const { reply } = state;
      await new Promise<void>((resolve) => void clock.wait(reply === 'hang' ? limit : state.delay, resolve));
      atOnce -= 1;
      return reply === 'hang' ? SILENCE : reply;
    },
    mayAsk: () => state.mayAsk,
    isVain: (reply) => state.isVain(reply),
    isVisible: () => state.isVisible,
    isWanted: () => state.isWanted,
    waiting(claims) {
      waiting.push(claims.map(({ key }) => key));
      const isDoubted = claims.some(({ about }) => about === 'other-session');
      if (isDoubted !== (doubts.at(-1) ?? false)) doubts.push(isDoubted);
    },
    settled: (claims) => settled.push(...claims.map(({ key }) => key)),
  });
  return {
    clock,
    questions,
    asked,
    doubts,
    waiting,
    settled,
    state,
    mostAtOnce: () => mostAtOnce,
    pass: (duration: number) => pass(clock, duration),
  };
}

describe('a claim', () => {
  it.each([0, 0.5, 1])('is asked about within 300 ms, at random (%d)', async (chance) => {
    const { questions, asked, pass } = createScene({ random: () => chance });
    expect(questions.raise(claim('a'))).toBe(true);
    await pass(seconds(1));
    expect(asked).toEqual([chance * 300]);
  });

  it('is asked about at once by a hidden page, whose timers ring once a second', async () => {
    const { questions, asked, state, pass } = createScene({ random: () => 1 });
    state.isVisible = false;
    questions.raise(claim('a'));
    await pass(0);
    expect(asked).toEqual([0]);
  });

  it('is settled by an answer, and asks no second time', async () => {
    const { questions, asked, settled, pass } = createScene();
    questions.raise(claim('a'));
    expect(questions.open()).toEqual([claim('a')]);
    await pass(seconds(1));
    expect([questions.open(), settled]).toEqual([[], ['a']]);
    expect(questions.raise(claim('a'))).toBe(false);
    await pass(minutes(10));
    expect(asked).toHaveLength(1);
  });

  it('that waits is asked about once, however often it is raised', async () => {
    const { questions, asked, pass } = createScene();
    for (let i = 0; i < 10; i += 1) expect(questions.raise(claim('a'))).toBe(true);
    await pass(minutes(1));
    expect(asked).toHaveLength(1);
  });

  it('is settled by any word of the server, a refusal included', async () => {
    const { questions, state, pass } = createScene();
    state.reply = { type: 'refused', refusal: { type: 'no-session' } };
    questions.raise(claim('a'));
    await pass(seconds(1));
    expect(questions.open()).toEqual([]);
  });

  it('is told of as long as it waits, and for once, however often it is raised', async () => {
    const { questions, waiting, pass } = createScene();
    for (const key of ['a', 'a', 'b', 'a']) questions.raise(claim(key));
    expect(waiting).toEqual([['a'], ['a', 'b']]);
    await pass(seconds(1));
    questions.raise(claim('a'));
    expect(waiting.slice(2)).toEqual([[]]);
  });

  it('is not settled by silence', async () => {
    const { questions, settled, state, pass } = createScene();
    state.reply = SILENCE;
    questions.raise(claim('a'));
    await pass(seconds(10));
    expect([questions.open(), settled]).toEqual([[claim('a')], []]);
  });

  it('is not settled by an answer that could not decide', async () => {
    const { questions, asked, settled, doubts, state, pass } = createScene();
    state.delay = 100;
    questions.raise(claim('a', 'other-session'));
    await pass(50);
    questions.undecided();
    await pass(100);
    expect([settled, doubts, asked]).toEqual([[], [true], [0]]);
    await pass(seconds(1));
    expect([settled, doubts.at(-1), asked]).toEqual([['a'], false, [0, 1_000]]);
  });

  it('that was heard while a question was under way waits for the next', async () => {
    const { questions, asked, settled, state, pass } = createScene();
    state.delay = 400;
    questions.raise(claim('a'));
    await pass(100);
    questions.raise(claim('b'));
    await pass(400);
    expect([settled, questions.open()]).toEqual([['a'], [claim('b')]]);
    await pass(seconds(2));
    expect(settled).toEqual(['a', 'b']);
    expect(asked).toEqual([0, 1_000]);
  });

  it('all that were heard before are settled by one answer', async () => {
    const { questions, asked, settled, pass } = createScene();
    for (const key of ['a', 'b', 'c']) questions.raise(claim(key));
    await pass(minutes(1));
    expect([settled, asked]).toEqual([['a', 'b', 'c'], [0]]);
  });

  it('is forgotten, long after it was settled, and asks again at worst', async () => {
    const { questions, pass } = createScene();
    questions.raise(claim('first'));
    await pass(seconds(1));
    for (let i = 0; i < 100; i += 1) questions.raise(claim(`flood ${i}`));
    await pass(seconds(2));
    expect(questions.raise(claim('flood 99'))).toBe(false);
    expect(questions.raise(claim('first'))).toBe(true);
  });
});

describe('while a question about another session is open (K7)', () => {
  it('there is doubt, from the claim to the answer', async () => {
    const { questions, doubts, state, pass } = createScene();
    state.delay = 400;
    questions.raise(claim('a', 'other-session'));
    expect(doubts).toEqual([true]);
    await pass(399);
    expect(doubts).toEqual([true]);
    await pass(1);
    expect(doubts).toEqual([true, false]);
  });

  it('there is doubt until the last of them is answered', async () => {
    const { questions, doubts, state, pass } = createScene();
    state.delay = 400;
    questions.raise(claim('a', 'other-session'));
    await pass(100);
    questions.raise(claim('b', 'other-session'));
    await pass(500);
    expect(doubts.at(-1)).toBe(true);
    await pass(seconds(2));
    expect(doubts.at(-1)).toBe(false);
  });

  it('there is doubt while the server is silent', async () => {
    const { questions, doubts, state, pass } = createScene();
    state.reply = SILENCE;
    questions.raise(claim('a', 'other-session'));
    await pass(minutes(5));
    expect(doubts).toEqual([true]);
  });

  it('there is none any more once the claim has become void', async () => {
    const { questions, asked, doubts, state, pass } = createScene();
    state.reply = SILENCE;
    questions.raise(claim('a', 'other-session'));
    await pass(100);
    questions.withdraw('a');
    questions.withdraw('b');
    expect([doubts, questions.open()]).toEqual([[true, false], []]);
    await pass(minutes(5));
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it('a claim about this session, and one that was settled, raise none', async () => {
    const { questions, doubts, pass } = createScene();
    questions.raise(claim('a'));
    questions.raise(claim('b', 'other-session'));
    await pass(seconds(1));
    doubts.length = 0;
    questions.raise(claim('b', 'other-session'));
    questions.raise(claim('c'));
    expect(doubts).toEqual([]);
  });
});

describe('questions', () => {
  it('are asked one at a time, and at most one a second', async () => {
    const { questions, asked, state, mostAtOnce, pass } = createScene({ random: createRandom(3) });
    state.delay = 700;
    for (let i = 0; i < 100; i += 1) {
      questions.raise(claim(`c${i}`));
      if (i % 3 === 0) questions.wish();
      if (i % 5 === 0) void questions.ask();
      await pass(100);
    }
    expect(mostAtOnce()).toBe(1);
    for (const [index, at] of asked.entries()) expect(at - (asked[index - 1] ?? -9_999)).toBeGreaterThanOrEqual(1_000);
    expect(asked.length).toBeGreaterThan(8);
  });

  it('back off while the server is silent: by half to all of 1, 2, 4 … 60 s', async () => {
    for (const [chance, part] of [
      [0, 0.5],
      [0.999_999, 1],
    ] as const) {
      const { questions, asked, state, pass } = createScene({ random: () => chance });
      state.reply = SILENCE;
      state.isWanted = true;
      questions.wish();
      await pass(minutes(10));
      const waits = asked.slice(1).map((at, index) => at - asked[index]!);
      const expected = [1, 2, 4, 8, 16, 32, 60, 60].map((n) => Math.max(1_000, n * 1_000 * part));
      for (const [index, wait] of expected.entries()) expect(waits[index]).toBeCloseTo(wait, -1);
    }
  });

  it('wait as long as the server said, whatever is claimed or wished meanwhile', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: 'status 429', retryAfter: seconds(30) };
    state.isWanted = true;
    questions.wish();
    await pass(seconds(3));
    questions.wish();
    questions.raise(claim('a'));
    await pass(seconds(26));
    expect(asked).toEqual([0]);
    await pass(seconds(2));
    expect(asked).toEqual([0, seconds(30)]);
  });

  it('of many claims back off as well', async () => {
    const { questions, asked, state, pass } = createScene({ random: () => 0.5 });
    state.reply = SILENCE;
    for (let i = 0; i < 120; i += 1) {
      questions.raise(claim(`lease ${i}`));
      await pass(seconds(1));
    }
    expect(asked.length).toBeLessThan(12);
  });

  it('begin their back-off anew once the server has answered, or the network is back', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = SILENCE;
    state.isWanted = true;
    questions.wish();
    await pass(seconds(100));
    const before = asked.length;
    questions.hurry();
    await pass(0);
    expect(asked).toHaveLength(before + 1);
    state.reply = DOCUMENT;
    state.isWanted = false;
    await pass(seconds(2));
    expect(asked).toHaveLength(before + 2);
    await pass(minutes(10));
    expect(asked).toHaveLength(before + 2);
  });

  it('go on, once a second, while the answer does not decide', async () => {
    const { questions, asked, state, pass } = createScene();
    state.isWanted = true;
    questions.wish();
    await pass(seconds(3));
    expect(asked).toEqual([0, 1_000, 2_000, 3_000]);
    expect(questions.isDue()).toBe(true);
    state.isWanted = false;
    await pass(seconds(2));
    expect(questions.isDue()).toBe(false);
  });

  it('that nobody waits for are not asked of a server that slides; those that somebody waits for are', async () => {
    const { questions, asked, state, pass } = createScene();
    state.mayAsk = false;
    questions.raise(claim('a'));
    questions.wish();
    await pass(minutes(1));
    expect(asked).toEqual([]);
    const answered = questions.ask();
    await pass(0);
    expect(await outcome(answered)).toBe(true);
  });

  it('that this tab has dropped itself are asked anew, a second after: that was no silence of the server', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    const answered = questions.ask(seconds(3));
    await pass(500);
    state.reply = DOCUMENT;
    expect(await outcome(answered)).toBe('pending');
    await pass(500);
    expect([await outcome(answered), asked]).toEqual([true, [0, 1_000]]);
    await pass(minutes(1));
    expect(asked).toHaveLength(2);
  });

  it('that are dropped after a later one was sent are not: the answer to that one counts', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    state.delay = 1_500;
    const first = questions.ask(seconds(3));
    await pass(100);
    state.reply = DOCUMENT;
    state.delay = 100;
    // It waits a third of its limit for the one that hangs.
    const second = questions.ask(seconds(3));
    await pass(seconds(4));
    expect([await outcome(first), await outcome(second), asked]).toEqual([true, true, [0, 1_100]]);
  });

  it('that are dropped over and over are given up', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    const answered = questions.ask();
    await pass(seconds(4));
    expect([await outcome(answered), asked]).toEqual([false, [0, 1_000, 2_000, 3_000]]);
  });

  it('that were dropped because this tab was stopped are not', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    state.delay = 100;
    void questions.ask();
    await pass(50);
    questions.stop();
    await pass(minutes(1));
    expect(asked).toEqual([0]);
  });

  it('that were stopped hold up neither who waited for them nor the next one', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    state.delay = 100;
    const stopped = questions.ask();
    const queued = questions.ask();
    await pass(50);
    questions.stop();
    state.reply = DOCUMENT;
    await pass(seconds(2));
    expect([await outcome(stopped), await outcome(queued), asked]).toEqual([false, false, [0]]);
    const next = questions.ask();
    await pass(100);
    expect([await outcome(next), asked]).toEqual([true, [0, 2_050]]);
  });

  it('keep their distance though the one before was asked anew meanwhile', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    void questions.ask();
    void questions.ask();
    await pass(500);
    state.reply = DOCUMENT;
    await pass(seconds(3));
    expect(asked).toEqual([0, 1_000, 2_000]);
  });

  it('keep their distance though the one before is given up in the very moment in which it is waited for no longer', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: DROPPED };
    state.delay = 1_000;
    void questions.ask(seconds(3));
    void questions.ask(seconds(3));
    await pass(500);
    state.reply = DOCUMENT;
    await pass(seconds(5));
    expect(asked).toEqual([0, 1_000]);
  });

  it('that are asked in vain settle the claims, and nobody waits before the next', async () => {
    const { questions, asked, settled, state, pass } = createScene();
    state.reply = SILENCE;
    state.isVain = (reply) => reply === SILENCE;
    questions.raise(claim('a'));
    await pass(seconds(1));
    expect([questions.open(), settled]).toEqual([[], ['a']]);
    questions.raise(claim('b'));
    await pass(0);
    expect(asked).toEqual([0, 1_000]);
    expect(await outcome(questions.ask())).toBe('pending');
    await pass(seconds(1));
    expect(asked).toHaveLength(3);
  });

  it('are over once stopped, and so are the claims', async () => {
    const { questions, asked, pass } = createScene();
    questions.raise(claim('a'));
    questions.stop();
    await pass(minutes(1));
    expect([asked, questions.open()]).toEqual([[], []]);
  });
});

describe('who asks now', () => {
  it('is asked for at once, and hears whether the server has answered', async () => {
    const { questions, asked, state, pass } = createScene();
    const first = questions.ask();
    await pass(0);
    expect([await outcome(first), asked]).toEqual([true, [0]]);
    state.reply = SILENCE;
    const second = questions.ask();
    await pass(seconds(1));
    expect([await outcome(second), asked]).toEqual([false, [0, 1_000]]);
  });

  it('is asked for though the server is silent, or has said when to come back', async () => {
    const { questions, asked, state, pass } = createScene();
    state.reply = { type: 'unknown', problem: 'status 429', retryAfter: minutes(1) };
    questions.wish();
    await pass(seconds(2));
    void questions.ask();
    await pass(0);
    expect(asked).toEqual([0, seconds(2)]);
  });

  it('while a question is under way waits for the next: it was asked before', async () => {
    const { questions, asked, state, pass } = createScene();
    state.delay = 300;
    void questions.ask();
    await pass(100);
    const [one, two] = [questions.ask(), questions.ask()];
    await pass(300);
    expect(await outcome(one)).toBe('pending');
    await pass(seconds(1));
    expect([await outcome(one), await outcome(two), asked]).toEqual([true, true, [0, 1_000]]);
  });

  it('waits no longer than the limit', async () => {
    const { questions, state, pass } = createScene();
    state.reply = 'hang';
    const answered = questions.ask(seconds(3));
    await pass(seconds(3) - 1);
    expect(await outcome(answered)).toBe('pending');
    await pass(1);
    expect(await outcome(answered)).toBe(false);
  });

  it('is not held up for ever by a question that hangs', async () => {
    const { questions, state, pass } = createScene();
    state.reply = 'hang';
    void questions.ask();
    await pass(seconds(1));
    state.reply = DOCUMENT;
    const answered = questions.ask(seconds(3));
    await pass(seconds(3));
    expect(await outcome(answered)).toBe(true);
  });
});

describe('a question that a person waits for', () => {
  it('is asked at once, and the next one comes as much later, so that there is one a second all in all', async () => {
    const { questions, asked, pass } = createScene();
    void questions.ask();
    await pass(100);
    void questions.askEarly();
    await pass(0);
    expect(asked).toEqual([0, 100]);
    void questions.ask();
    await pass(seconds(5));
    expect(asked).toEqual([0, 100, seconds(2) + 100]);
  });

  it('hastens the one that waits', async () => {
    const { questions, asked, pass } = createScene();
    void questions.ask();
    await pass(100);
    const waiting = questions.ask();
    const early = questions.askEarly();
    await pass(0);
    expect([asked, await outcome(waiting), await outcome(early)]).toEqual([[0, 100], true, true]);
    await pass(seconds(5));
    expect(asked).toHaveLength(2);
  });

  it('waits for the one that is under way', async () => {
    const { questions, asked, state, mostAtOnce, pass } = createScene();
    state.delay = 200;
    void questions.ask();
    await pass(100);
    const early = questions.askEarly();
    await pass(150);
    expect(asked).toEqual([0, 200]);
    await pass(200);
    expect([await outcome(early), mostAtOnce()]).toEqual([true, 1]);
  });

  it('is not asked more often than once a second for long, however many wait', async () => {
    const { questions, asked, pass } = createScene();
    for (let i = 0; i < 200; i += 1) {
      void questions.askEarly();
      await pass(100);
    }
    for (const from of asked)
      expect(asked.filter((at) => at >= from && at - from <= seconds(10)).length).toBeLessThanOrEqual(11);
    expect(asked.length).toBeLessThanOrEqual(22);
  });
});
