/** What must never happen, by kind, and how somebody says that it has. */
import type { Room } from '../world.js';

export type Kind = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i';

export const KINDS: Readonly<Record<Kind, string>> = {
  a: 'a session ended though something within reach said that it is open, or without a word',
  b: 'a dead session is shown open',
  c: 'a revival',
  d: 'tabs disagree after the network has settled',
  e: 'a wipe never ran',
  f: 'a wipe or a call hit a later session',
  g: 'one person met what is another person’s',
  h: 'too much talk, or too many writes',
  i: 'too many questions',
};

export interface Violation {
  readonly kind: Kind;
  /** True time in the history. */
  readonly t: number;
  readonly room: string;
  readonly what: string;
}

export interface Charges {
  accuse(kind: Kind, room: Room | undefined, what: string): void;
  /** It happened, and no client could prevent it. */
  excuse(cause: string): void;
}
