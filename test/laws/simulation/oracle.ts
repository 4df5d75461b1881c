/** The oracle: it knows the truth, watches every tab, and counts what must never happen. */
import { isOpen } from '../../../src/rules/view.js';
import { createFaults } from './faults.js';
import { createAnswerNotes } from './oracle/answers.js';
import { createCallsOracle } from './oracle/calls.js';
import { createOpenJudge } from './oracle/dead.js';
import { createDeedNotes } from './oracle/deeds.js';
import { createEndsOracle } from './oracle/ends.js';
import { createNotes, type Inquiry } from './oracle/inquiry.js';
import type { Kind, Violation } from './oracle/kinds.js';
import { createKnowledge } from './oracle/knowledge.js';
import { UNCERTAINTY } from './oracle/limits.js';
import { createOpeningJudge } from './oracle/revivals.js';
import { type Seen, unseen } from './oracle/seen.js';
import { createSettledOracle, type SettledOracle } from './oracle/settled.js';
import { createSight, MIRROR } from './oracle/sight.js';
import { createStoresOracle } from './oracle/stores.js';
import { createTruth, type Truth } from './truth.js';
import type { Room, SimWorld, Watcher } from './world.js';

export interface Oracle extends Omit<SettledOracle, 'judge' | 'judgeTalk'> {
  readonly watcher: Watcher;
  readonly violations: readonly Violation[];
  /** What happened that no client can prevent, by cause. */
  readonly excused: ReadonlyMap<string, number>;
  /** How each session ended, as the tabs said. */
  readonly ends: ReadonlyMap<string, number>;
  /** Adds a violation that somebody else has seen. */
  accuse(kind: Kind, room: Room | undefined, what: string): void;
  /** Judges what must hold when all has settled. */
  finish(): void;
}

export function createOracle(getWorld: () => SimWorld): Oracle {
  const violations: Violation[] = [];
  const excused = new Map<string, number>();
  const seen = new Map<Room, Seen>();
  let madeTruth: Truth | undefined;
  const truth = (): Truth => {
    madeTruth ??= createTruth(getWorld());
    return madeTruth;
  };

  function accuse(kind: Kind, room: Room | undefined, what: string): void {
    violations.push({ kind, t: truth().t(), room: room?.page.name ?? 'browser', what });
  }

  function excuse(cause: string): void {
    excused.set(cause, (excused.get(cause) ?? 0) + 1);
  }

  function of(room: Room): Seen {
    const known = seen.get(room) ?? unseen(room, truth().t());
    seen.set(room, known);
    return known;
  }

  const faults = createFaults(getWorld);
  const notes = createNotes();
  const sight = createSight(truth, faults);
  const inquiry: Inquiry = { world: getWorld, truth, faults, notes, sight, of, accuse, excuse };
  const knowledge = createKnowledge(inquiry);
  const stores = createStoresOracle({ world: getWorld, truth, accuse, excuse, faults, uncertainty: UNCERTAINTY });
  const ends = createEndsOracle(inquiry);
  const judgeOpen = createOpenJudge(inquiry, knowledge);
  const judgeOpening = createOpeningJudge(inquiry, knowledge);
  const deeds = createDeedNotes(inquiry, knowledge, () => seen.values());
  const noteCarried = createAnswerNotes(inquiry, createCallsOracle(inquiry), stores.answered);
  const settled = createSettledOracle(inquiry);

  const watcher: Watcher = {
    deed(deed, room) {
      deeds.noteDeed(deed, room);
      stores.deed(deed);
      if ((deed.type === 'show' || deed.type === 'hide') && room) of(room).visibleAt = truth().t();
    },
    loaded(room) {
      sight.noteFound(of(room));
      stores.loaded(room, sight.mirrorOf(room)?.session);
    },
    viewed(room, view, previous) {
      const one = of(room);
      const now = truth().t();
      truth().look();
      stores.viewed(room, view);
      one.open = isOpen(view) ? view.session.id : undefined;
      if (isOpen(previous) && !isOpen(view)) one.coveredAt = now;
      if (isOpen(view)) {
        if (!getWorld().history.hasBackend)
          truth().began(view.session.id, room.latch.read().now - view.session.startedAt);
        if (!isOpen(previous) || previous.session.id !== view.session.id) judgeOpening(one, view, previous);
        one.bound = view.session.id;
        one.shownOpen.add(view.session.id);
      }
      if (view.phase === 'expired') {
        one.believed = view.deadline;
        if (previous.phase !== 'expired') one.believedAt = now;
      }
      if (view.phase === 'ended' && !one.ended.has(view.session.id)) {
        ends.judgeEnd(one, view);
        if (view.reason !== 'replaced') {
          one.ended.add(view.session.id);
          if (!notes.everEnded.has(view.session.id)) notes.everEnded.set(view.session.id, now);
          if (!getWorld().history.hasBackend) truth().ended(view.session.id);
        }
      }
    },
    reported: stores.reported,
    carried: noteCarried,
    posted(_room, message) {
      notes.messages += 1;
      if ((message as { nightlatch?: unknown }).nightlatch === 'hello') notes.hellos += 1;
    },
    fated(room, fate) {
      if (fate.fate !== 'delivered') return;
      try {
        sight.hear(of(room), fate.message);
      } catch {
        // Not readable: nothing was said.
      }
    },
    stored(room, key, value) {
      stores.stored(room, key, value);
      if (key !== MIRROR) return;
      notes.writes += 1;
      deeds.noteTombstone(value);
    },
    opened: stores.opened,
    wiped: stores.wiped,
    tabWiped: () => undefined,
    roused(room) {
      const one = of(room);
      one.rousedAt = truth().t();
      one.visibleAt = truth().t();
    },
    signingIn: stores.signingIn,
    signedIn: (_subject, sessionId) => stores.signedIn(sessionId),
    settled() {
      truth().look();
      const ahead = getWorld().server.now() - truth().t();
      for (const { id, lastActivityAt } of getWorld().server.sessions())
        notes.lastKnown.set(id, lastActivityAt - ahead);
      deeds.noteNetwork();
      for (const one of seen.values()) {
        judgeOpen(one);
        if (one.room.page.state() === 'running' && !('session' in one.room.shown)) sight.noteFound(one);
      }
    },
  };

  function finish(): void {
    const rooms = getWorld().living();
    settled.judge(rooms);
    stores.finish(rooms, notes.rotatedAt > Number.NEGATIVE_INFINITY);
    settled.judgeTalk();
  }

  const { isYetToBeHeard, hasJustEnded, isSuperseded } = settled;
  return {
    watcher,
    violations,
    excused,
    ends: ends.ends,
    accuse,
    isYetToBeHeard,
    hasJustEnded,
    isSuperseded,
    finish,
  };
}
