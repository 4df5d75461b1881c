/**
 * Counts what a page has running, on the functions that the SDK and its peers call: listeners of what lives as long as the
 * page, channels, and timers. What is to be counted must begin after this was imported.
 */

export interface Running {
  readonly listeners: number;
  readonly channels: number;
  readonly timers: number;
  /** Turns that are held or waited for, by this page or another one. */
  readonly turns: number;
}

const targets: readonly EventTarget[] = [window, document, document.documentElement];
const listeners = new Set<string>();
const timers = new Set<unknown>();
/** Set in this very task: WebKitWebDriver sets one of 30 s in the page, before it runs in it what a test asks. */
const fresh = new Set<unknown>();
const names = new WeakMap<object, number>();
let named = 0;
let channels = 0;

function nameOf(listener: object): number {
  const known = names.get(listener);
  if (known !== undefined) return known;
  named += 1;
  names.set(listener, named);
  return named;
}

/** Some hand over null, and browsers take it. */
type Options = AddEventListenerOptions | boolean | null | undefined;

/** What tells two listeners of a target apart. */
const keyOf = (target: EventTarget, type: string, listener: object, options: Options): string => {
  const capture = typeof options === 'object' ? options?.capture === true : options === true;
  return [targets.indexOf(target), type, nameOf(listener), capture].join(' ');
};

const { addEventListener, removeEventListener } = EventTarget.prototype;

EventTarget.prototype.addEventListener = function (type, listener, options): void {
  addEventListener.call(this, type, listener, options);
  const target = this ?? window;
  const signal = typeof options === 'object' ? options?.signal : undefined;
  if (!listener || !targets.includes(target) || signal?.aborted) return;
  const key = keyOf(target, type, listener, options);
  listeners.add(key);
  if (signal) addEventListener.call(signal, 'abort', () => listeners.delete(key));
  if (typeof options === 'object' && options?.once) {
    addEventListener.call(target, type, () => listeners.delete(key), options);
  }
};

EventTarget.prototype.removeEventListener = function (type, listener, options): void {
  removeEventListener.call(this, type, listener, options);
  const target = this ?? window;
  if (listener && targets.includes(target)) listeners.delete(keyOf(target, type, listener, options));
};

const set = globalThis.setTimeout.bind(globalThis);
const clear = globalThis.clearTimeout.bind(globalThis);
const repeat = globalThis.setInterval.bind(globalThis);
const Channel = globalThis.BroadcastChannel;

function begun<T>(timer: T): T {
  timers.add(timer);
  fresh.add(timer);
  queueMicrotask(() => fresh.delete(timer));
  return timer;
}

/** Browsers take the one for the other. */
function ended(timer: number): void {
  timers.delete(timer);
  clear(timer);
}

Object.assign(globalThis, {
  setTimeout(ring: (...given: unknown[]) => void, delay?: number, ...given: unknown[]) {
    const timer = set(() => {
      timers.delete(timer);
      ring(...given);
    }, delay);
    return begun(timer);
  },
  setInterval: (ring: (...given: unknown[]) => void, delay?: number, ...given: unknown[]) =>
    begun(repeat(ring, delay, ...given)),
  clearTimeout: ended,
  clearInterval: ended,
  BroadcastChannel: class extends Channel {
    #isOpen = true;
    constructor(name: string) {
      super(name);
      channels += 1;
    }
    override close(): void {
      super.close();
      if (this.#isOpen) channels -= 1;
      this.#isOpen = false;
    }
  },
});

/** A moment, which is not counted. */
export const moment = (milliseconds: number): Promise<void> => new Promise((resolve) => set(resolve, milliseconds));

export async function running(): Promise<Running> {
  const settled = [...timers].filter((timer) => !fresh.has(timer)).length;
  const { held = [], pending = [] } = await navigator.locks.query();
  return { listeners: listeners.size, channels, timers: settled, turns: held.length + pending.length };
}
