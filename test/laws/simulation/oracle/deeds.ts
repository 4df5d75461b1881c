/** Notes what happens to the browser, before it is done: each excuse reaches no further than its cause. */
import { isOpen } from '../../../../src/rules/view.js';
import { forge } from '../forge.js';
import type { Deed, Forgery } from '../history.js';
import type { Room } from '../world.js';
import type { Inquiry } from './inquiry.js';
import type { Knowledge } from './knowledge.js';
import { GRACE, NEWS_GRACE } from './limits.js';
import type { Seen } from './seen.js';

export interface DeedNotes {
  noteDeed(deed: Deed, room: Room | undefined): void;
  noteTombstone(stored: string | null): void;
  noteNetwork(): void;
}

export function createDeedNotes(
  { world, truth, faults, notes, sight, of }: Inquiry,
  { knowsDeadline }: Knowledge,
  everybody: () => Iterable<Seen>,
): DeedNotes {
  const { mirrorOf } = sight;

  function noteStopped(room: Room): void {
    const now = truth().t();
    for (const actor of notes.actors.values()) {
      if (actor.room === room && now - actor.t < 2_500) actor.stoppedAt = now;
    }
  }
  function noteClock(by: number): void {
    const now = truth().t();
    notes.misdatedUntil = Math.max(notes.misdatedUntil, now + Math.abs(by) + NEWS_GRACE);
  }

  function noteForgery(what: Forgery): void {
    const shown = world().living()[0]?.shown;
    const current = world().server.sessionOf(world().jar.secret)?.id;
    const id = current ?? (shown && 'session' in shown ? shown.session.id : undefined);
    if (id !== undefined) notes.forged.set(id, new Set(notes.forged.get(id)).add(what));
  }
  function noteDeed(deed: Deed, room: Room | undefined): void {
    const now = truth().t();
    const one = room && of(room);
    faults.note(deed);
    switch (deed.type) {
      case 'act':
      case 'note':
      case 'extend':
      case 'hold':
        if (room && isOpen(room.shown)) {
          const { id } = room.shown.session;
          if (deed.type === 'hold') break;
          notes.acts.push({ t: now, sessionId: id });
          if (!world().history.hasBackend && truth().life(id).state === 'dead' && !knowsDeadline(of(room)))
            notes.misplaced.set(id, [...(notes.misplaced.get(id) ?? []), room.latch.read().now]);
          if (deed.type === 'act' && deed.kind === 'weak' && world().history.hasBackend) break;
          if (room.shown.phase === 'active' || deed.type !== 'act' || room.shown.deadline.cause !== 'idle') {
            truth().acted(id, deed.type !== 'act' || deed.kind === 'strong');
          }
          // The tab of the last act that must have counted.
          if (truth().lastAct(id) === now) notes.actors.set(id, { room, t: now, stoppedAt: undefined });
        }
        if (deed.type === 'act' && one)
          one.rousedAt = Math.max(one.rousedAt, one.wokeAt > now - GRACE ? now - GRACE + 1_500 : one.rousedAt);
        break;
      case 'sign out':
        if (!room) break;
        // What the page shows; where it shows nothing, what it has shown, or may have learnt.
        for (const id of 'session' in room.shown
          ? [room.shown.session.id]
          : [
              one?.bound,
              ...(one?.found ?? []),
              mirrorOf(room)?.session?.id,
              truth().current()?.id,
              ...(one?.heard.keys() ?? []),
              ...(one?.documents.keys() ?? []),
            ]) {
          if (id === undefined) continue;
          notes.signedOut.add(id);
          one?.signedOut.add(id);
        }
        break;
      case 'sleep':
      case 'step wall clock':
        for (const other of everybody()) other.wokeAt = now + (deed.type === 'sleep' ? deed.for : 0);
        if (deed.type === 'step wall clock') noteClock(deed.by);
        break;
      case 'server clock':
        noteClock(deed.by);
        break;
      // A page that is frozen, put away or left writes down what it knows as it goes.
      case 'crash':
      case 'discard':
        if (room) noteStopped(room);
        break;
      case 'conditions':
        if (deed.change.storage && deed.change.storage !== 'ok') notes.storageTouchedAt = Number.POSITIVE_INFINITY;
        if (deed.change.storage === 'ok' && world().browser.conditions.storage !== 'ok') notes.storageTouchedAt = now;
        break;
      case 'clear storage':
      case 'forge begun':
        notes.storageTouchedAt = Math.max(notes.storageTouchedAt, now);
        break;
      case 'forge mirror':
        noteTombstone(JSON.stringify(forge(world(), deed)) ?? null);
        noteForgery(deed.what);
        notes.storageTouchedAt = Math.max(notes.storageTouchedAt, now);
        break;
      case 'forge message':
        noteForgery(deed.what);
        break;
      default:
        break;
    }
  }

  function noteTombstone(stored: string | null): void {
    if (!stored?.includes('"end":{')) return;
    const { session } = JSON.parse(stored) as { session?: { id?: string } };
    if (session?.id !== undefined) notes.buried.add(session.id);
  }

  function noteNetwork(): void {
    const { network } = world();
    const isGood =
      network.state === 'up' && network.requestLoss === 0 && network.replyLoss === 0 && network.streamLoss === 0;
    if (!isGood || network.requestDelay[1] + network.replyDelay[1] > 2_500) notes.reliableAt = truth().t();
  }

  return { noteDeed, noteTombstone, noteNetwork };
}
