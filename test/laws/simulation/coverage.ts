/** What a history reached: phases, faults and rules, so that the suite can say that nothing is dead. */
import type { SessionDocument } from '../../../src/ports.js';
import { isOpen, type SessionView } from '../../../src/rules/view.js';
import type { Oracle } from './oracle.js';
import type { Room, SimWorld, Watcher } from './world.js';

/** The clocks of the device moved apart by this much. */
const CLOCKS_DISAGREE = 2_000;

/** Names of what was reached. */
export type Coverage = ReadonlySet<string>;

export interface Coverer {
  readonly watcher: Watcher;
  readonly coverage: Coverage;
  finish(oracle: Pick<Oracle, 'excused'>): void;
}

export function createCoverage(getWorld: () => SimWorld): Coverer {
  const reached = new Set<string>();
  const newestUsed = new Map<Room, number>();
  const revs = new Map<string, number>();
  /** Deadlines that the server gave each page. */
  const given = new Map<Room, Set<number>>();
  /** When each page heard of the end of what it shows. */
  const heardEndAt = new Map<Room, number>();
  /** Sessions that each page was told of before it showed any. */
  const met = new Map<Room, Set<string>>();
  /** Pages on which somebody is signing in. */
  const signingIn = new Set<Room>();
  let isEmptied = false;

  /** A rule is reached by each of the ways in which it shows. */
  function add(name: string): void {
    if (reached.has(name)) return;
    reached.add(name);
    const rule = /^rule [A-Z]\d/.exec(name)?.[0];
    if (rule !== undefined) reached.add(rule);
  }

  function noteDocument(room: Room, { session, idleExpiry, absoluteExpiry }: SessionDocument): void {
    const known = given.get(room) ?? new Set();
    for (const at of [idleExpiry, absoluteExpiry]) if (at !== undefined) known.add(at);
    given.set(room, known);
    const sessions = met.get(room) ?? new Set();
    if (isOpen(room.shown)) sessions.clear();
    sessions.add(session.id);
    met.set(room, sessions);
    if (sessions.size > 1 && !isOpen(room.shown) && !('session' in room.shown))
      add('rule S1: another session met by a page that is bound to none');
  }

  function noteView(room: Room, view: SessionView, previous: SessionView): void {
    const world = getWorld();
    const now = world.clock.passed();
    if (isOpen(view) && isOpen(previous) && view.session.id === previous.session.id && world.history.hasBackend) {
      const [at, before] = [view.deadline?.at, previous.deadline?.at];
      if (at !== undefined && before !== undefined && at > before && !given.get(room)?.has(at))
        add('rule K6: more time, by another tab’s word');
    }
    if (view.phase === 'ended' && isOpen(previous) && heardEndAt.get(room) === now)
      add('rule K6: an end, by another tab’s word');
    if (isOpen(view) || view.phase === 'absent') signingIn.delete(room);
    if (view.phase === 'expired') {
      const { earliest, latest } = room.latch.read();
      if (latest - earliest > CLOCKS_DISAGREE) add('rule E2: covered by the later of two clocks');
    }
    if ((isOpen(view) || view.phase === 'ended') && view.phase !== previous.phase)
      if (world.browser.conditions.turns === 'hung') add('rule T1: went on without the turn');
    if (view.phase === 'ended' && previous.phase === 'pending' && !world.history.hasBackend)
      add('rule M3: ended until somebody begins');
    if ('session' in view) {
      const { id } = view.session;
      const stands = world
        .living()
        .some(
          (one) =>
            one !== room && 'session' in one.shown && one.shown.session.id === id && one.shown.phase !== view.phase,
        );
      if (stands) add('rule S7: two tabs stand differently');
    }
  }

  const watcher: Watcher = {
    deed(deed, room) {
      add(`fault: ${deed.type}${'what' in deed ? ` ${deed.what}` : ''}${deed.type === 'wiper' ? ` ${deed.mood}` : ''}`);
      if (deed.type === 'network' && deed.change.state) add(`fault: network ${deed.change.state}`);
      if (deed.type === 'conditions')
        for (const key of ['storage', 'turns', 'channel', 'parkedPages'] as const) {
          if (deed.change[key]) add(`fault: ${key} ${deed.change[key]}`);
        }
      if (deed.type === 'sign in' && room && deed.how === 'begin') signingIn.add(room);
      if (deed.type === 'clear storage') isEmptied = true;
      if (deed.type === 'step wall clock' && !getWorld().history.hasBackend) add('rule M1: the wall clock was set');
      if (deed.type === 'act' && deed.kind === 'weak') add('rule A1: weak evidence');
      if ((deed.type === 'note' || deed.type === 'extend') && room?.shown.phase === 'warning')
        add('rule A2: an answer to a warning');
      if (deed.type === 'act' && room && !isOpen(room.shown) && 'session' in room.shown)
        add('rule A3: an act while covered');
    },
    loaded(room) {
      if (room.sees('nightlatch:sim:facts') !== null) add('rule S5: a newcomer with a mirror');
      else add('rule M2: a newcomer without a mirror');
    },
    viewed(room, view, previous) {
      add(`phase: ${view.phase}`);
      if (view.phase === 'ended') add(`end: ${view.reason}`);
      if (view.phase === 'ended' && view.reason === 'replaced') add('rule S2: another person');
      if (isOpen(view) && 'session' in previous && previous.session.id !== view.session.id)
        add('rule S2: the same person anew');
      if (isOpen(view) && previous.phase === 'expired') add('rule E1: the last look found it open');
      if (view.phase === 'absent' && view.lastEnd) add('rule S4: absent, saying why');
      if (view.phase === 'ended' && previous.phase === 'pending') add('rule S4: a newcomer finds a tombstone');
      if (view.phase === 'locked' && isOpen(previous)) add('rule L1: locked');
      if (view.phase === 'expired' && previous.phase === 'locked') add('rule L2: the absolute limit outranks the lock');
      if (isOpen(view) && previous.phase === 'locked') add('rule L1: unlocked');
      if (view.phase === 'pending' && view.covered && isOpen(previous))
        add('rule K7: covered while it asks about another session');
      if (view.phase === 'pending' && view.covered && previous.phase === 'pending')
        add('rule S5: covered while it waits');
      noteView(room, view, previous);
    },
    reported(room, event) {
      add(`event: ${event.type}`);
      if (event.type === 'wipe-incomplete') {
        const begun = room.sees('nightlatch:sim:begun');
        if (begun !== null && !begun.includes(`"${event.sessionId}"`)) add('rule W2: overtaken, and reported');
        if (getWorld().mood() === 'hanging') add('rule W3: a wiper that hung was given up');
      }
      if (event.type === 'tokens-wiped' && event.because === 'swept-at-sign-in' && signingIn.has(room))
        add('rule S6: swept before the sign-in');
      if (event.type === 'facts-overruled') for (const what of event.lowered) add(`rule K2: lowered ${what}`);
      if (event.type === 'tokens-wiped')
        add(`rule ${event.because === 'session-ended' ? 'W1: wiped at the end' : 'S3: swept at the door'}`);
    },
    carried(room, carried) {
      if (carried.type === 'sent' && carried.call.type === 'end' && signingIn.has(room))
        add('rule E5: told before the sign-in');
      if (carried.type === 'answered' && carried.reply.type === 'document') noteDocument(room, carried.reply.document);
      if (carried.type === 'heard' && carried.event.type === 'document') noteDocument(room, carried.event.document);
      if (carried.type === 'answered') {
        const { reply, number } = carried;
        const newest = newestUsed.get(room) ?? 0;
        if (reply.type === 'document' || reply.type === 'refused') {
          if (number < newest) add('rule K1: a reply to an older request');
          newestUsed.set(room, Math.max(newest, number));
        }
        if (reply.type === 'document') {
          const key = `${room.page.name} ${reply.document.session.id}`;
          if ((revs.get(key) ?? 0) > reply.document.rev) add('rule K2: a lower rev');
          revs.set(key, Math.max(revs.get(key) ?? 0, reply.document.rev));
          if ('session' in room.shown && room.shown.session.id !== reply.document.session.id)
            add('rule K5: another session answered');
        }
        if (reply.type === 'refused') add(`refusal: ${reply.refusal.type}`);
        if (reply.type === 'refused' && reply.refusal.type === 'no-session') add('rule K4: no session');
        if (reply.type === 'refused' && reply.refusal.type === 'session-rotated') add('rule T3: a superseded secret');
        if (reply.type === 'refused' && reply.refusal.type === 'session-mismatch') add('rule T3: a mismatch');
        if (carried.call.type === 'end' && (reply.type === 'done' || reply.type === 'refused')) add('rule E4: told');
        if (carried.call.type === 'end' && reply.type === 'unknown') add('rule E4: telling retried');
        if (carried.call.type === 'lock' && reply.type === 'document') add('rule L1: the server was told of the lock');
      }
      if (carried.type === 'heard') {
        add(`rule K3: the stream says ${carried.event.type}`);
        if (carried.event.type === 'superseded') add('rule T2: a third stream');
      }
      if (carried.type === 'arrived' && carried.call.type === 'end' && carried.answer.reply.type === 'done') {
        const { server } = getWorld();
        // It was open there until now.
        if (server.session(carried.call.sessionId)?.end?.at === server.now())
          add('rule E3: told of a session that is open there');
      }
    },
    posted: () => {},
    fated(room, { fate, message }) {
      add(`fault: message ${fate}`);
      if (fate !== 'delivered' || !('session' in room.shown)) return;
      const said = (message ?? {}) as { session?: { id?: unknown }; end?: unknown; lease?: { idleExpiry?: unknown } };
      if (said.session?.id !== room.shown.session.id) return;
      if (said.end !== undefined) heardEndAt.set(room, getWorld().clock.passed());
      if (room.shown.phase === 'expired' && Number(said.lease?.idleExpiry) > room.shown.deadline.at)
        add('rule K8: a later deadline heard while covered');
    },
    stored(_room, key, value) {
      if (value === null) add('rule W5: removed, for it could not be written');
      if (key.endsWith(':facts') && value !== null && isEmptied) {
        isEmptied = false;
        add('rule M3: written back');
      }
      if (key.endsWith(':untold')) add('rule W5: untold ends kept apart');
      if (key.endsWith(':begun')) add('rule S3: begun');
    },
    opened: () => {},
    wiped: (_room, _call, gone) => {
      if (gone.length > 0) add('rule W1: something was wiped');
    },
    tabWiped: () => add('rule W4: a tab wiper ran'),
    signingIn: () => {},
    roused: (_room, why) => add(`fault: ${why}`),
    signedIn: () => {},
    settled: () => {},
  };

  return {
    watcher,
    coverage: reached,
    finish({ excused }) {
      for (const cause of excused.keys()) add(`excused: ${cause}`);
    },
  };
}
