/** What every large number of histories must reach: each phase, each fault, and each rule that can be seen from outside. */
import { FORGERIES } from './history.js';

/** The part of all histories that must reach each of them. */
export const LEAST: number = 0.01;

const PHASES = ['pending', 'absent', 'active', 'warning', 'locked', 'expired', 'ended'];

const FAULTS = [
  'message lost',
  'storage blocked',
  'storage full',
  'turns hung',
  'turns missing',
  'clear storage',
  'forge begun',
  ...FORGERIES.flatMap((what) => [`forge message ${what}`, `forge mirror ${what}`]),
  'wiper slow',
  'wiper hanging',
  'wiper throwing',
  'network down',
  'network silent',
  'network broken',
  'server clock',
  'server restarts empty',
  'revoke',
  'rotate',
  'policy',
  'sleep',
  'step wall clock',
  'hide',
  'freeze',
  'resumed',
  'park',
  'restored',
  'close',
  'crash',
  'discard',
  'reload',
];

/** The rules of `docs/architecture.md`, but for C1 and C2, which are the document's. */
const RULES = [
  ...['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8'],
  ...['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7'],
  ...['E1', 'E2', 'E3', 'E4', 'E5'],
  ...['L1', 'L2'],
  ...['W1', 'W2', 'W3', 'W4', 'W5'],
  ...['T1', 'T2', 'T3'],
  ...['A1', 'A2', 'A3'],
  ...['M1', 'M2', 'M3'],
];

export const REQUIRED: readonly string[] = [
  ...PHASES.map((name) => `phase: ${name}`),
  ...FAULTS.map((name) => `fault: ${name}`),
  ...RULES.map((name) => `rule ${name}`),
];

/** Those that too few of the histories have reached, with how many did. */
export function scarce(reached: Readonly<Record<string, number>>, runs: number): readonly string[] {
  return REQUIRED.filter((name) => (reached[name] ?? 0) < LEAST * runs).map(
    (name) => `${name}: ${reached[name] ?? 0} of ${runs}`,
  );
}
