/** (c) Revivals. */
import type { SessionView } from '../../../../src/rules/view.js';
import type { Inquiry } from './inquiry.js';
import type { Knowledge } from './knowledge.js';
import { PROMPT } from './limits.js';
import type { Seen } from './seen.js';

/** How long a page that comes back waits for the server. */
const RETURN_LIMIT = 3_000;
/** What one tab has written or said the others see after this. */
const SEEN = 1_000;

type Shown = SessionView & { readonly session: { readonly id: string } };

/** Makes the judge of what is shown open newly. */
export function createOpeningJudge(
  { world, truth, faults, sight, accuse, excuse }: Inquiry,
  { knowsDeadline, isLedOn }: Knowledge,
): (one: Seen, view: Shown, previous: SessionView) => void {
  const { mirrorOf } = sight;
  function judgeOpening(one: Seen, view: Shown, previous: SessionView): void {
    const { room } = one;
    const { id } = view.session;
    if (one.ended.has(id)) return accuse('c', room, `${id} was shown ended here before`);
    const mirror = mirrorOf(room);
    if (mirror?.session?.id === id && mirror.end) return accuse('c', room, `the mirror holds the tombstone of ${id}`);
    const life = truth().life(id);
    if (life.state !== 'dead' && life.state !== 'locked') return;
    if (world().history.hasBackend) {
      const document = one.documents.get(id);
      const from = life.since;
      const isFirstTime = !one.shownOpen.has(id);
      // By the deadline that it states it is open, or it was asked for since the cover went up.
      const says = document && (document.until > world().server.now() || document.askedAt >= one.coveredAt - PROMPT);
      if (document && document.issuedAt <= from && (isFirstTime || says)) {
        return excuse('opened on a reply that was overtaken on its way');
      }
    }
    if (wentOnWithoutAnswer(one, id, previous)) {
      return excuse('went on, come back, by what it knew of a session that only a silent server knew to be over');
    }
    if (!world().history.hasBackend && life.state === 'dead' && life.why === 'word' && !one.words.has(id)) {
      // Storage and notes.messages take their time; after that the tombstone must be found, where storage could take it.
      const now = truth().t();
      const isFresh = now - life.since < SEEN;
      const isLost = faults.wasStorageOut(life.since, now) || faults.storageStruckAt() >= life.since;
      if (isFresh || isLost) return excuse('opened before the tombstone could be seen');
    }
    if (!world().history.hasBackend && isLedOn(one))
      return excuse('opened by an act in a page that came after a clock was set back');
    if (!world().history.hasBackend && !knowsDeadline(one))
      return excuse('opened by a page that came after a clock was set back');
    accuse('c', room, `${id} is ${life.state} and was opened from ${previous.phase}`);
  }

  /**
   * A page that comes back is covered while it asks, and goes on by what it knows where the server says nothing for three
   * seconds. No client can know more: its deadline lies ahead, and nobody within its reach has said a word.
   */
  function wentOnWithoutAnswer(one: Seen, id: string, previous: SessionView): boolean {
    if (!world().history.hasBackend || previous.phase !== 'pending' || !one.shownOpen.has(id)) return false;
    const since = one.coveredAt - PROMPT;
    const waited = truth().t() - one.coveredAt;
    const isReturn = one.rousedAt >= since && waited <= RETURN_LIMIT + PROMPT;
    // No request has an answer yet, or none that decides; whether it or its reply was lost the page cannot know.
    const isUnanswered = [...one.requests.values()].some(({ askedAt }) => askedAt >= since);
    const isSilent = one.unreachableAt >= since || (isUnanswered && waited >= RETURN_LIMIT - PROMPT);
    return isReturn && isSilent && !one.words.has(id) && !knowsDeadline(one);
  }
  return judgeOpening;
}
