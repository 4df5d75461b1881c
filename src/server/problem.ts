/** Reads a server's refusal: a problem (RFC 9457) whose `type` the contract knows. */
import type { EndReason } from '../facts/facts.js';
import type { Refusal } from '../ports.js';
import type { ServerTime } from '../time/instant.js';
import { given, instant, type Members, members, optional, sessionId, text, WireProblem } from './wire.js';

/** A refusal, and the server's time where the problem told it. */
export interface Refused {
  readonly refusal: Refusal;
  readonly serverTime?: ServerTime;
}

/** A session's end as a server tells it, in a problem or in the stream. */
export interface Death {
  readonly sessionId: string;
  readonly reason: EndReason;
  readonly detail?: string;
  readonly endedAt: ServerTime;
}

/** The reasons that are the server's to give. `replaced` and `unknown` are judgements of this side. */
const REASONS: readonly EndReason[] = ['idle', 'absolute', 'credential', 'revoked', 'signed-out'];

/** Enough for any word; a detail goes into the tombstone, which all tabs keep. */
const LONGEST_DETAIL = 100;

/**
 * The refusal. Throws a `WireProblem` where `type` is none of the contract's, or a member that it needs is missing:
 * such an answer is *unknown*, and nothing may end by it.
 */
export function readRefusal(input: unknown): Refused {
  const wire = members(input, 'the problem');
  return { refusal: refusal(wire), ...given({ serverTime: statedTime(wire) }) };
}

/** The end of a session, as `session-ended` and `session-revoked` tell it. */
export function readDeath(wire: Members): Death {
  return {
    sessionId: sessionId(wire['session_id'], 'session_id'),
    ...readReason(wire['reason']),
    endedAt: instant(wire['ended_at'], 'ended_at'),
  };
}

function refusal(wire: Members): Refusal {
  const type = lastPart(text(wire['type'], 'type'));
  switch (type) {
    case 'no-session':
      return { type };
    case 'session-ended':
      return { type, ...readDeath(wire) };
    case 'session-rotated':
    case 'session-mismatch':
      return { type, sessionId: sessionId(wire['session_id'], 'session_id') };
    case 'session-locked':
      return {
        type,
        sessionId: sessionId(wire['session_id'], 'session_id'),
        lockedAt: instant(wire['locked_at'], 'locked_at'),
      };
    case 'extension-refused':
      return { type, reason: optional(wire['reason'], 'reason', text) ?? 'unknown' };
    default:
      throw new WireProblem(`a problem of type ${JSON.stringify(type.slice(0, LONGEST_DETAIL))}`);
  }
}

/** `type` is a URI whose end is the word: after a slash, a colon or a hash, or alone. */
function lastPart(type: string): string {
  return type.split(/[/:#]/).at(-1) ?? '';
}

/** A finer word than ours reads as `revoked`, and is kept as the detail. */
function readReason(value: unknown): { reason: EndReason; detail?: string } {
  if (typeof value !== 'string' || value === '') return { reason: 'unknown' };
  const reason = REASONS.find((one) => one === value);
  return reason === undefined ? { reason: 'revoked', detail: value.slice(0, LONGEST_DETAIL) } : { reason };
}

/** The time is a by-product here: a refusal counts without it. */
function statedTime(wire: Members): ServerTime | undefined {
  try {
    return optional(wire['server_time'], 'server_time', instant);
  } catch {
    return undefined;
  }
}
