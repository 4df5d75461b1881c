/** Each kind of violation can be seen: a stand-in that does just that wrong is accused of just that. */
import { describe, expect, it } from 'vitest';
import { createNightlatch } from '../../src/nightlatch.js';
import type { Deed, History, Step } from './simulation/history.js';
import type { CreateLatch } from './simulation/latch.js';
import { KINDS, type Kind } from './simulation/oracle.js';
import { type Behaviour, createRogue, ended, open, type Rogue } from './simulation/rogue.js';
import { run } from './simulation/run.js';

const SIGN_IN: Deed = { type: 'sign in', tab: 0, person: 'ana', how: 'begin' };

function history(...steps: readonly (readonly [after: number, deed: Deed])[]): History {
  return {
    seed: 1,
    aim: 'a stand-in',
    hasBackend: true,
    hasStreams: false,
    policy: { idleTimeout: 600_000 },
    tabs: 1,
    drift: 0,
    skew: 0,
    conditions: {},
    network: {},
    steps: steps.map(([after, deed]): Step => ({ after, deed })),
  };
}

/** Opens what the server names. */
async function openIt(rogue: Rogue): Promise<void> {
  const document = await rogue.ask();
  if (document) rogue.show(open(document));
}

const every = (rogue: Rogue, delay: number, act: () => void): void => {
  rogue.world.clock.wait(delay, () => {
    act();
    every(rogue, delay, act);
  });
};

/** Which kinds a stand-in is accused of while the history runs, and, where `atTheEnd`, when all has settled. */
async function accused(behaviour: Behaviour, of: History, atTheEnd: boolean): Promise<Kind[]> {
  const { violations } = await run(of, { createLatch: createRogue(behaviour), settle: atTheEnd });
  return [...new Set(violations.map(({ kind }) => kind))];
}

const SLOW: History['network'] = { requestDelay: [10, 10], replyDelay: [10, 10] };

/** The SDK itself, at its options that the simulation sets. */
const createLatch = createNightlatch as unknown as CreateLatch;

const wait: Deed = { type: 'wiper', mood: 'quick' };

const cases: readonly (readonly [kind: Kind, atTheEnd: boolean, history: History, behaviour: Behaviour])[] = [
  [
    'a',
    false,
    history([10, SIGN_IN], [20_000, wait]),
    {
      async begun(rogue) {
        await openIt(rogue);
        rogue.world.clock.wait(10_000, () => rogue.show(ended(rogue.shown(), 'idle')));
      },
    },
  ],
  [
    'b',
    false,
    history([10, SIGN_IN], [5_000, { type: 'revoke' }], [5_000, wait]),
    {
      async begun(rogue) {
        await openIt(rogue);
        every(rogue, 2_000, () => void rogue.ask());
      },
    },
  ],
  [
    'c',
    false,
    history([10, SIGN_IN], [5_000, { type: 'revoke' }], [10_000, wait]),
    {
      async begun(rogue) {
        await openIt(rogue);
        const before = rogue.shown();
        rogue.world.clock.wait(8_000, () => rogue.show(ended(before, 'revoked')));
        rogue.world.clock.wait(9_000, () => rogue.show(before));
        rogue.world.clock.wait(9_100, () => rogue.show(ended(before, 'revoked')));
      },
    },
  ],
  ['d', true, history([10, wait]), {}],
  [
    'e',
    true,
    history([10, SIGN_IN], [5_000, { type: 'revoke' }], [10, wait]),
    {
      async begun(rogue) {
        await openIt(rogue);
        rogue.world.clock.wait(5_100, () => rogue.show(ended(rogue.shown(), 'revoked')));
      },
      started: (rogue) => void rogue.world.clock.wait(0, () => rogue.show({ phase: 'absent' })),
    },
  ],
  [
    'f',
    false,
    history([10, SIGN_IN], [10_000, SIGN_IN], [10_000, wait]),
    {
      async begun(rogue) {
        const before = rogue.shown();
        await openIt(rogue);
        if ('session' in before) await rogue.wipe(before.session.id);
      },
    },
  ],
  ['g', false, history([10, SIGN_IN], [10_000, { ...SIGN_IN, person: 'ben' }], [10, wait]), { begun: openIt }],
  [
    'h',
    true,
    history([10, wait]),
    {
      started(rogue) {
        const channel = rogue.world.openChannel('nightlatch:sim', () => {});
        rogue.world.clock.wait(0, () => rogue.show({ phase: 'absent' }));
        every(rogue, 100, () => channel?.post({ nightlatch: 'facts', format: 1 }));
      },
    },
  ],
  ['i', false, history([10_000, wait]), { started: (rogue) => every(rogue, 200, () => void rogue.ask()) }],
];

describe('the oracle', () => {
  it.each(cases)('accuses of (%s) whoever does just that', async (kind, atTheEnd, of, behaviour) => {
    expect(await accused(behaviour, of, atTheEnd)).toContain(kind);
  });

  it('has a case for each kind', () => {
    expect(cases.map(([kind]) => kind)).toEqual(Object.keys(KINDS));
  });

  it('accuses nobody who does nothing wrong', async () => {
    const honest: Behaviour = {
      started: (rogue) => void rogue.world.clock.wait(0, () => rogue.show({ phase: 'absent' })),
    };
    expect(await accused(honest, history([1_000, wait]), true)).toEqual([]);
  });

  it('knows that a page may sign out of what it found in the mirror while storage worked', async () => {
    const of = history(
      [0, { type: 'conditions', change: { messageLoss: 1 } }],
      [0, { type: 'freeze', tab: 1 }],
      [10, SIGN_IN],
      [3_000, { type: 'network', change: { state: 'silent' } }],
      [10, { type: 'resume', tab: 1 }],
      [5_000, { type: 'conditions', change: { storage: 'blocked' } }],
      [10, { type: 'revoke' }],
      [10, { type: 'sign out', tab: 1 }],
    );
    const { violations, ends } = await run({ ...of, tabs: 2, network: SLOW }, { createLatch, settle: false });
    expect([violations, ends.get('signed-out')]).toEqual([[], 1]);
  });

  it('knows that a page may have slept unnoticed, and then take its own sign-in for one before another', async () => {
    const of = history(
      [500, SIGN_IN],
      [3_000, { type: 'sign out', tab: 0 }],
      [10_000, { type: 'step wall clock', by: -150_000 }],
      [60_000, { type: 'sleep', for: 15_000 }],
      [1_000, SIGN_IN],
      [25, { type: 'network', change: { state: 'silent' } }],
      [3_000, { type: 'step wall clock', by: 150_000 }],
      [10, { type: 'network', change: { state: 'up' } }],
      [20_000, wait],
    );
    const { violations, excused } = await run({ ...of, network: SLOW }, { createLatch, settle: false });
    expect(violations).toEqual([]);
    expect([...excused.keys()]).toEqual([
      'tokens swept of a sign-in that seemed to be older than its session, for a clock was set meanwhile',
    ]);
  });
});
