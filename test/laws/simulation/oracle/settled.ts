/** (d) Tabs that disagree when all has settled, and (h) too much talk. */
import { isOpen } from '../../../../src/rules/view.js';
import type { Room } from '../world.js';
import type { Inquiry } from './inquiry.js';

export interface SettledOracle {
  /**
   * Whether a locked session has died less than `within` ago of which pages were told only that their secret is superseded:
   * they wait for their back-off to ask again, and no deadline of theirs tells them.
   */
  isYetToBeHeard(within: number): boolean;
  /** Whether a session has ended less than `within` ago. */
  hasJustEnded(within: number): boolean;
  /** The reply with the new secret was lost: until somebody signs in, no page has an answer that decides. */
  isSuperseded(): boolean;
  judge(rooms: readonly Room[]): void;
  judgeTalk(): void;
}

export function createSettledOracle({ world, truth, notes, accuse, excuse }: Inquiry): SettledOracle {
  function isYetToBeHeard(within: number): boolean {
    if (notes.rotatedAt === Number.NEGATIVE_INFINITY) return false;
    return world()
      .living()
      .some(({ shown }) => {
        if (shown.phase !== 'locked') return false;
        const life = truth().life(shown.session.id);
        return life.state === 'dead' && truth().t() - life.since < within;
      });
  }

  function hasJustEnded(within: number): boolean {
    const since = truth().t() - within;
    const isSo = [...notes.everEnded.values()].some((at) => at > since);
    const lives = world()
      .server.sessions()
      .map(({ id }) => truth().life(id));
    return isSo || lives.some((life) => life.state === 'dead' && life.since > since);
  }

  function judgeAgreement(rooms: readonly Room[]): void {
    if (isSuperseded()) return excuse('the browser is left with a superseded secret (T3)');
    const current = world().history.hasBackend ? truth().current() : undefined;
    const open = rooms.filter((room) => isOpen(room.shown) || room.shown.phase === 'locked');
    const openIds = new Set(open.map((room) => ('session' in room.shown ? room.shown.session.id : '')));
    if (openIds.size > 1) accuse('d', undefined, `open at once: ${[...openIds].join(', ')}`);
    for (const room of rooms) {
      const { shown } = room;
      if (shown.phase === 'pending' || shown.phase === 'expired') accuse('d', room, `still ${shown.phase}`);
      if (world().history.hasBackend) {
        if (!current && (isOpen(shown) || shown.phase === 'locked'))
          accuse('d', room, `shows ${shown.phase} where the server knows no session`);
        if (current && shown.phase === 'absent') accuse('d', room, `shows absent where the server has ${current.id}`);
        if (current && shown.phase === 'ended' && shown.reason !== 'replaced' && shown.session.id === current.id) {
          accuse('d', room, `shows ${current.id} ended where the server has it open`);
        }
        const isElsewhere = shown.phase === 'ended' && shown.reason !== 'replaced' && shown.session.id !== current?.id;
        if (current && isElsewhere && shown.session.subject === current.subject) {
          accuse('d', room, `shows ${shown.session.id} ended where ${current.id} of the same person is open`);
        }
      } else if (openIds.size === 1 && shown.phase === 'ended' && openIds.has(shown.session.id)) {
        accuse('d', room, `shows ended what another tab shows open`);
      }
    }
    const phases = new Set(open.map((room) => (room.shown.phase === 'locked' ? 'locked' : 'open')));
    if (phases.size > 1) accuse('d', undefined, 'locked in one tab, open in another');
  }

  function isSuperseded(): boolean {
    if (!world().history.hasBackend) return false;
    const { reply } = world().server.answer({ type: 'peek' }, world().jar.secret);
    return reply.type === 'refused' && reply.refusal.type === 'session-rotated';
  }

  function judgeTalk(): void {
    const seconds = truth().t() / 1_000;
    const tabs = world().browser.tabs.length;
    if (notes.messages - notes.hellos > seconds + 2 * notes.hellos + 5 * tabs)
      accuse(
        'h',
        undefined,
        `${notes.messages - notes.hellos} notes.messages and ${notes.hellos} notes.hellos in ${Math.round(seconds)} s`,
      );
    if (notes.writes > seconds + 10 * tabs)
      accuse('h', undefined, `${notes.writes} mirror writes in ${Math.round(seconds)} s`);
  }
  return { isYetToBeHeard, hasJustEnded, isSuperseded, judge: judgeAgreement, judgeTalk };
}
