/** What a page can know of the deadline of what it shows. */
import { isOpen } from '../../../../src/rules/view.js';
import type { Inquiry } from './inquiry.js';
import type { Seen } from './seen.js';

/** A page dates an act this much apart from the reading at which it was done. */
const DATED = 300;

export interface Knowledge {
  /** Whether this page knows the deadline that has passed, and can know the time. */
  knowsDeadline(one: Seen): boolean;
  /** Whether the act by which a page shows its session open was done in a page that could not know that it was over. */
  isLedOn(one: Seen): boolean;
}

export function createKnowledge({ world, truth, faults, notes }: Inquiry): Knowledge {
  function knowsDeadline(one: Seen): boolean {
    const { shown } = one.room;
    if (!isOpen(shown)) return false;
    const { id } = shown.session;
    if (world().history.hasBackend) {
      const diedAt = world().server.session(id)?.end?.at;
      // A later one was believed: the policy was shortened since, or a script of the origin has forged it. News must tell.
      if (diedAt === undefined || (shown.deadline?.at ?? Number.POSITIVE_INFINITY) > diedAt) return false;
      return !faults.hasHiddenSleep(one.answeredAt);
    }
    if (isLedOn(one)) return false;
    const actedAt = truth().lastAct(id) ?? 0;
    // A page that was loaded after the wall clock was set back counts from the latest instant that is written down.
    if (one.room.loadedAt >= actedAt && faults.setBackAt() >= 0 && faults.setBackAt() <= one.room.loadedAt)
      return false;
    return !faults.hasHiddenSleep(actedAt);
  }

  function isLedOn({ room: { shown } }: Seen): boolean {
    if (!isOpen(shown)) return false;
    const acted = notes.misplaced.get(shown.session.id) ?? [];
    return acted.some((at) => Math.abs(at - shown.lastActivityAt) <= DATED);
  }
  return { knowsDeadline, isLedOn };
}
