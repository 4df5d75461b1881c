import { afterEach, expect, test } from 'vitest';
import { openBroadcastChannel } from '../../../src/tabs/channel.ts';

const original = globalThis.BroadcastChannel;
const cleanUps: (() => void)[] = [];
afterEach(() => {
  globalThis.BroadcastChannel = original;
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function open(name: string, heard: (message: unknown) => void = () => undefined) {
  const channel = openBroadcastChannel(name, heard);
  if (!channel) throw new Error('there is no channel');
  cleanUps.push(() => channel.close());
  return channel;
}

test('carries messages to the other tabs, and not back', async () => {
  const own: unknown[] = [];
  const first = open('a', (message) => own.push(message));
  const arrived = new Promise((resolve) => open('a', resolve));
  first.post({ nightlatch: 'hello' });
  expect(await arrived).toEqual({ nightlatch: 'hello' });
  expect(own).toEqual([]);
});

test('keeps channels of different names apart', async () => {
  const strays: unknown[] = [];
  open('b', (message) => strays.push(message));
  const sender = open('c');
  const arrived = new Promise((resolve) => open('c', resolve));
  sender.post('x');
  await arrived;
  expect(strays).toEqual([]);
});

test('says nothing on a closed channel, and throws nothing', () => {
  const channel = open('d');
  channel.close();
  channel.close();
  expect(() => channel.post('x')).not.toThrow();
});

test('hears nothing after it was closed, not even what was on its way', () => {
  let deliver: (event: MessageEvent) => void = () => undefined;
  class Late {
    set onmessage(listener: (event: MessageEvent) => void) {
      deliver = listener;
    }
    close() {}
  }
  globalThis.BroadcastChannel = Late as unknown as typeof BroadcastChannel;
  const heard: unknown[] = [];
  const channel = open('e', (message) => heard.push(message));
  deliver(new MessageEvent('message', { data: 1 }));
  channel.close();
  deliver(new MessageEvent('message', { data: 2 }));
  expect(heard).toEqual([1]);
});

test('is undefined where the browser has none', () => {
  Object.assign(globalThis, { BroadcastChannel: undefined });
  expect(openBroadcastChannel('f', () => undefined)).toBeUndefined();
});

test('is undefined where the browser refuses to open one', () => {
  globalThis.BroadcastChannel = class {
    constructor() {
      throw new DOMException('opaque origin', 'SecurityError');
    }
  } as unknown as typeof BroadcastChannel;
  expect(openBroadcastChannel('g', () => undefined)).toBeUndefined();
});
