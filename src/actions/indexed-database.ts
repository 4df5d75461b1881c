/** The wiper for a database of IndexedDB. */
import type { Wiper } from '../ports.js';
import { goOn, readText, show } from './wiping.js';

/** How an IndexedDB database is cleared. */
export interface IndexedDatabaseOptions {
  /** Deletes the database once its stores are empty. Default: it stays, with its empty stores. */
  readonly delete?: boolean;
}

/**
 * Empties all stores of a database, in one transaction. A database that does not exist is not created.
 *
 * Deleting is for databases that the app creates anew by itself. It needs every tab to close its connection on
 * `versionchange`; while one does not, the wipe fails with the stores empty, and is tried again later. Throws a
 * `TypeError` for a name that is none.
 */
export function indexedDatabase(name: string, options: IndexedDatabaseOptions = {}): Wiper {
  const database = readText('indexedDatabase: name', name);
  if (options.delete !== undefined && typeof options.delete !== 'boolean') {
    throw new TypeError(`indexedDatabase: delete is ${show(options.delete)}: expected true or false`);
  }
  return {
    name: `indexedDB ${database}`,
    scope: 'shared',
    async wipe({ signal }) {
      const factory = globalThis.indexedDB;
      if (!factory) return;
      goOn(signal);
      const version = await clear(factory, database, signal);
      if (version === undefined || !options.delete) return;
      goOn(signal);
      await remove(factory, database, version, signal);
    },
  };
}

/** Empties the stores, and answers the version of the database; nothing where there is none. */
function clear(factory: IDBFactory, name: string, signal: AbortSignal): Promise<number | undefined> {
  return settle(signal, (done, failed) => {
    const request = factory.open(name);
    // There was no database, and aborting its creation leaves none.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = (event) => {
      // Handled here, so that it does not end as an error of the page.
      event.preventDefault();
      if (request.error?.name === 'AbortError') done(undefined);
      else failed(request.error);
    };
    request.onsuccess = () => {
      const database = request.result;
      // Whoever wants to delete or upgrade it need not wait for us.
      database.onversionchange = () => database.close();
      const stores = [...database.objectStoreNames];
      if (signal.aborted || stores.length === 0) {
        database.close();
        return done(database.version);
      }
      const transaction = database.transaction(stores, 'readwrite');
      const abort = (): void => transaction.abort();
      signal.addEventListener('abort', abort);
      const end = (): void => {
        signal.removeEventListener('abort', abort);
        database.close();
      };
      transaction.oncomplete = () => {
        end();
        done(database.version);
      };
      transaction.onabort = () => {
        end();
        failed(transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError'));
      };
      for (const store of stores) transaction.objectStore(store).clear();
    };
  });
}

/**
 * Deletes the database. A deletion cannot be called off and waits until the last connection has closed, which may be in
 * a later session. So an upgrade is asked for first, which can be: when it is granted, no other connection is open; then
 * it is given back, and the deletion is next.
 */
function remove(factory: IDBFactory, name: string, version: number, signal: AbortSignal): Promise<void> {
  return settle(signal, (done, failed) => {
    let blocked = false;
    const upgrade = factory.open(name, version + 1);
    upgrade.onblocked = () => {
      blocked = true;
      failed(new Error('another tab keeps the database open; its stores are empty'));
    };
    upgrade.onupgradeneeded = () => {
      upgrade.transaction?.abort();
      if (blocked || signal.aborted) return;
      const deletion = factory.deleteDatabase(name);
      deletion.onsuccess = () => done();
      deletion.onerror = () => failed(deletion.error);
    };
    // An older version than ours to come: another tab has upgraded in between, and its data is of a later time.
    upgrade.onerror = (event) => {
      event.preventDefault();
      if (upgrade.error?.name !== 'AbortError') failed(upgrade.error);
    };
    upgrade.onsuccess = () => upgrade.result.close();
  });
}

/** A promise that also settles when the signal aborts, whatever the database is waiting for. */
function settle<T>(
  signal: AbortSignal,
  run: (done: (value: T) => void, failed: (problem: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const finish =
      <V>(settled: (value: V) => void) =>
      (value: V): void => {
        signal.removeEventListener('abort', abort);
        settled(value);
      };
    run(finish(resolve), finish(reject));
  });
}
