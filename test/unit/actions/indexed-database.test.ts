import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it } from 'vitest';
import { indexedDatabase } from '../../../src/actions/indexed-database.js';

const NAME = 'cache';
const open: IDBDatabase[] = [];

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await asked(indexedDB.deleteDatabase(NAME));
});

describe('indexedDatabase', () => {
  it('empties all stores and leaves them standing', async () => {
    const database = await create();
    await run(indexedDatabase(NAME));
    expect(await count(database)).toBe(0);
    expect([...database.objectStoreNames]).toEqual(['drafts', 'lists']);
  });

  it('may run twice', async () => {
    await create();
    await run(indexedDatabase(NAME));
    await run(indexedDatabase(NAME));
  });

  it('does not create a database that does not exist', async () => {
    await run(indexedDatabase('nobody'));
    await run(indexedDatabase('nobody', { delete: true }));
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('nobody');
  });

  it('leaves a database without stores alone', async () => {
    const database = await asked(indexedDB.open(NAME, 1));
    database.close();
    await run(indexedDatabase(NAME));
    expect(await names()).toContain(NAME);
  });

  it('writes nothing once it has been called off', async () => {
    const database = await create();
    const called = new AbortController();
    called.abort(new Error('a later session has begun'));
    await expect(run(indexedDatabase(NAME), called.signal)).rejects.toThrow('a later session has begun');
    expect(await count(database)).toBe(2);
  });

  it.each([
    ['while it waits for the database', 1],
    ['in the middle of the transaction', 2],
  ])('leaves all as it was when it is called off %s', async (_when, listeners) => {
    const database = await create();
    const { signal, calledOff } = abortAtListener(listeners);
    await expect(run(indexedDatabase(NAME), signal)).rejects.toThrow('out of time');
    await calledOff;
    // A transaction of ours comes after any of the wiper's.
    expect(await count(database)).toBe(2);
  });

  it('deletes the database where it is asked to', async () => {
    const database = await create();
    database.onversionchange = () => database.close();
    await run(indexedDatabase(NAME, { delete: true }));
    expect(await names()).not.toContain(NAME);
  });

  it('fails, with the stores empty, where a tab keeps the database open, and deletes nothing when that tab closes it', async () => {
    const database = await create();
    await expect(run(indexedDatabase(NAME, { delete: true }))).rejects.toThrow('another tab keeps the database open');
    expect(await count(database)).toBe(0);
    database.close();
    // Opening waits for whatever was asked for before; the first is asked for before a deletion could be, the second after.
    (await asked(indexedDB.open(NAME))).close();
    const later = await asked(indexedDB.open(NAME));
    open.push(later);
    expect([later.version, ...later.objectStoreNames]).toEqual([1, 'drafts', 'lists']);
  });

  it('deletes in a second run what the first could not', async () => {
    const database = await create();
    await expect(run(indexedDatabase(NAME, { delete: true }))).rejects.toThrow();
    database.close();
    await run(indexedDatabase(NAME, { delete: true }));
    expect(await names()).not.toContain(NAME);
  });

  it('names the option that is wrong', () => {
    expect(() => indexedDatabase('')).toThrow(
      new TypeError('indexedDatabase: name is "": expected a text that is not empty'),
    );
    // @ts-expect-error a number is no name
    expect(() => indexedDatabase(7)).toThrow(TypeError);
    // @ts-expect-error a text is no boolean
    expect(() => indexedDatabase(NAME, { delete: 'yes' })).toThrow(
      'indexedDatabase: delete is "yes": expected true or false',
    );
  });
});

function run(wiper: ReturnType<typeof indexedDatabase>, signal = new AbortController().signal): Promise<void> {
  return (async () => wiper.wipe({ sessionId: 's1', signal }))();
}

/** A signal that aborts just after somebody has begun to listen to it for the nth time: each step of the wiper does. */
function abortAtListener(nth: number): { readonly signal: AbortSignal; readonly calledOff: Promise<void> } {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const calledOff = new Promise<void>((resolve) => {
    signal.addEventListener = (...listen: Parameters<AbortSignal['addEventListener']>) => {
      AbortSignal.prototype.addEventListener.apply(signal, listen);
      listeners += 1;
      if (listeners === nth) {
        queueMicrotask(() => {
          controller.abort(new Error('out of time'));
          resolve();
        });
      }
    };
  });
  return { signal, calledOff };
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Two stores with one entry each, and a connection that stays open, as an app's does. */
async function create(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of ['drafts', 'lists']) request.result.createObjectStore(store).put('secret', 'key');
  };
  const database = await asked(request);
  open.push(database);
  return database;
}

async function count(database: IDBDatabase): Promise<number> {
  const transaction = database.transaction(['drafts', 'lists']);
  const counts = ['drafts', 'lists'].map((store) => asked(transaction.objectStore(store).count()));
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

async function names(): Promise<(string | undefined)[]> {
  return (await indexedDB.databases()).map(({ name }) => name);
}
