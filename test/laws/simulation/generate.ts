/** Makes histories at random: what happens to a person, their tabs, their device and the server, by where one aims. */
import type { Policy } from '../../../src/facts/policy.js';
import { createRandom, type Random } from '../../../src/testing.js';
import { type Deed, FORGERIES, type Forgery, type History, type Person, type Step } from './history.js';

type Weighted<T> = readonly (readonly [weight: number, make: () => T])[];

/** Where histories aim: most at anything, some at what is rare. */
export const AIMS = [
  'anything',
  'busy',
  'ends',
  'lifecycle',
  'network',
  'server',
  'storage',
  'forgery',
  'people',
  'locks',
  'clocks',
  'reauthentication',
  'sign-out',
  'wiping',
  'streams',
  'alone',
] as const;

/** Aims at what the others seldom reach: one history of eight. */
export const RARE_AIMS = ['scripts', 'scripts', 'ends', 'streams', 'sign-out', 'wiping', 'clocks', 'alone'] as const;

export type Aim = (typeof AIMS)[number] | (typeof RARE_AIMS)[number];

const SECOND = 1_000;

/** The history of a seed. */
export function generate(seed: number, aim?: Aim): History {
  const random = createRandom(seed ^ 0x5bd1e995);
  random();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (part: number): boolean => random() < part;
  const often = (): Aim => (chance(0.3) ? 'anything' : pick(AIMS));
  const chosen = aim ?? (seed % 8 === 3 ? pick(RARE_AIMS) : often());
  const isEither = ['anything', 'busy', 'ends', 'lifecycle', 'storage', 'clocks', 'locks'].includes(chosen);
  const hasBackend = chosen !== 'alone' && (!isEither || chance(0.75));
  const policy = choosePolicy(random, chosen, hasBackend);
  const tabs = 1 + Math.floor(random() * 3);
  const isRough = chance(0.5);
  const context: Context = { random, pick, chance, aim: chosen, hasBackend, policy, isRough };
  return {
    seed,
    aim: chosen,
    hasBackend,
    hasStreams: chance(0.8),
    policy,
    ...(chance(0.15) ? { extensions: Math.floor(random() * 3) } : {}),
    tabs,
    drift: chance(0.3) ? 80e-6 : 0,
    skew: chance(0.2) ? 15 : 0,
    conditions: isRough
      ? {
          messageLoss: pick([0, 0.1, 0.5]),
          messageRepeats: pick([0, 0.1]),
          messageDelay: pick([
            [0, 5],
            [0, 300],
            [5, 2_000],
          ] as const),
          storageDelay: pick([
            [0, 0],
            [0, 30],
            [0, 30],
          ] as const),
          storageEventLoss: pick([0, 0, 0.3]),
          turnDelay: [0, 5],
          parkedPages: pick(['evicted', 'deaf'] as const),
          hiddenTimers: pick([
            [0, 0],
            [0, 1_000],
          ] as const),
          ...(chance(0.05) ? { turns: 'missing' as const } : {}),
          ...(chance(0.05) ? { channel: 'missing' as const } : {}),
        }
      : {
          messageDelay: [0, 5],
          storageDelay: pick([
            [0, 0],
            [0, 10],
          ] as const),
          turnDelay: [0, 2],
        },
    network: isRough
      ? {
          requestDelay: pick([
            [5, 50],
            [5, 50],
            [50, 1_500],
          ] as const),
          replyDelay: pick([
            [5, 50],
            [5, 50],
            [50, 1_500],
          ] as const),
          requestLoss: pick([0, 0, 0.05, 0.2]),
          replyLoss: pick([0, 0, 0.05, 0.2]),
          requestRepeats: pick([0, 0.05]),
          streamLoss: pick([0, 0.02]),
        }
      : { requestDelay: [5, 40], replyDelay: [5, 40] },
    steps: [...opening(context), ...steps(context)],
  };
}

interface Context {
  readonly random: Random;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly chance: (part: number) => boolean;
  readonly aim: Aim;
  readonly hasBackend: boolean;
  readonly policy: Partial<Policy>;
  readonly isRough: boolean;
}

function choosePolicy(random: Random, aim: Aim, hasBackend: boolean): Partial<Policy> {
  const idle = Math.round((40 + random() * 140) * SECOND);
  const locks = aim === 'locks' || random() < 0.15;
  return {
    idleTimeout: idle,
    absoluteTimeout: random() < 0.3 ? null : Math.round((150 + random() * 900) * SECOND),
    absoluteFrom: random() < 0.2 ? 'auth_time' : 'session_start',
    warnBefore: Math.round(idle * (0.1 + random() * 0.3)),
    warnBeforeAbsolute: Math.round(30 * SECOND),
    touchEvery: Math.round((1 + random() * 15) * SECOND),
    pollEvery: Math.round((10 + random() * 50) * SECOND),
    holdMax: random() < 0.3 && hasBackend ? 60 * SECOND : 0,
    onIdle: locks ? 'lock' : 'end',
    lockTimeout: locks && random() < 0.6 ? Math.round((30 + random() * 120) * SECOND) : null,
    extendable: random() < 0.9,
  };
}

/** Somebody signs in, soon. */
function opening({ random, hasBackend, chance }: Context): readonly Step[] {
  if (!hasBackend && chance(0.6)) return [{ after: 1_500, deed: { type: 'act', tab: 0, kind: 'strong' } }];
  return [
    {
      after: Math.round(random() * 2_000),
      deed: { type: 'sign in', tab: 0, person: 'ana', how: chance(0.75) ? 'begin' : 'navigate' },
    },
  ];
}

function steps(context: Context): readonly Step[] {
  const { random } = context;
  const count = 10 + Math.floor(random() * 24);
  const all: Step[] = context.aim === 'scripts' ? [...scripts(context)] : [];
  while (all.length < count) {
    if (context.chance(0.12)) all.push(...scene(context));
    const deed = choose(context);
    all.push({ after: pause(context), deed });
    // Faults pass: else most of a history would be one long outage.
    const cure = remedy(deed);
    if (cure && context.chance(0.7)) {
      all.push({ after: Math.round(random() * (context.chance(0.3) ? 90 : 12) * SECOND), deed: cure });
    }
  }
  return all;
}

/** A script of the origin that says and stores one lie after the other, with time to be believed in between. */
function scripts({ random, pick }: Context): readonly Step[] {
  const lies = FORGERIES.flatMap((what) => [
    { type: 'forge message', what } as const,
    { type: 'forge mirror', what } as const,
  ]);
  const some = Array.from({ length: 10 }, () => lies.splice(Math.floor(random() * lies.length), 1)).flat();
  const all = some.map(
    (lie): Step => ({
      after: pick([50, 3_000, 12_000]),
      deed: { ...lie, variant: Math.floor(random() * 40) },
    }),
  );
  const begun: Step = { after: Math.round(random() * 3_000), deed: { type: 'forge begun' } };
  return random() < 0.4 ? [...all, begun] : all;
}

/** A few deeds in a row that chance alone would seldom put together. */
function scene(context: Context): readonly Step[] {
  const { random, pick, chance, aim, hasBackend, policy } = context;
  const idle = policy.idleTimeout ?? 60_000;
  const tab = Math.floor(random() * 6);
  const soon = (): number => Math.round(random() * 3_000);
  const at = (after: number, deed: Deed): Step => ({ after, deed });
  const [one, other] = chance(0.3) ? (['ana', 'ben'] as const) : (['ana', 'ana'] as const);

  const wiping = (): readonly Step[] => [
    at(soon(), { type: 'conditions', change: { turns: pick(['missing', 'ok', 'hung'] as const) } }),
    at(0, { type: 'wiper', mood: pick(['slow', 'slow', 'throwing', 'hanging'] as const) }),
    at(soon(), chance(0.5) ? { type: 'sign out', tab } : { type: 'revoke' }),
    ...(chance(0.5) ? [at(soon(), { type: 'freeze', tab })] : []),
    at(soon(), { type: 'sign in', tab: tab + 1, person: other, how: pick(['begin', 'navigate'] as const) }),
    at(Math.round(random() * 15_000), { type: 'resume', tab }),
    at(soon(), { type: 'conditions', change: { turns: 'ok' } }),
    at(soon(), { type: 'wiper', mood: 'quick' }),
  ];
  const streams = (): readonly Step[] => [
    at(soon(), { type: 'open' }),
    at(soon(), { type: 'freeze', tab: 0 }),
    at(soon(), { type: 'show', tab: 1 }),
    at(soon(), { type: 'freeze', tab: 1 }),
    at(soon(), { type: 'open' }),
    at(soon(), { type: 'show', tab: 2 }),
    at(Math.round(random() * 60_000), { type: 'resume', tab: 0 }),
    at(soon(), { type: 'resume', tab: 1 }),
  ];
  const signOutOffline = (): readonly Step[] => [
    at(soon(), { type: 'network', change: { state: pick(['down', 'silent'] as const) } }),
    at(soon(), { type: 'sign out', tab }),
    ...(chance(0.5) ? [at(soon(), { type: 'reload', tab })] : []),
    at(Math.round(random() * 20_000), { type: 'network', change: { state: 'up' } }),
    at(soon(), {
      type: 'sign in',
      tab: tab + (chance(0.5) ? 1 : 0),
      person: one,
      how: pick(['begin', 'navigate'] as const),
    }),
  ];
  const reauthentications = (): readonly Step[] => [
    ...(chance(0.5) ? [at(soon(), { type: 'lock', tab } as const)] : []),
    at(soon(), { type: 'reauthenticate', tab }),
    at(
      Math.round(random() * 60),
      chance(0.5) ? { type: 'reauthenticate', tab: tab + 1 } : { type: 'sign out', tab: tab + 1 },
    ),
    at(soon(), { type: 'check', tab }),
  ];
  const idleOver = (): readonly Step[] => [
    at(soon(), { type: 'work', tab, times: 3, every: 900 }),
    ...(chance(0.4) && hasBackend
      ? [at(0, { type: 'network', change: { state: pick(['down', 'silent'] as const) } })]
      : []),
    at(Math.round(idle * (0.97 + random() * 0.06)), { type: 'act', tab: tab + 1, kind: 'strong' }),
    at(soon(), { type: pick(['act', 'act', 'note'] as const), tab, kind: 'strong' } as Deed),
    at(soon(), { type: 'network', change: { state: 'up' } }),
  ];
  const asleep = (): readonly Step[] => [
    at(soon(), { type: 'work', tab, times: 2, every: 900 }),
    at(soon(), { type: 'freeze', tab }),
    at(soon(), { type: 'work', tab: tab + 1, times: 9, every: Math.round(idle / 10) }),
    at(Math.round(idle * (0.3 + random())), { type: 'resume', tab }),
  ];
  const replaced = (): readonly Step[] => [
    at(soon(), { type: pick(['freeze', 'park'] as const), tab }),
    at(soon(), {
      type: 'sign in',
      tab: tab + 1,
      person: chance(0.7) ? 'ben' : 'ana',
      how: pick(['begin', 'navigate'] as const),
    }),
    at(Math.round(random() * 30_000), { type: 'resume', tab }),
    at(0, { type: 'restore', tab }),
    at(Math.round(random() * 300), { type: 'act', tab, kind: 'strong' }),
  ];
  const all = hasBackend
    ? [idleOver, asleep, replaced, wiping, streams, signOutOffline, reauthentications]
    : [idleOver, idleOver, asleep, replaced, wiping];
  if (aim === 'wiping') return wiping();
  if (aim === 'streams' && hasBackend) return streams();
  if (aim === 'sign-out' && hasBackend) return signOutOffline();
  if (aim === 'reauthentication' && hasBackend) return reauthentications();
  return pick(all)();
}

function remedy(deed: Deed): Deed | undefined {
  switch (deed.type) {
    case 'network':
      return { type: 'network', change: { state: 'up' } };
    case 'conditions':
      return { type: 'conditions', change: { storage: 'ok', turns: 'ok' } };
    case 'freeze':
      return { type: 'resume', tab: deed.tab };
    case 'park':
      return { type: 'restore', tab: deed.tab };
    case 'wiper':
      return { type: 'wiper', mood: 'quick' };
    case 'hide':
      return { type: 'show', tab: deed.tab };
    default:
      return undefined;
  }
}

/** Things happen at once, soon, after a while, or just when a limit is reached. */
function pause({ random, policy }: Context): number {
  const which = random();
  const idle = policy.idleTimeout ?? 60_000;
  if (which < 0.25) return Math.round(random() * 50);
  if (which < 0.5) return Math.round(random() * 1_500);
  if (which < 0.8) return Math.round(random() * 15 * SECOND);
  if (which < 0.9) return Math.round(random() * idle);
  return Math.max(0, Math.round(idle - 2_000 + random() * 6_000));
}

function choose(context: Context): Deed {
  const { random, pick, chance, aim, hasBackend, policy } = context;
  const tab = (): number => Math.floor(random() * 6);
  const idle = policy.idleTimeout ?? 60_000;
  const person = (): Person => (chance(aim === 'people' ? 0.5 : 0.15) ? 'ben' : 'ana');
  const when = (aims: readonly Aim[], much: number, little: number): number => (aims.includes(aim) ? much : little);
  const remote = hasBackend ? 1 : 0;

  const deeds: Weighted<Deed> = [
    [14, () => ({ type: 'act', tab: tab(), kind: chance(0.85) ? 'strong' : 'weak' })],
    [
      when(['busy'], 20, 9),
      () => ({
        type: 'work',
        tab: tab(),
        times: 3 + Math.floor(random() * 7),
        every: Math.round(300 + random() * 4_000),
      }),
    ],
    [1.5, () => ({ type: 'note', tab: tab() })],
    [1, () => ({ type: 'hold', tab: tab(), limit: Math.round(random() * 60 * SECOND) })],
    [when(['busy', 'ends'], 4, 1.5), () => ({ type: 'extend', tab: tab() })],
    [when(['locks'], 4, 0.6), () => ({ type: 'lock', tab: tab() })],
    [when(['sign-out', 'people'], 4, 0.8), () => ({ type: 'sign out', tab: tab() })],
    [
      when(['people', 'sign-out'], 6, 2),
      () => ({ type: 'sign in', tab: tab(), person: person(), how: chance(0.7) ? 'begin' : 'navigate' }),
    ],
    [remote * when(['reauthentication', 'locks'], 7, 1), () => ({ type: 'reauthenticate', tab: tab() })],
    [1, () => ({ type: 'check', tab: tab() })],
    [when(['lifecycle'], 4, 2), () => ({ type: 'open' })],
    [when(['lifecycle'], 3, 1), () => ({ type: pick(['close', 'crash', 'discard'] as const), tab: tab() })],
    [when(['lifecycle', 'ends'], 4, 2), () => ({ type: 'reload', tab: tab() })],
    [2, () => ({ type: pick(['show', 'hide', 'focus'] as const), tab: tab() })],
    [
      when(['lifecycle', 'people', 'sign-out'], 7, 2),
      () => ({ type: pick(['freeze', 'freeze', 'park'] as const), tab: tab() }),
    ],
    [when(['lifecycle'], 3, 1), () => ({ type: pick(['resume', 'restore'] as const), tab: tab() })],
    [
      when(['clocks', 'ends'], 5, 1.2),
      () => ({ type: 'sleep', for: Math.round(chance(0.5) ? random() * 20 * SECOND : random() * 1.5 * idle) }),
    ],
    [
      when(['clocks'], 4, 0.3),
      () => ({
        type: 'step wall clock',
        by: Math.round((chance(0.5) ? -1 : 1) * random() * (chance(0.5) ? 20 * SECOND : 2 * idle)),
      }),
    ],
    [
      when(['storage'], 5, 0.5),
      () => ({ type: 'conditions', change: { storage: pick(['blocked', 'full'] as const) } }),
    ],
    [
      when(['storage', 'lifecycle'], 2, 0.4),
      () => ({ type: 'conditions', change: { turns: pick(['hung', 'missing'] as const) } }),
    ],
    [when(['storage'], 4, 0.4), () => ({ type: 'clear storage', own: chance(0.5) })],
    [
      when(['storage', 'ends', 'sign-out'], 2.5, 0.6),
      () => ({ type: 'wiper', mood: pick(['slow', 'hanging', 'throwing'] as const) }),
    ],
    [
      when(['forgery'], 9, 0.2),
      () => ({
        type: chance(0.6) ? 'forge message' : 'forge mirror',
        what: forgery(context),
        variant: Math.floor(random() * 40),
      }),
    ],
    [remote * when(['forgery'], 0.7, 0), () => ({ type: 'forge begun' })],
    [
      remote * when(['network', 'sign-out', 'ends', 'reauthentication'], 6, 1.2),
      () => ({ type: 'network', change: { state: pick(['down', 'silent', 'broken'] as const) } }),
    ],
    [
      remote * when(['network'], 4, 0.3),
      () => ({ type: 'network', change: { requestLoss: pick([0, 0.3, 1]), replyLoss: pick([0, 0.3, 1]) } }),
    ],
    [
      remote * when(['server', 'clocks'], 3, 0.2),
      () => ({ type: 'server clock', by: -Math.round(random() * (chance(0.5) ? 5 * SECOND : idle)) }),
    ],
    [remote * when(['server'], 2, 0.2), () => ({ type: 'server restarts empty' })],
    [remote * when(['server', 'ends'], 3, 0.7), () => ({ type: 'revoke' })],
    [remote * when(['server', 'reauthentication'], 3, 0.5), () => ({ type: 'rotate' })],
    [remote * when(['server'], 4, 0.6), () => ({ type: 'policy', change: policyChange(context) })],
  ];
  return chooseFrom(random, deeds);
}

function forgery({ pick, hasBackend }: Context): Forgery {
  // Without a backend nobody can tell a forgery from an honest tab: only what cannot be read is refused.
  if (!hasBackend) return pick(['huge', 'nonsense'] as const);
  return pick([
    'tombstone',
    'later lease',
    'later lease',
    'impossible lease',
    'higher policy',
    'other session',
    'other session',
    'higher order',
    'future activity',
    'past activity',
    'lock',
    'huge',
    'nonsense',
    'other format',
    'old facts',
  ] as const);
}

function policyChange({ random, chance, policy }: Context): Partial<Policy> {
  const idle = policy.idleTimeout ?? 60_000;
  if (chance(0.2)) return { absoluteTimeout: Math.round(idle * (1 + 3 * random())) };
  return { idleTimeout: Math.round(idle * (0.3 + random() * 1.4)) };
}

function chooseFrom<T>(random: Random, all: Weighted<T>): T {
  const total = all.reduce((sum, [weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [weight, make] of all) {
    left -= weight;
    if (left < 0) return make();
  }
  throw new Error('the weights add up to nothing');
}
