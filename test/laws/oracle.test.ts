/** Each kind of violation can be seen: a stand-in that does just that wrong is accused of just that. */
import { describe, expect, it } from 'vitest';
import { createNightlatch } from '../../src/nightlatch.js';
import type { ActiveView } from '../../src/rules/view.js';
import { DEFAULT_POLICY } from '../../src/testing/fake-server.js';
import { plus, serverTime } from '../../src/time/instant.js';
import type { Deed, History, Step } from './simulation/history.js';
import type { CreateLatch } from './simulation/latch.js';
import { KINDS, type Kind } from './simulation/oracle/kinds.js';
import { type Behaviour, createRogue, ended, open, type Rogue } from './simulation/rogue.js';
import { run } from './simulation/run.js';
import { createStage } from './stage.js';

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

/** The wall clock is set back, and once the session is over a page is loaded that cannot know of it; there the person acts. */
const setBack: History = {
  ...history(
    [1_000, { type: 'conditions', change: { channel: 'missing' } }],
    [1_000, { type: 'step wall clock', by: -300_000 }],
    [599_000, { type: 'reload', tab: 1 }],
    [1_000, { type: 'act', tab: 1, kind: 'strong' }],
    [20_000, wait],
  ),
  hasBackend: false,
  tabs: 2,
};

/** A stand-in whose first page finds its session over, and shows it open again, by an act that it dates as it is told to. */
function reviving(date: (acted: number) => number): Behaviour {
  let first: ActiveView | undefined;
  let acted = 0;
  return {
    started({ world: { clock }, show }) {
      const now = serverTime(clock.read().wall);
      acted = now;
      const isFirst = first === undefined;
      const session = { id: 'local', order: 1, startedAt: now };
      first ??= { phase: 'active', session, policy: DEFAULT_POLICY, lastActivityAt: now, authenticatedAt: now };
      const view = first;
      clock.wait(0, () => show(view));
      if (!isFirst) return;
      const deadline = { at: plus(now, 600_000), cause: 'idle' } as const;
      clock.wait(600_500, () => show({ phase: 'expired', session: view.session, deadline }));
      clock.wait(605_000, () => show({ ...view, lastActivityAt: serverTime(date(acted)) }));
    },
  };
}

describe('the oracle', () => {
  it.each(cases)('accuses of (%s) whoever does just that', async (kind, atTheEnd, of, behaviour) => {
    expect(await accused(behaviour, of, atTheEnd)).toContain(kind);
  });

  it('has a case for each kind', () => {
    expect(cases.map(([kind]) => kind)).toEqual(Object.keys(KINDS));
  });

  it.each([
    ['that act', (acted: number) => acted, []],
    ['another', (acted: number) => acted + 1_000, ['c', 'b']],
  ] as const)(
    'a page may be led on by an act in a page that came after a clock was set back: by %s',
    async (_, date, kinds) => {
      const { violations, excused } = await run(setBack, { createLatch: createRogue(reviving(date)), settle: false });
      const mine = violations.filter(({ room }) => room === 'tab 1');
      expect(mine.map(({ kind }) => kind)).toEqual(kinds);
      expect(excused.has('opened by an act in a page that came after a clock was set back')).toBe(kinds.length === 0);
    },
  );

  it('knows which sign-in a session came with that began, without a server, while storage was blocked', async () => {
    const stage = await createStage({ backend: false });
    await stage.do({ type: 'conditions', change: { storage: 'blocked' } });
    await stage.do(SIGN_IN);
    await stage.pass(1_000);
    const [tokens] = stage.world.belongings.tokens.values();
    expect(stage.view(0)).toMatchObject({ phase: 'active', session: { id: tokens?.sessionId, subject: 'ana' } });
    expect(stage.world.signInOf(tokens?.sessionId ?? '')).toBe(1);
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
