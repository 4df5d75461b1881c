/** (b) Dead sessions that are shown open, and (g) another person's. */
import { isOpen } from '../../../../src/rules/view.js';
import type { Inquiry } from './inquiry.js';
import type { Knowledge } from './knowledge.js';
import { GRACE, NEWS_GRACE, PROMPT } from './limits.js';
import type { Seen } from './seen.js';

/** Makes the judge of what a page shows open, which is asked whenever something has happened. */
export function createOpenJudge(
  { world, truth, notes, sight, accuse }: Inquiry,
  { knowsDeadline }: Knowledge,
): (one: Seen) => void {
  const { mirrorOf, begunOf } = sight;
  function judgeOpen(one: Seen): void {
    const { room, open } = one;
    if (open === undefined || room.page.state() !== 'running') return;
    const life = truth().life(open);
    if (life.state !== 'dead') {
      one.deadAt = undefined;
      judgeStranger(one);
      return;
    }
    const now = truth().t();
    one.deadAt ??= life.since;
    const said = one.words.get(open);
    if (said) {
      if (now - Math.max(said.at, one.rousedAt) > PROMPT) return guilty(one, `it was told by ${said.by}`);
      return;
    }
    if (life.why === 'deadline' && knowsDeadline(one)) {
      const late = room.page.isVisible() ? 0 : world().browser.conditions.hiddenTimers[1] + 1_000;
      const free = Math.max(life.since + late, one.rousedAt, one.wokeAt + GRACE);
      if (now - free > PROMPT) return guilty(one, 'its deadline has passed');
    }
    const inMirror = mirrorOf(room);
    if (inMirror?.session?.id === open && inMirror.end && room.page.isVisible()) {
      if (
        now -
          Math.max(
            one.rousedAt,
            one.wokeAt,
            life.since,
            one.visibleAt,
            notes.everEnded.get(open) ?? 0,
            notes.storageTouchedAt,
          ) >
        GRACE
      ) {
        return guilty(one, 'the mirror says so');
      }
    }
    if (world().history.hasBackend && room.page.isVisible()) {
      const since = Math.max(life.since, one.rousedAt, one.wokeAt, one.visibleAt, notes.reliableAt, one.unreachableAt);
      if (now - since > NEWS_GRACE) return guilty(one, 'the server would have said so');
    }
  }
  const convicted = new Set<string>();

  /** Each page is guilty once of each session. */
  function guilty(one: Seen, why: string): void {
    const key = `${one.room.page.name} ${one.open}`;
    if (convicted.has(key)) return;
    convicted.add(key);
    accuse('b', one.room, `${one.open} is dead and shown ${one.room.shown.phase}: ${why}`);
  }

  /** The browser's session is another person's, and this page could have known. */
  function judgeStranger(one: Seen): void {
    const { room, open } = one;
    if (!world().history.hasBackend || open === undefined || !isOpen(room.shown)) return;
    const current = truth().current();
    const subject = room.shown.session.subject;
    if (!current || current.id === open || current.subject === subject) {
      one.strangerAt = undefined;
      return;
    }
    const names = begunOf(room) === current.id || mirrorOf(room)?.session?.id === current.id;
    if (!names) return;
    const now = truth().t();
    one.strangerAt ??= now;
    if (!room.page.isVisible()) return;
    const since = Math.max(one.strangerAt, one.rousedAt, one.wokeAt, one.visibleAt);
    if (now - since > GRACE) accuse('g', room, `shows ${subject}'s ${open} while the browser is ${current.subject}'s`);
  }

  return judgeOpen;
}
