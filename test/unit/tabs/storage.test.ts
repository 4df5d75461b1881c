import { expect, test } from 'vitest';
import { createStore, type StorageArea, type StorageWindow } from '../../../src/tabs/storage.ts';

/** A storage area, and how often it has been touched. */
function createArea() {
  const values = new Map<string, string>();
  let touched = 0;
  const area: StorageArea = {
    get length() {
      touched += 1;
      return values.size;
    },
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
  return { area, touched: () => touched };
}

function createWindow() {
  const target = new EventTarget();
  const window: StorageWindow = {
    addEventListener: (type, listener, options) => target.addEventListener(type, listener as EventListener, options),
  };
  const change = (key: string | null, storageArea: unknown) =>
    target.dispatchEvent(Object.assign(new Event('storage'), { key, storageArea }));
  return { window, change };
}

const blocked = (): StorageArea => {
  throw new DOMException('blocked', 'SecurityError');
};

test('keeps, gives back and removes', () => {
  const { area } = createArea();
  const store = createStore(() => area, createWindow().window);
  expect(store.get('a')).toBeNull();
  store.set('a', '1');
  expect(store.get('a')).toBe('1');
  store.remove('a');
  expect(store.get('a')).toBeNull();
});

test('is made without looking at a storage that may be blocked, and passes on what is', () => {
  const store = createStore(blocked, createWindow().window);
  expect(() => store.get('a')).toThrow('blocked');
  expect(() => store.set('a', '1')).toThrow('blocked');
  expect(() => store.remove('a')).toThrow('blocked');
});

test('tells which key another tab has changed, or that all are gone', () => {
  const { area } = createArea();
  const { window, change } = createWindow();
  const seen: (string | null)[] = [];
  createStore(() => area, window).watch((key) => seen.push(key));
  change('a', area);
  change(null, area);
  expect(seen).toEqual(['a', null]);
});

test('does not take the other storage of the window for its own', () => {
  const { area } = createArea();
  const { window, change } = createWindow();
  const seen: (string | null)[] = [];
  createStore(() => area, window).watch((key) => seen.push(key));
  change('a', createArea().area);
  expect(seen).toEqual([]);
});

test('touches the storage when it begins to watch, or WebKitGTK would send no events', () => {
  const { area, touched } = createArea();
  const store = createStore(() => area, createWindow().window);
  expect(touched()).toBe(0);
  store.watch(() => undefined);
  expect(touched()).toBe(1);
});

test('watches in vain, but without throwing, where storage is blocked', () => {
  const { window, change } = createWindow();
  const seen: (string | null)[] = [];
  const stop = createStore(blocked, window).watch((key) => seen.push(key));
  change('a', null);
  change(null, null);
  stop();
  expect(seen).toEqual([]);
});

test('stops watching', () => {
  const { area } = createArea();
  const { window, change } = createWindow();
  const seen: (string | null)[] = [];
  const stop = createStore(() => area, window).watch((key) => seen.push(key));
  stop();
  change('a', area);
  expect(seen).toEqual([]);
});
