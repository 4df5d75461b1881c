/** (f) Calls that hit a later session or tell of what nobody did, and (i) questions. */
import type { Carried } from '../../../../src/testing.js';
import type { Forgery } from '../history.js';
import type { Inquiry } from './inquiry.js';
import { UNCERTAINTY } from './limits.js';
import type { Seen } from './seen.js';

/** Forgeries by which a page may come to end a session, and to date an act. */
const FORGED_ENDS: readonly Forgery[] = ['tombstone', 'other format'];
const FORGED_ACTS: readonly Forgery[] = ['future activity', 'past activity'];

export interface CallsOracle {
  judgeCall(one: Seen, carried: Extract<Carried, { type: 'arrived' }>): void;
  judgePeek(one: Seen): void;
}

export function createCallsOracle({ world, truth, notes, accuse }: Inquiry): CallsOracle {
  /** Whether somebody has forged one of these about a session. */
  function isForged(sessionId: string, what: readonly Forgery[]): boolean {
    return what.some((one) => notes.forged.get(sessionId)?.has(one));
  }
  function judgeCall(one: Seen, carried: Extract<Carried, { type: 'arrived' }>): void {
    const { call } = carried;
    const { room } = one;
    const request = one.requests.get(carried.number);
    if (call.type === 'end') {
      const session = world().server.session(call.sessionId);
      const isOwed =
        notes.everEnded.has(call.sessionId) ||
        notes.signedOut.has(call.sessionId) ||
        isForged(call.sessionId, FORGED_ENDS);
      if (carried.answer.reply.type === 'done' && !isOwed) {
        if (session?.end?.reason === 'signed-out')
          accuse('f', room, `ended ${call.sessionId} on the server, which nobody had ended`);
      }
    }
    if (call.type === 'touch' && carried.answer.reply.type === 'document' && call.source !== 'hold' && request) {
      const now = truth().t();
      const at = now - call.idleFor;
      const travel = now - request.askedAt;
      const slack = travel + UNCERTAINTY + 1_000;
      // Dated too early, as after a sleep, it grants less than the person is due; only later than any act would be wrong.
      const is = notes.acts.some(({ t, sessionId }) => sessionId === call.sessionId && t >= at - slack);
      // What the server knows anyway it may be told again.
      if (at <= (notes.lastKnown.get(call.sessionId) ?? Number.NEGATIVE_INFINITY) + UNCERTAINTY) return;
      // An act is dated by a clock. Where one was set, pages date by the old one until they hear, so much too early or late.
      if (!is && !isForged(call.sessionId, FORGED_ACTS) && at > notes.misdatedUntil) {
        accuse('f', room, `touched ${call.sessionId} for an act ${Math.round(call.idleFor)} ms ago that nobody did`);
      }
    }
  }
  function judgePeek(one: Seen): void {
    const now = truth().t();
    const isRepetition = one.isRepeating;
    one.isRepeating = false;
    if (isRepetition) return;
    one.peeks.push(now);
    const { peeks } = one;
    while (peeks[0] !== undefined && now - peeks[0] > 10_000) peeks.shift();
    // One a second, whoever asks; clocks of pages run a little fast.
    if (peeks.length > 11) accuse('i', one.room, `${peeks.length} questions in 10 s`);
  }

  return { judgeCall, judgePeek };
}
