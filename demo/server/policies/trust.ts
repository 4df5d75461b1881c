/** What a session is trusted with: signals about person, device and network, and the circumstances that follow from them. */
import type { Role } from '../people/rights.js';
import {
  type Context,
  type Contexts,
  contextText,
  type DeviceTrust,
  type NetworkTrust,
  type RiskLevel,
} from './context.js';

/** What a request says about where it comes from, as hashes. Saying nothing is a hint like any other. */
export interface Hints {
  /** The browser, its version aside. */
  readonly device: string;
  /** The network, not the address in it. */
  readonly address: string;
}

/** What somebody else says: an administrator, a risk engine, the device management. */
export interface Signals {
  /** 0 to 100. */
  readonly riskScore: number;
  readonly device: DeviceTrust;
  readonly network: NetworkTrust;
}

export interface Trust {
  readonly role: Role;
  readonly signals: Signals;
  /** All that were presented since the person authenticated; the first is what they authenticated with. */
  readonly devices: readonly string[];
  readonly addresses: readonly string[];
  readonly contexts: Contexts;
}

const mediumRisk = 40;
const highRisk = 80;

/** The score by which an administrator's word counts. */
export const scoreOf: Readonly<Record<RiskLevel, number>> = { LOW: 0, MEDIUM: mediumRisk, HIGH: highRisk };

/**
 * A browser that is another one is a reason to doubt. An address that is another one is what happens to people on trains:
 * by itself it never makes a level. Together they stay below what ends a session: a hint is no proof.
 */
const otherDeviceScore = mediumRisk;
const otherAddressScore = 15;
const mostOtherAddressScore = 30;

/** How many different hints are remembered: more make no difference. */
const hintsKept = 8;

export function riskScoreOf({ signals, devices, addresses }: Pick<Trust, 'signals' | 'devices' | 'addresses'>): number {
  const byDevice = devices.length > 1 ? otherDeviceScore : 0;
  const byAddress = Math.min(otherAddressScore * Math.max(addresses.length - 1, 0), mostOtherAddressScore);
  return Math.max(signals.riskScore, byDevice + byAddress);
}

export function riskLevelOf(score: number): RiskLevel {
  if (score >= highRisk) return 'HIGH';
  return score >= mediumRisk ? 'MEDIUM' : 'LOW';
}

/** How things are now. */
export const contextNow = (trust: Trust): Context => trust.contexts.at(-1) ?? trust.contexts[0];

const noSignals: Signals = { riskScore: 0, device: 'unknown', network: 'unknown' };

/** Trust begins with an authentication. What others say about device and network outlasts it. */
export function trusted(role: Role, hints: Hints, signals: Signals = noSignals): Trust {
  const parts = { role, signals, devices: [hints.device], addresses: [hints.address] };
  return { ...parts, contexts: [contextOf(parts)] };
}

/** A request came with these hints. The very same trust where they are known. */
export function presented(trust: Trust, { device, address }: Hints): Trust {
  const devices = withHint(trust.devices, device);
  const addresses = withHint(trust.addresses, address);
  if (devices === trust.devices && addresses === trust.addresses) return trust;
  return held({ ...trust, devices, addresses });
}

/** Somebody else says how things are. The very same trust where that is known. */
export function signalled(trust: Trust, signals: Partial<Signals>): Trust {
  const next = { ...trust.signals, ...signals };
  const names = Object.keys(next) as (keyof Signals)[]; // keyof: the object has no others
  return names.every((name) => next[name] === trust.signals[name]) ? trust : held({ ...trust, signals: next });
}

export function inRole(trust: Trust, role: Role): Trust {
  return trust.role === role ? trust : held({ ...trust, role });
}

/** The context as it is now comes last; those before it hold on until the next authentication. */
function held(trust: Trust): Trust {
  const now = contextOf(trust);
  const text = contextText(now);
  const [authenticated, ...later] = trust.contexts;
  const others = later.filter((context) => contextText(context) !== text);
  return {
    ...trust,
    contexts:
      contextText(authenticated) === text && others.length === 0 ? [authenticated] : [authenticated, ...others, now],
  };
}

function contextOf(parts: Omit<Trust, 'contexts'>): Context {
  return {
    role: parts.role,
    risk: riskLevelOf(riskScoreOf(parts)),
    device: parts.signals.device,
    network: parts.signals.network,
    changed: [
      ...(parts.devices.length > 1 ? (['device'] as const) : []),
      ...(parts.addresses.length > 1 ? (['address'] as const) : []),
    ],
  };
}

function withHint(known: readonly string[], hint: string): readonly string[] {
  return known.includes(hint) || known.length >= hintsKept ? known : [...known, hint];
}
