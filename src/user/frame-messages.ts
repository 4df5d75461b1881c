/** A frame of another origin that cooperates: it says that the person acts, and is believed if it is who it should be. */
import type { EvidenceListener, EvidenceSource } from '../ports.js';
import { type Clock, createSystemClock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';
import { createActivitySource } from './activity.js';

/** An act that is told later than this is not believed: the relay tells within a second. */
const LATEST: Duration = 10_000;
const VERSION = 1;

interface ActivityMessage {
  readonly nightlatch: 'activity';
  readonly version: typeof VERSION;
  readonly strength: keyof EvidenceListener;
  /** Milliseconds since the act. */
  readonly ago: Duration;
}

/** Which frames are believed. */
export interface FrameMessagesOptions {
  /** The exact origins of the frames, such as `https://pay.example`. There is no wildcard. */
  readonly origins: readonly string[];
}

/**
 * Believes frames of these origins when they say that the person acts in them (see {@link createActivityRelay}). Pass it
 * as `evidence`.
 *
 * Origin, shape and source are checked: a message counts only if it comes from a frame inside this page (OWASP ASVS
 * 3.5.5). What does not fit is ignored; a page gets messages of all kinds. Throws a `TypeError` that names the origin
 * that is none.
 */
export function frameMessages({ origins }: FrameMessagesOptions): EvidenceSource {
  if (!Array.isArray(origins) || origins.length === 0)
    throw new TypeError('origins must be a list of one or more origins');
  const believed = new Set(origins.map((origin) => readOrigin('origins', origin)));

  return {
    name: 'frame-messages',
    start(heard, { clock }) {
      const listening = new AbortController();
      const listener = ({ data, origin, source }: MessageEvent): void => {
        if (!believed.has(origin) || !isInside(source, window)) return;
        const message = readMessage(data);
        if (message) heard[message.strength](Math.max(1, clock.read().monotonic - message.ago));
      };
      window.addEventListener('message', listener, { signal: listening.signal });
      return () => listening.abort();
    },
  };
}

/** To whom a frame tells that the person acts in it. */
export interface ActivityRelayOptions {
  /** The exact origin of the page around this frame. */
  readonly to: string;
  readonly clock?: Clock;
}

/** Tells the page around a frame of the person's acts. */
export interface ActivityRelay {
  start(): void;
  stop(): void;
}

/**
 * For the inside of a frame: tells the page around it, at most once a second, that the person acts here. It says when,
 * and how sure that is; nothing of what was done. In a page that is no frame it does nothing.
 *
 * @example
 * createActivityRelay({ to: 'https://bank.example' }).start();
 */
export function createActivityRelay({ to, clock = createSystemClock() }: ActivityRelayOptions): ActivityRelay {
  const target = readOrigin('to', to);
  let stop: (() => void) | undefined;

  return {
    start() {
      if (stop || window.parent === window) return;
      const source = createActivitySource({ window, clock });
      stop = source.start(() => {
        const evidence = source.take();
        const strength = evidence.strong === undefined ? 'weak' : 'strong';
        const stamp = evidence[strength];
        if (stamp === undefined) return;
        const ago = Math.max(0, clock.read().monotonic - stamp);
        const message: ActivityMessage = { nightlatch: 'activity', version: VERSION, strength, ago };
        window.parent.postMessage(message, target);
      });
    },
    stop() {
      stop?.();
      stop = undefined;
    },
  };
}

function readOrigin(option: string, given: unknown): string {
  const origin = typeof given === 'string' ? originOf(given) : undefined;
  if (origin === undefined || origin !== given) {
    throw new TypeError(
      `${option} has ${JSON.stringify(given)}: expected an exact origin such as "https://pay.example"`,
    );
  }
  return origin;
}

/** An opaque origin is that of nobody in particular, and a star is the name of no host. */
function originOf(text: string): string | undefined {
  try {
    const { origin } = new URL(text);
    return origin === 'null' || origin.includes('*') ? undefined : origin;
  } catch {
    return undefined;
  }
}

function readMessage(data: unknown): ActivityMessage | undefined {
  const message = data as Partial<ActivityMessage> | null;
  if (typeof message !== 'object' || message?.nightlatch !== 'activity' || message.version !== VERSION)
    return undefined;
  const { strength, ago } = message;
  if (strength !== 'strong' && strength !== 'weak') return undefined;
  if (typeof ago !== 'number' || !(ago >= 0 && ago <= LATEST)) return undefined;
  return { nightlatch: 'activity', version: VERSION, strength, ago };
}

/** Whether a message was sent by a frame somewhere inside this page. A window of another origin still tells its parent. */
function isInside(source: MessageEventSource | null, page: Window): boolean {
  let view = source as Window | null;
  while (view && view !== view.parent) {
    view = view.parent;
    if (view === page) return true;
  }
  return false;
}
