/** Under which circumstances a session is used: what rules ask about besides time and operation. */
import type { Role } from '../people/rights.js';

/** CAEP's words for `risk-level-change`. */
export const riskLevels = ['LOW', 'MEDIUM', 'HIGH'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** What the device management says, in CAEP's words for `device-compliance-change` and one for "nothing". */
export const deviceTrusts = ['compliant', 'unknown', 'not-compliant'] as const;
export type DeviceTrust = (typeof deviceTrusts)[number];

/** What is known of the network or place that requests come from. */
export const networkTrusts = ['trusted', 'unknown', 'untrusted'] as const;
export type NetworkTrust = (typeof networkTrusts)[number];

/** What a request may have changed since the person authenticated. */
export const hintNames = ['device', 'address'] as const;
export type HintName = (typeof hintNames)[number];

export interface Context {
  readonly role: Role;
  readonly risk: RiskLevel;
  readonly device: DeviceTrust;
  readonly network: NetworkTrust;
  /** Which hints are other ones than those the person authenticated with. */
  readonly changed: readonly HintName[];
}

/** The first is that under which the person authenticated; more came since. What holds is the strictest that any of them asks for. */
export type Contexts = readonly [Context, ...Context[]];

/** One text for one context. */
export const contextText = ({ role, risk, device, network, changed }: Context): string =>
  [role, risk, device, network, ...changed].join(' ');

/** Of a person of whom nothing else is known: how most people work. */
export const plainContext = (role: Role): Context => ({
  role,
  risk: 'LOW',
  device: 'unknown',
  network: 'unknown',
  changed: [],
});
