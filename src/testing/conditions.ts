/** How well a simulated browser works: what gets lost, late or refused. */
import type { Span } from './random.js';

/** Changeable at any time; what is on its way keeps the fate it was given. */
export interface Conditions {
  /** The part of messages between tabs that never arrives, per receiver. */
  messageLoss: number;
  /** The part of messages that arrives twice. */
  messageRepeats: number;
  /** How long a message travels. Where it varies, messages overtake each other. */
  messageDelay: Span;
  /** How long until another tab sees what one has stored; the order is kept. */
  storageDelay: Span;
  /** The part of storage events that is never fired; the value is there all the same. */
  storageEventLoss: number;
  /** `blocked` throws on every access, `full` on writing. */
  storage: 'ok' | 'blocked' | 'full';
  channel: 'ok' | 'missing';
  /** `missing`: no locks in this browser, so everybody has the turn; `hung`: nobody is ever granted it. */
  turns: 'ok' | 'missing' | 'hung';
  /** How long the browser takes to grant a turn. */
  turnDelay: Span;
  /** What a message does to a page in the back/forward cache: Chromium and Firefox evict it, WebKit drops the message. */
  parkedPages: 'evicted' | 'deaf';
  /** How much later the timers of a hidden page ring. */
  hiddenTimers: Span;
}

/** A browser in which all is well and nothing takes time. */
export const FAULTLESS: Conditions = {
  messageLoss: 0,
  messageRepeats: 0,
  messageDelay: [0, 0],
  storageDelay: [0, 0],
  storageEventLoss: 0,
  storage: 'ok',
  channel: 'ok',
  turns: 'ok',
  turnDelay: [0, 0],
  parkedPages: 'evicted',
  hiddenTimers: [0, 0],
};
