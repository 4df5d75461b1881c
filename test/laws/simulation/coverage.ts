/** What a history reached: phases, faults and rules, so that the suite can say that nothing is dead. */
import { isOpen } from '../../../src/rules/view.js';
import type { Oracle } from './oracle.js';
import type { Room, SimWorld, Watcher } from './world.js';

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
  const add = (name: string): void => void reached.add(name);

  const watcher: Watcher = {
    deed(deed, room) {
      add(`fault: ${deed.type}${'what' in deed ? ` ${deed.what}` : ''}${deed.type === 'wiper' ? ` ${deed.mood}` : ''}`);
      if (deed.type === 'network' && deed.change.state) add(`fault: network ${deed.change.state}`);
      if (deed.type === 'conditions')
        for (const key of ['storage', 'turns', 'channel', 'parkedPages'] as const) {
          if (deed.change[key]) add(`fault: ${key} ${deed.change[key]}`);
        }
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
      void room;
    },
    reported(_room, event) {
      add(`event: ${event.type}`);
      if (event.type === 'facts-overruled') for (const what of event.lowered) add(`rule K2: lowered ${what}`);
      if (event.type === 'tokens-wiped')
        add(`rule ${event.because === 'session-ended' ? 'W1: wiped at the end' : 'S3: swept at the door'}`);
    },
    carried(room, carried) {
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
      if (
        carried.type === 'arrived' &&
        carried.call.type === 'end' &&
        getWorld().server.session(carried.call.sessionId)?.end === undefined
      ) {
        add('rule E3: told of a session that is open there');
      }
    },
    posted: () => {},
    fated(_room, { fate }) {
      add(`fault: message ${fate}`);
    },
    stored(_room, key) {
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
