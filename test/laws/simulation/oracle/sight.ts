/** What a page could see and hear: the words that others said to it, and what its storage shows. */
import { decodeKept, decodeMessage } from '../../../../src/facts/codec.js';
import type { Facts, Lease } from '../../../../src/facts/facts.js';
import { deadlines, firstDeadline } from '../../../../src/rules/deadlines.js';
import type { Faults } from '../faults.js';
import type { Truth } from '../truth.js';
import { NAME, type Room } from '../world.js';
import type { Seen } from './seen.js';

export const MIRROR = `nightlatch:${NAME}:facts`;

export interface Sight {
  /** Somebody has said to this page that a session is over. */
  word(one: Seen, sessionId: string, by: string): void;
  hear(one: Seen, message: unknown): void;
  mirrorOf(room: Room): Facts | undefined;
  /** Storage may fail later, and then the page still knows what it has read. */
  noteFound(one: Seen): void;
  untoldOf(room: Room): readonly string[];
  begunOf(room: Room): string | undefined;
}

/** The deadline that facts speak of, in server time. */
export function untilOf(facts: Facts): number {
  return firstDeadline(deadlines(facts))?.at ?? Number.POSITIVE_INFINITY;
}

export function createSight(truth: () => Truth, faults: Faults): Sight {
  function word(one: Seen, sessionId: string, by: string): void {
    if (!one.words.has(sessionId)) one.words.set(sessionId, { by, at: truth().t() });
  }

  /** Every page that hears a message hears the same one. */
  const decoded = new WeakMap<object, Facts>();

  function factsIn(message: object): Facts {
    const facts = decoded.get(message) ?? decodeMessage(message).facts;
    decoded.set(message, facts);
    return facts;
  }

  /** What a message says, read lightly: it is heard often, and a forged one proves nothing here anyway. */
  function hear(one: Seen, message: unknown): void {
    const { session, end, lease } = message as { session?: { id?: unknown }; end?: unknown; lease?: Partial<Lease> };
    const id = session?.id;
    if (typeof id !== 'string') return;
    if (typeof end === 'object') return word(one, id, 'another tab');
    const known = one.heard.get(id);
    const rev = lease?.rev ?? 0;
    // What a script of the origin says is no word of another tab.
    if (lease && faults.isForgedLease({ rev, ...lease })) return;
    const facts = factsIn(message as object);
    const until = untilOf(facts);
    const isNews = !known || rev > known.rev || (rev === known.rev && until > known.until);
    if (isNews) one.heard.set(id, { rev, until, facts });
  }

  /** The mirror as it was read last: most pages see the same, for a while. */
  let mirrorText: string | undefined;
  let mirrored: Facts | undefined;

  function mirrorOf(room: Room): Facts | undefined {
    const text = room.sees(MIRROR);
    if (text === null) return undefined;
    if (text !== mirrorText) {
      mirrorText = text;
      mirrored = readable(text);
    }
    return mirrored;
  }

  function noteFound(one: Seen): void {
    const id = mirrorOf(one.room)?.session?.id;
    if (id !== undefined) one.found.add(id);
  }

  function untoldOf(room: Room): readonly string[] {
    try {
      const all = JSON.parse(room.sees(`nightlatch:${NAME}:untold`) ?? '[]') as readonly { id: string }[];
      return all.map(({ id }) => id);
    } catch {
      return [];
    }
  }

  function begunOf(room: Room): string | undefined {
    const text = room.sees(`nightlatch:${NAME}:begun`);
    if (text === null) return undefined;
    try {
      return (JSON.parse(text) as { id?: string }).id;
    } catch {
      return undefined;
    }
  }
  return { word, hear, mirrorOf, noteFound, untoldOf, begunOf };
}

function readable(kept: string): Facts | undefined {
  try {
    return decodeKept(kept).facts;
  } catch {
    return undefined;
  }
}
