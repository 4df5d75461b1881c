/** A history: what happens in one simulated browser, as plain data, so that it can be printed, shortened and run again. */
import type { Policy } from '../../../src/facts/policy.js';
import type { Conditions } from '../../../src/testing/conditions.js';
import type { Network } from '../../../src/testing/fake-backend.js';

export interface History {
  /** Chance on the way: delays, losses, waiting times. */
  readonly seed: number;
  /** Where the generator aimed. */
  readonly aim: string;
  readonly hasBackend: boolean;
  readonly hasStreams: boolean;
  readonly policy: Partial<Policy>;
  readonly extensions?: number;
  readonly tabs: number;
  /** The tabs' clocks run apart, by up to this part, and read the wall clock this much differently. */
  readonly drift: number;
  readonly skew: number;
  readonly conditions: Partial<Conditions>;
  readonly network: Partial<Network>;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Milliseconds since the step before. */
  readonly after: number;
  readonly deed: Deed;
}

export type Person = 'ana' | 'ben';

/** How an app's own shared wiper behaves. */
export type WiperMood = 'quick' | 'slow' | 'hanging' | 'throwing';

export const FORGERIES = [
  'tombstone',
  'later lease',
  'impossible lease',
  'higher policy',
  'other session',
  'higher order',
  'future activity',
  'past activity',
  'lock',
  'huge',
  'nonsense',
  'other format',
  'old facts',
] as const;

export type Forgery = (typeof FORGERIES)[number];

export type Deed =
  // The person. `tab` counts the tabs that are open, and goes round.
  | { readonly type: 'act'; readonly tab: number; readonly kind: 'strong' | 'weak' }
  | { readonly type: 'work'; readonly tab: number; readonly times: number; readonly every: number }
  | { readonly type: 'note'; readonly tab: number }
  | { readonly type: 'hold'; readonly tab: number; readonly limit: number }
  | { readonly type: 'extend'; readonly tab: number }
  | { readonly type: 'lock'; readonly tab: number }
  | { readonly type: 'sign out'; readonly tab: number }
  | { readonly type: 'sign in'; readonly tab: number; readonly person: Person; readonly how: 'begin' | 'navigate' }
  | { readonly type: 'reauthenticate'; readonly tab: number }
  | { readonly type: 'check'; readonly tab: number }
  // The tabs.
  | { readonly type: 'open' }
  | { readonly type: 'close' | 'reload' | 'crash' | 'discard' | 'show' | 'hide' | 'focus'; readonly tab: number }
  | { readonly type: 'freeze' | 'resume' | 'park' | 'restore'; readonly tab: number }
  // The device.
  | { readonly type: 'sleep'; readonly for: number }
  | { readonly type: 'step wall clock'; readonly by: number }
  // The browser.
  | { readonly type: 'conditions'; readonly change: Partial<Conditions> }
  | { readonly type: 'clear storage'; readonly own: boolean }
  | { readonly type: 'forge message' | 'forge mirror'; readonly what: Forgery; readonly variant: number }
  | { readonly type: 'forge begun' }
  | { readonly type: 'wiper'; readonly mood: WiperMood }
  // The server and the way there.
  | { readonly type: 'network'; readonly change: Partial<Network> }
  | { readonly type: 'server clock'; readonly by: number }
  | { readonly type: 'server restarts empty' }
  | { readonly type: 'revoke' }
  | { readonly type: 'rotate' }
  | { readonly type: 'policy'; readonly change: Partial<Policy> };
