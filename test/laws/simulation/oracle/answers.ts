/** Notes what goes to the server and comes back: what a page could know from it, and since when. */
import type { Reply, SessionDocument } from '../../../../src/ports.js';
import type { Carried } from '../../../../src/testing.js';
import type { Room } from '../world.js';
import type { CallsOracle } from './calls.js';
import type { Inquiry } from './inquiry.js';
import type { Seen } from './seen.js';

export function createAnswerNotes(
  { world, truth, notes, sight, of }: Inquiry,
  { judgeCall, judgePeek }: CallsOracle,
  answered: (room: Room) => void,
): (room: Room, carried: Carried) => void {
  const { word } = sight;

  function takeReply(one: Seen, reply: Reply): void {
    if (reply.type !== 'refused') return;
    const { refusal } = reply;
    if (refusal.type === 'session-ended') word(one, refusal.sessionId, 'the server');
    if (refusal.type === 'session-ended' || refusal.type === 'no-session') one.noneAt = truth().t();
  }
  return (room, carried) => {
    const one = of(room);
    const now = truth().t();
    switch (carried.type) {
      case 'sent':
        one.requests.set(carried.number, { askedAt: now, type: carried.call.type });
        if (carried.call.type === 'peek') judgePeek(one);
        return;
      case 'arrived': {
        const request = one.requests.get(carried.number);
        if (request && request.issuedAt === undefined) request.issuedAt = now;
        judgeCall(one, carried);
        return;
      }
      case 'answered': {
        const request = one.requests.get(carried.number);
        one.requests.delete(carried.number);
        const { reply } = carried;
        if (reply.type === 'unknown') {
          if (reply.problem !== 'aborted') one.unreachableAt = now;
          else if (request && now - request.askedAt > 2_000) one.unreachableAt = now;
        }
        if (request && now - request.askedAt > 2_900) one.unreachableAt = now;
        // A superseded secret opens no answer: the server says neither open nor over.
        if (reply.type === 'refused' && reply.refusal.type === 'session-rotated') {
          one.unreachableAt = now;
          notes.rotatedAt = now;
          one.isRepeating = carried.call.type === 'peek';
        } else if (reply.type === 'document') notes.rotatedAt = Number.NEGATIVE_INFINITY;
        if (reply.type !== 'unknown') one.answeredAt = now;
        // What the app asks for itself the SDK does not hear.
        const isOurs = carried.call.type !== 'sign-in' && carried.call.type !== 'reauthenticate';
        if (reply.type === 'document' && request && isOurs) {
          const { document } = reply;
          one.documents.set(document.session.id, {
            askedAt: request.askedAt,
            issuedAt: request.issuedAt ?? now,
            rev: document.rev,
            authenticatedAt: document.authenticatedAt,
            ...limitsOf(document),
          });
        }
        if (isOurs) {
          if (reply.type === 'document' || reply.type === 'refused') answered(room);
          takeReply(one, reply);
        }
        return;
      }
      case 'heard':
        if (carried.event.type === 'revoked') word(one, carried.event.sessionId, 'the stream');
        if (carried.event.type === 'document') {
          const { document } = carried.event;
          const known = one.documents.get(document.session.id);
          if (!known || known.rev <= document.rev) {
            one.documents.set(document.session.id, {
              // News on the stream counts by its rev, whatever was asked before (K3).
              askedAt: now,
              issuedAt: Math.min(now, now - (world().server.now() - document.serverTime)),
              rev: document.rev,
              authenticatedAt: document.authenticatedAt,
              ...limitsOf(document),
            });
          }
        }
        return;
      case 'closed':
        if (carried.end.type === 'refused') takeReply(one, carried.end.reply);
        return;
      case 'opened':
        return;
    }
  };
}

/** When a document says that the session ends. */
function limitsOf({ idleExpiry, absoluteExpiry }: SessionDocument): { until: number; absolute: number } {
  const absolute = absoluteExpiry ?? Number.POSITIVE_INFINITY;
  return { until: Math.min(idleExpiry ?? Number.POSITIVE_INFINITY, absolute), absolute };
}
