/** What a reply says, whichever call it answers. */
import type { Reply } from '../ports.js';
import type { ServerTime } from '../time/instant.js';

export function timeOf(reply: Reply): ServerTime | undefined {
  if (reply.type === 'document') return reply.document.serverTime;
  return reply.type === 'refused' ? reply.serverTime : undefined;
}

export function isDeath(reply: Reply): boolean {
  return reply.type === 'refused' && reply.refusal.type === 'session-ended';
}

export function isRotated(reply: Reply): boolean {
  return reply.type === 'refused' && reply.refusal.type === 'session-rotated';
}
