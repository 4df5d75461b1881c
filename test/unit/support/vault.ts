/** Browsers with vaults: one database and one server for all tabs, and sessions that begin and end when told. */
import 'fake-indexeddb/auto';
import { createStore, entries, type UseStore } from 'idb-keyval';
import type { NightlatchEvent } from '../../../src/events.js';
import type { EndReason } from '../../../src/facts/facts.js';
import type { SessionView } from '../../../src/rules/view.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { type ServerTime, serverTime } from '../../../src/time/instant.js';
import type { DraftSource } from '../../../src/vault/draft-source.js';
import {
  createDraftVault,
  type DraftVault,
  type DraftVaultLatch,
  type DraftVaultOptions,
} from '../../../src/vault/draft-vault.js';
import type { KeysReply, SealingKeys } from '../../../src/vault/sealing-keys.js';
import type { VaultWorld } from '../../../src/vault/vault-world.js';
import { POLICY } from './facts.js';

/** A server of keys: one draft key for each person and master. */
export interface FakeKeys extends SealingKeys {
  /** All calls, as `session` or `session?kid`. */
  readonly calls: string[];
  /** Who is behind a session. */
  readonly people: Map<string, string>;
  /** What is answered in place of keys; undefined: keys. */
  answer: KeysReply | undefined;
  /** Answers wait for this. */
  gate: Promise<unknown> | undefined;
  rotate(): void;
  forgetOldMasters(): void;
}

export function createFakeKeys(): FakeKeys {
  let masters = ['m1'];
  const bytesOf = async (text: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const fake: FakeKeys = {
    calls: [],
    people: new Map(),
    answer: undefined,
    gate: undefined,
    rotate: () => void masters.push(`m${masters.length + 1}`),
    forgetOldMasters() {
      masters = masters.slice(-1);
    },
    async read({ sessionId, draftKid }) {
      fake.calls.push(draftKid === undefined ? sessionId : `${sessionId}?${draftKid}`);
      await fake.gate;
      if (fake.answer) return fake.answer;
      const kid = draftKid ?? masters.at(-1)!;
      if (!masters.includes(kid)) return { type: 'unknown-key' };
      const draft = { kid, bytes: await bytesOf(`${kid} of ${fake.people.get(sessionId)}`) };
      return { type: 'keys', draft, vault: { kid: `v-${sessionId}`, bytes: await bytesOf(sessionId) } };
    },
  };
  return fake;
}

export interface FakeBrowser {
  readonly clock: ManualClock;
  readonly keys: FakeKeys;
  /** All that lies in the database, by key. */
  stored(): Promise<ReadonlyMap<string, unknown>>;
  /** Puts something there, as any script of the origin may. */
  put(key: string, value: unknown): Promise<void>;
  /** What the next calls to the database do instead. */
  fault: ((mode: IDBTransactionMode) => Promise<never> | undefined) | undefined;
  /** When somebody signed out in a page that runs no vault, as the latch remembers it. */
  signedOutAt: ServerTime | undefined;
  open(options?: Partial<DraftVaultOptions> & { tab?: Map<string, string>; server?: boolean }): FakeTab;
}

export interface FakeTab {
  readonly vault: DraftVault;
  readonly events: NightlatchEvent[];
  /** What was told, without the instants. */
  told(): readonly unknown[];
  /** `sessionStorage`. */
  readonly tab: Map<string, string>;
  begin(sessionId: string, subject?: string): void;
  show(phase: 'locked' | 'expired' | 'pending'): void;
  end(reason: EndReason, at?: ServerTime): void;
  absent(reason?: EndReason): void;
  leave(): void;
}

let browsers = 0;

export function createBrowser(): FakeBrowser {
  browsers += 1;
  const name = `browser ${browsers}`;
  const clock = createManualClock();
  const keys = createFakeKeys();
  const live = new Set<string>();
  const direct = createStore(name, 'drafts');
  const browser: FakeBrowser = {
    clock,
    keys,
    fault: undefined,
    signedOutAt: undefined,
    stored: async () => new Map((await entries(direct)).map(([key, value]) => [String(key), value])),
    put: (key, value) => direct('readwrite', (store) => void store.put(value, key)),
    open({ tab = new Map(), server = true, ...options } = {}) {
      const listeners = new Set<(view: SessionView, previous: SessionView) => void>();
      let leaves = () => {};
      let view: SessionView = { phase: 'pending', covered: false };
      const now = () => serverTime(clock.read().wall);
      const latch: DraftVaultLatch = {
        signedOutAt: () => browser.signedOutAt,
        getView: () => view,
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        read: () => ({ now: now(), earliest: now(), latest: now() }),
      };
      function show(next: SessionView): void {
        const previous = view;
        view = next;
        for (const listener of [...listeners]) listener(next, previous);
      }
      const real = createStore(name, 'drafts');
      const openDatabase = (): UseStore => async (mode, work) => (await browser.fault?.(mode)) ?? real(mode, work);
      const world: VaultWorld = {
        clock,
        openDatabase,
        live: () => ({
          hold(id) {
            live.add(id);
            return () => live.delete(id);
          },
          ids: async () => new Set(live),
        }),
        parting(parts) {
          leaves = parts;
          return () => {
            leaves = () => {};
          };
        },
        tabStorage: () => ({
          getItem: (key) => tab.get(key) ?? null,
          setItem: (key, value) => void tab.set(key, value),
        }),
      };
      const events: NightlatchEvent[] = [];
      const onEvent = (event: NightlatchEvent) => void events.push(event);
      const vault = createDraftVault(latch, { name: 'bank', ...(server ? { keys } : {}), onEvent, ...options }, world);
      vault.start();
      const session = (id: string, subject: string | undefined) => ({
        id,
        order: 1,
        startedAt: now(),
        ...(subject === undefined ? {} : { subject }),
      });
      let current = session('', undefined);
      return {
        vault,
        events,
        told: () => events.map(({ at: _, ...what }) => what),
        tab,
        begin(id, subject = 'ana') {
          keys.people.set(id, subject);
          current = session(id, subject);
          show({ phase: 'active', session: current, policy: POLICY, lastActivityAt: now(), authenticatedAt: now() });
        },
        show(phase) {
          if (phase === 'pending') show({ phase, covered: true });
          else if (phase === 'locked') show({ phase, session: current, since: now() });
          else show({ phase, session: current, deadline: { at: now(), cause: 'idle' } });
        },
        end: (reason, at = now()) => show({ phase: 'ended', session: current, reason, at }),
        absent: (reason) => show({ phase: 'absent', ...(reason ? { lastEnd: { reason, at: now() } } : {}) }),
        leave: () => leaves(),
      };
    },
  };
  return browser;
}

/** A value that can be typed into. */
export interface Pad extends DraftSource<unknown> {
  text: unknown;
  caret: unknown;
  type(text: unknown): void;
}

export function createPad(): Pad {
  let heard = () => {};
  const pad: Pad = {
    text: '',
    caret: 0,
    type(text) {
      pad.text = text;
      heard();
    },
    read: () => pad.text,
    place: () => pad.caret,
    write(value, place) {
      pad.caret = place;
      pad.type(value);
    },
    watch(changed) {
      heard = changed;
      return () => {
        heard = () => {};
      };
    },
    clear() {
      pad.text = '';
    },
  };
  return pad;
}

/** Lets what is under way come to its end: it takes turns of the event loop and of the threads that seal, never time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(1));
    for (let step = 0; step < 4; step += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
