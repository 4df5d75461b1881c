/** The vault of what is being written: it follows the session, and its drafts follow it. */
import type { Happening, NightlatchEvent, Report } from '../events.js';
import type { EndReason } from '../facts/facts.js';
import type { Viewing } from '../ports.js';
import { isCovered, isOpen, type SessionView } from '../rules/view.js';
import type { Duration, ServerTime } from '../time/instant.js';
import type { Draft } from './draft.js';
import { createDeviceDraftKeys, createServerDraftKeys, type DraftKeys } from './draft-keys.js';
import type { KeptDraftParts, Writer } from './draft-parts.js';
import type { DraftKeyKind } from './draft-record.js';
import type { DraftSource } from './draft-source.js';
import { createDraftStore } from './draft-store.js';
import { createKeptDraft, type KeptDraft } from './kept-draft.js';
import { createLeavings } from './leavings.js';
import { labelOf } from './seal.js';
import type { SealingKeys } from './sealing-keys.js';
import { createTabDrafts } from './tab-drafts.js';
import { readKeepOptions, readVaultOptions } from './vault-options.js';
import { createVaultWorld, type VaultWorld } from './vault-world.js';

/** The options of `createDraftVault`. */
export interface DraftVaultOptions {
  /** The name of the database: instances of one name on one origin share it. Usually that of the latch. */
  readonly name: string;
  /** The server's keys: `createHttpKeys()`. Left out, there is the device's key alone. */
  readonly keys?: SealingKeys;
  /** How long a draft is kept after its last sealing. Default: seven days. */
  readonly timeToLive?: Duration;
  /** Hears what happens; usually the same function as the latch's. One that throws disturbs nothing. */
  readonly onEvent?: (event: NightlatchEvent) => void;
}

/** What can be said of one form. */
export interface KeepOptions {
  /** The version of what the form holds: a draft of an older one is not offered. A whole number; default 1. */
  readonly schema?: number;
  /** The version of the record that is written over, such as its `ETag`: an offer tells where it has changed meanwhile. */
  readonly record?: string | number;
  /**
   * `server`: it outlives the session, and only that person opens it again, after signing in. `device`: it needs no server,
   * stays readable on this device until the person signs out or another begins. Default: `server` where the vault has its keys.
   */
  readonly key?: DraftKeyKind;
  readonly timeToLive?: Duration;
}

/** What a vault needs of the latch. */
export interface DraftVaultLatch extends Viewing {
  signedOutAt(): ServerTime | undefined;
}

/** A vault for drafts. Made by `createDraftVault`. */
export interface DraftVault {
  /** Begins to follow the session. May be repeated; starting again after `stop()` works. */
  start(): void;
  /** Seals what is not sealed, and ends the following. */
  stop(): void;
  /** Keeps what is being written in `source` under the name of a form, until `stop()` or `discard()` of the draft. */
  keep<T>(form: string, source: DraftSource<T>, options?: KeepOptions): Draft;
  /** Resolves once what has to go is gone: what somebody signed out of, or another person left, under the device's key. */
  ready(): Promise<void>;
}

/**
 * Makes a vault for drafts. It does nothing until `start()`.
 *
 * Start it in every page that starts the latch: what a sign-out has to take away, a page takes away that runs it; else the next one
 * that does, before it offers anything. Throws a `TypeError` or `RangeError` that names the option if one is wrong.
 *
 * @example
 * const drafts = createDraftVault(latch, { name: 'backoffice', keys: createHttpKeys({ baseUrl: '/session' }) });
 * drafts.start();
 * const draft = drafts.keep('payment', form(element));
 */
export function createDraftVault(latch: DraftVaultLatch, options: DraftVaultOptions, world?: VaultWorld): DraftVault {
  const { name, keys: sealingKeys, timeToLive, onEvent } = readVaultOptions(options);
  const { clock, openDatabase, live, parting, tabStorage } = world ?? createVaultWorld();
  const now = () => latch.read().now;

  const report: Report = (happening: Happening) => {
    if (!onEvent) return;
    try {
      onEvent({ ...happening, at: now() });
    } catch (problem) {
      // The app's own mistake: to be seen as one, and nothing of ours waits for it.
      void Promise.reject(problem);
    }
  };
  const store = createDraftStore({
    clock,
    open: () => openDatabase(name),
    degraded: (problem) => report({ type: 'draft-storage-degraded', problem }),
  });
  const mine = createTabDrafts(name, tabStorage);
  const parts: KeptDraftParts = {
    ...{ vault: name, clock, now, store, live: live(name), mine, report },
    underWay: new Set(),
  };
  const { signedOutAt } = latch;
  const leavings = createLeavings({ store, now, signedOutAt, hasStored: () => !mine.isEmpty(), report });
  const kept = new Set<KeptDraft>();
  let writer: (Writer & { readonly sessionId: string; readonly held: Map<DraftKeyKind, DraftKeys> }) | undefined;
  let isSignedOut = false;
  let leaving: Promise<void> = Promise.resolve();
  let end: (() => void) | undefined;

  function begin({ id: sessionId, subject = '' }: { readonly id: string; readonly subject?: string }): void {
    // Outside of a secure context there is no WebCrypto: nothing can be kept, and nothing is.
    if (!crypto.subtle) return report({ type: 'draft-storage-degraded', problem: 'insecure-context' });
    const wake = () => {
      for (const draft of kept) draft.wake();
    };
    const labels = new Map<string, Promise<string>>();
    const held = new Map<DraftKeyKind, DraftKeys>();
    const owner = labelOf(['nightlatch device', name, subject]);
    if (sealingKeys) {
      const mayAsk = () => isOpen(latch.getView());
      held.set('server', createServerDraftKeys({ keys: sealingKeys, sessionId, clock, mayAsk, came: wake }));
    }
    const next: NonNullable<typeof writer> = {
      sessionId,
      subject,
      held,
      keys(kind) {
        if (kind === 'device' && writer === next && !held.has('device')) {
          held.set('device', createDeviceDraftKeys(store, owner, next.admitted, now, wake));
        }
        return held.get(kind);
      },
      admitted: owner.then(leavings.admit),
      label(form) {
        const label = labels.get(form) ?? labelOf(['nightlatch draft', name, subject, form]);
        labels.set(form, label);
        return label;
      },
    };
    writer = next;
    isSignedOut = false;
    for (const draft of [...kept]) draft.bind(next);
  }

  /** The last text of an ended session is sealed with the keys that are still in hand, and then neither is held any more. */
  function part(view: SessionView): void {
    const { reason, at = now() } = endOf(view);
    const before = writer;
    if (before) {
      for (const draft of kept) {
        // What another person finds open was sealed when they came before it; what was signed out of is not wanted on the device.
        draft.part(reason !== 'replaced' && !(reason === 'signed-out' && draft.kind === 'device'));
      }
      for (const keys of before.held.values()) keys.forget();
      writer = undefined;
    }
    if (reason === 'signed-out' && !isSignedOut) {
      isSignedOut = true;
      leaving = leavings.signedOut(at);
    }
  }

  function flush(): void {
    for (const draft of kept) void draft.flush();
  }

  function follow(view: SessionView): void {
    if (isOpen(view)) {
      if (writer && writer.sessionId !== view.session.id) part(view);
      if (!writer) return begin(view.session);
      for (const keys of writer.held.values()) keys.again();
    } else if (view.phase === 'ended' || view.phase === 'absent') part(view);
    else if (isCovered(view)) flush();
  }

  return {
    start() {
      if (end) return;
      const ends = [latch.subscribe(follow), parting(flush)];
      end = () => {
        for (const one of ends) one();
      };
      follow(latch.getView());
    },
    stop() {
      if (!end) return;
      end();
      end = undefined;
      flush();
    },
    keep(form, source, given = {}) {
      const { key, ...rest } = readKeepOptions(form, source, given, {
        timeToLive,
        hasServer: sealingKeys !== undefined,
      });
      const draft = createKeptDraft(parts, { form, source: source as DraftSource, kind: key, ...rest }, () => {
        kept.delete(draft);
      });
      kept.add(draft);
      if (writer) draft.bind(writer);
      return draft.draft;
    },
    async ready() {
      await leaving;
      await writer?.admitted;
    },
  };
}

/** Why there is no session any more, and since when, where that is known. */
function endOf(view: SessionView): { readonly reason?: EndReason; readonly at?: ServerTime } {
  if (view.phase === 'ended') return view;
  return (view.phase === 'absent' ? view.lastEnd : undefined) ?? {};
}
