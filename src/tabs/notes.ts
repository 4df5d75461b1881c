/** The notes beside the mirror, as they are read back: begun, sign-in, receipt, loop, the last sign-out, untold ends. What does not parse is none. */
import { END_REASONS, type EndReason } from '../facts/facts.js';
import type { Begun, LoopNote, Receipt, SignInNote, Untold } from '../ports.js';
import { type ServerTime, serverTime } from '../time/instant.js';

export function decodeBegun(input: unknown): Begun | undefined {
  if (!isMembers(input) || typeof input['id'] !== 'string' || !Number.isSafeInteger(input['order'])) return undefined;
  return { id: input['id'], order: Number(input['order']) };
}

export function decodeSignIn(input: unknown): SignInNote | undefined {
  if (!isMembers(input)) return undefined;
  const { by, at, over, from, until, walls } = input;
  if (typeof by !== 'string' || !Number.isFinite(at)) return undefined;
  return {
    by,
    at: Number(at),
    ...(typeof over === 'string' ? { over } : {}),
    ...(typeof from === 'number' ? { from: serverTime(from) } : {}),
    ...(typeof until === 'number' ? { until: serverTime(until) } : {}),
    ...(Array.isArray(walls) && walls.every(Number.isFinite) && walls.length === 2
      ? { walls: [Number(walls[0]), Number(walls[1])] as const }
      : {}),
  };
}

export function decodeReceipt(input: unknown): Receipt | undefined {
  if (!isMembers(input) || typeof input['sessionId'] !== 'string' || !Array.isArray(input['done'])) return undefined;
  const done = input['done'].filter((one) => typeof one === 'string');
  const { sessionId, complete, began, opened } = input;
  return {
    sessionId,
    done,
    complete: complete === true,
    ...(typeof began === 'number' ? { began } : {}),
    ...(opened === true ? { opened } : {}),
  };
}

export function decodeLoop(input: unknown): LoopNote | undefined {
  if (!isMembers(input)) return undefined;
  const { sessionId, asked, at, until } = input;
  if (typeof sessionId !== 'string' || typeof asked !== 'string') return undefined;
  if (!Number.isFinite(at) || !Number.isFinite(until)) return undefined;
  return { sessionId, asked, at: serverTime(Number(at)), until: serverTime(Number(until)) };
}

export function decodeInstant(input: unknown): ServerTime | undefined {
  return typeof input === 'number' && Number.isFinite(input) ? serverTime(input) : undefined;
}

export function decodeUntold(input: unknown): readonly Untold[] {
  if (!Array.isArray(input)) return [];
  return input.flatMap((one: unknown) => {
    if (!isMembers(one) || typeof one['id'] !== 'string') return [];
    return [{ id: one['id'], reason: endReason(one['reason']) }];
  });
}

function endReason(input: unknown): EndReason {
  return END_REASONS.find((reason) => reason === input) ?? 'unknown';
}

function isMembers(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null;
}
