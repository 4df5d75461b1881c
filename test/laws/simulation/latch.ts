/** The SDK as the simulation drives it. The one place where the real one, or a stand-in, is plugged in. */
import type { NightlatchEvent } from '../../../src/events.js';
import type { Policy } from '../../../src/facts/policy.js';
import type { Backend, Viewing, Wiper, World } from '../../../src/ports.js';
import type { SessionView } from '../../../src/rules/view.js';

/** The rules that can be switched off one at a time, to show that the oracle sees them missing. */
export const RULES_WITH_A_SWITCH = [
  'admission-door',
  'mirror-look',
  'last-look',
  'session-order',
  'first-hand',
  'wiper-scope',
  'one-door',
] as const;

export type Switch = (typeof RULES_WITH_A_SWITCH)[number];

export interface LatchOptions {
  readonly name: string;
  readonly backend?: Backend;
  readonly policy?: Partial<Policy>;
  readonly wipe?: readonly Wiper[];
  readonly onEvent?: (event: NightlatchEvent) => void;
}

/** What the simulation uses of an SDK instance. */
export interface Latch extends Viewing {
  start(): void;
  stop(): void;
  begin(how?: { readonly signIn?: () => Promise<unknown>; readonly subject?: string }): Promise<SessionView>;
  check(): Promise<SessionView>;
  noteActivity(source?: string): void;
  hold(reason: string, how: { readonly limit: number }): () => void;
  extend(): Promise<SessionView>;
  lock(): void | Promise<unknown>;
  signOut(): Promise<unknown>;
}

export type CreateLatch = (options: LatchOptions, world: World, switchedOff?: ReadonlySet<Switch>) => Latch;
