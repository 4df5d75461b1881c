import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import type { Evidence } from '../../../src/ports.js';
import { hours, minutes, seconds } from '../../../src/time/instant.js';
import { createActs } from '../../../src/user/acts.js';
import { LEASE, NOON, OPEN, POLICY, past } from '../support/facts.js';
import { createSurroundings } from '../support/surroundings.js';

const M = minutes;
/** Nothing ends: only the policy's idle limit counts. */
const LONG: Facts = { ...OPEN, lease: { ...LEASE, idleExpiry: past(hours(7)) } };

function createScene(facts: Facts = OPEN, anyActAnswers = false) {
  const around = createSurroundings(facts);
  const { clock, ledger, page } = around;
  let evidence: Evidence = {};
  let acted = 0;
  const create = () =>
    createActs({
      clock,
      ledger,
      activity: {
        take() {
          const taken = evidence;
          evidence = {};
          return taken;
        },
      },
      own: page.world.own,
      name: 'test',
      anyActAnswers,
      acted: () => {
        acted += 1;
      },
    });
  const acts = create();
  return {
    ...around,
    acts,
    create,
    /** The person is seen to act now. */
    see(kind: 'strong' | 'weak', stamp = clock.read().monotonic) {
      evidence = { ...evidence, [kind]: stamp };
    },
    acted: () => acted,
    last: () => ledger.facts().lastActivityAt! - NOON,
  };
}

describe('an act', () => {
  it('becomes a fact when it is folded in, dated when it happened', async () => {
    const { acts, see, last, acted, clock } = createScene();
    clock.advance(M(1));
    see('strong');
    clock.advance(700);
    expect(last()).toBe(0);
    acts.fold(0);
    expect([last(), acted()]).toEqual([M(1), 1]);
    acts.fold(0);
    expect(acted()).toBe(1);
  });

  it('is dated by the earliest it can have been', () => {
    const { acts, see, last, doubt, clock } = createScene();
    doubt.earliest = -seconds(3);
    clock.advance(M(1));
    see('strong');
    acts.fold(0);
    expect(last()).toBe(M(1) - seconds(3));
  });

  it('from before a sleep is as much older as the sleep was long', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    see('strong');
    clock.advance(200);
    clock.sleep(hours(1));
    acts.fold(hours(1));
    expect(last()).toBe(M(1));
  });

  it('from before a sleep that is heard of only after it is as much older too', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    const acted = clock.read().monotonic;
    clock.advance(200);
    clock.sleep(hours(1));
    acts.fold(hours(1));
    // As where the page is still activated by a key that was pressed before.
    clock.advance(seconds(3));
    see('strong', acted);
    acts.fold(0);
    expect(last()).toBe(M(1));
    see('strong');
    acts.fold(0);
    expect(last()).toBe(M(1) + 200 + hours(1) + seconds(3));
  });

  it('of the very moment of waking is from after the sleep', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.sleep(hours(1));
    see('strong');
    acts.fold(hours(1));
    expect(last()).toBe(hours(1));
  });

  it('before the first word of the server is none', () => {
    const { acts, see, acted } = createScene({});
    see('strong');
    acts.fold(0);
    acts.note(true);
    expect(acted()).toBe(0);
  });
});

describe('the door', () => {
  it('lets nothing in once the session has expired: a mouse move does not revive it', () => {
    const { acts, see, last, ledger, clock } = createScene();
    clock.advance(M(15));
    see('strong');
    acts.fold(0);
    acts.note(true);
    acts.observe(past(M(15)));
    expect([last(), ledger.view().phase]).toEqual([0, 'expired']);
  });

  it('lets in what happened just before the deadline, though it is folded in just after', () => {
    const { acts, see, last, clock } = createScene({ ...OPEN, policy: { ...POLICY, warnBefore: 0 } });
    clock.advance(M(15) - 300);
    see('strong');
    clock.advance(600);
    acts.fold(0);
    expect(last()).toBe(M(15) - 300);
  });

  it('judges an act by the latest it can have been', () => {
    const { acts, see, last, doubt, clock } = createScene();
    doubt.latest = M(10);
    clock.advance(M(6));
    see('strong');
    acts.fold(0);
    expect(last()).toBe(0);
  });

  it('lets no act in during an idle warning, but answers to it', () => {
    const { acts, see, last, acted, clock } = createScene();
    clock.advance(M(14));
    see('strong');
    acts.fold(0);
    acts.observe(past(M(14)));
    expect([last(), acted()]).toEqual([0, 0]);
    acts.note(true);
    expect([last(), acted()]).toEqual([M(14), 1]);
  });

  it('lets any act in during an idle warning, where any act answers it', () => {
    const { acts, see, last, clock } = createScene(OPEN, true);
    clock.advance(M(14));
    see('strong');
    acts.fold(0);
    expect(last()).toBe(M(14));
  });

  it('lets a strong act before the warning in, though weak evidence was seen since, during it', () => {
    const { acts, see, last, clock } = createScene();
    clock.advance(M(13) - 200);
    see('strong');
    clock.advance(500);
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(13) - 200);
  });
});

describe('weak evidence (A1)', () => {
  it('counts for nothing where no strong evidence is known', () => {
    const { acts, see, last, clock } = createScene();
    clock.advance(M(1));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(0);
  });

  it('counts for nothing while the page settles after a change of phase: focus and scroll position come back', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    see('strong');
    acts.fold(0);
    clock.advance(M(2));
    acts.settle();
    clock.advance(200);
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(1));
    clock.advance(200);
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(3) + 400);
  });

  it('counts up to one idle limit beyond the last strong evidence', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    see('strong');
    acts.fold(0);
    clock.advance(M(14));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(15));
    clock.advance(M(30));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(16));
    clock.advance(M(30));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(16));
  });

  it('counts in full where there is no idle limit', () => {
    const { acts, see, last, clock } = createScene({ ...LONG, policy: { ...POLICY, idleTimeout: null } });
    see('strong');
    acts.fold(0);
    clock.advance(hours(2));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(hours(2));
  });

  it('holds nothing for ever: a carousel is warned after two limits', () => {
    const { acts, see, ledger, clock } = createScene({ ...OPEN, lease: { rev: 1, idleExpiry: past(hours(99)) } });
    see('strong');
    acts.fold(0);
    for (let i = 0; i < 120; i += 1) {
      clock.advance(M(1));
      see('weak');
      acts.fold(0);
    }
    expect(ledger.facts().lastActivityAt).toBe(past(M(15)));
  });

  it('counts after a reload, by the strong evidence that was kept', () => {
    const { acts, create, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    see('strong');
    acts.fold(0);
    const reloaded = create();
    reloaded.recall();
    clock.advance(M(2));
    see('weak');
    reloaded.fold(0);
    expect(last()).toBe(M(3));
  });

  it('counts for nothing after a reload where storage is blocked, or holds nonsense', () => {
    const { acts, browser, create, see, last, clock, page } = createScene(LONG);
    browser.conditions.storage = 'blocked';
    see('strong');
    expect(() => acts.fold(0)).not.toThrow();
    const reloaded = create();
    expect(() => reloaded.recall()).not.toThrow();
    browser.conditions.storage = 'ok';
    for (const text of ['', 'yesterday', '-5', 'NaN', 'Infinity']) {
      page.world.own.set('nightlatch:test:strong', text);
      reloaded.recall();
      clock.advance(M(1));
      see('weak');
      reloaded.fold(0);
      expect(last()).toBe(0);
    }
  });
});

describe('noteActivity (A2)', () => {
  it('is strong: weak evidence may follow it', () => {
    const { acts, see, last, clock } = createScene(LONG);
    clock.advance(M(1));
    acts.note(true);
    clock.advance(M(1));
    see('weak');
    acts.fold(0);
    expect(last()).toBe(M(2));
  });

  it('is when the person was last seen to act; a hold is not', () => {
    const { acts, clock } = createScene();
    expect(acts.lastReal()).toBeUndefined();
    clock.advance(M(1));
    acts.note(false);
    clock.advance(M(1));
    acts.observe(past(M(2)));
    expect(acts.lastReal()).toBe(past(M(1)));
  });
});
