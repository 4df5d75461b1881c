import { describe, expect, test } from 'vitest';
import { createTurns } from '../../../src/tabs/turn.ts';

type Locks = Pick<LockManager, 'request'>;

/** Web Locks as browsers have them (https://w3c.github.io/web-locks/), for one mode and without queries. */
function createLocks(): Locks {
  interface Holder {
    readonly steal: () => void;
  }
  const holders = new Map<string, Holder>();
  const queues = new Map<string, (() => void)[]>();
  const isHeld = (name: string) => holders.has(name);

  function request(name: string, options: LockOptions, granted: (lock: Lock) => unknown): Promise<unknown> {
    const { steal = false, signal } = options;
    return new Promise((resolve, reject) => {
      if (steal && signal) return reject(new DOMException('steal with signal', 'NotSupportedError'));
      if (signal?.aborted) return reject(signal.reason);
      const grant = () => {
        const me: Holder = { steal: () => reject(new DOMException('stolen', 'AbortError')) };
        holders.set(name, me);
        void Promise.resolve()
          .then(() => granted({ name, mode: 'exclusive' }))
          .then(resolve, reject)
          .finally(() => {
            if (holders.get(name) !== me) return;
            holders.delete(name);
            queues.get(name)?.shift()?.();
          });
      };
      if (steal) {
        holders.get(name)?.steal();
        return grant();
      }
      if (!isHeld(name)) return grant();
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      queue.push(grant);
      signal?.addEventListener('abort', () => {
        const place = queue.indexOf(grant);
        if (place < 0) return;
        queue.splice(place, 1);
        reject(signal.reason);
      });
    });
  }
  return { request: request as Locks['request'] };
}

/** A piece of work that lasts until it is told to end. */
function createJob() {
  let end: () => void = () => undefined;
  const log: string[] = [];
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = (lost: AbortSignal) => {
    log.push('granted');
    lost.addEventListener('abort', () => log.push('lost'));
    return over;
  };
  return { run, end, log };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => new AbortController().signal;

/** Whether a promise has settled by now, and how. */
async function state(promise: Promise<void>): Promise<'pending' | 'resolved' | 'rejected'> {
  let is: 'pending' | 'resolved' | 'rejected' = 'pending';
  promise.then(
    () => (is = 'resolved'),
    () => (is = 'rejected'),
  );
  await settle();
  return is;
}

describe('with Web Locks, a turn', () => {
  test('is granted to one tab after the other', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    const one = turns.queue('a', { signal: never() }, first.run);
    const two = turns.queue('a', { signal: never() }, second.run);
    await settle();
    expect([first.log, second.log]).toEqual([['granted'], []]);
    expect(await state(one)).toBe('pending');
    first.end();
    await one;
    await settle();
    expect(second.log).toEqual(['granted']);
    second.end();
    await two;
  });

  test('of one name does not wait for another', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    void turns.queue('a', { signal: never() }, first.run);
    void turns.queue('b', { signal: never() }, second.run);
    await settle();
    expect(second.log).toEqual(['granted']);
  });

  test('is no longer waited for once the signal aborts', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    void turns.queue('a', { signal: never() }, first.run);
    const waiting = new AbortController();
    const left = turns.queue('a', { signal: waiting.signal }, second.run);
    await settle();
    waiting.abort();
    expect(await state(left)).toBe('resolved');
    first.end();
    await settle();
    expect(second.log).toEqual([]);
  });

  test('is not queued for with a signal that has aborted', async () => {
    const job = createJob();
    for (const steal of [false, true]) {
      await createTurns(createLocks()).queue('a', { signal: AbortSignal.abort(), steal }, job.run);
    }
    expect(job.log).toEqual([]);
  });

  test('that was granted goes on though the signal of the queue aborts', async () => {
    const turns = createTurns(createLocks());
    const job = createJob();
    const waiting = new AbortController();
    const held = turns.queue('a', { signal: waiting.signal }, job.run);
    await settle();
    waiting.abort();
    expect(await state(held)).toBe('pending');
    expect(job.log).toEqual(['granted']);
    job.end();
    expect(await state(held)).toBe('resolved');
  });

  test('can be taken away, and its holder is told', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    const one = turns.queue('a', { signal: never() }, first.run);
    await settle();
    void turns.queue('a', { signal: never(), steal: true }, second.run);
    await settle();
    expect([first.log, second.log]).toEqual([['granted', 'lost'], ['granted']]);
    expect(await state(one)).toBe('pending');
    first.end();
    expect(await state(one)).toBe('resolved');
  });

  test('can be taken from a holder whose queueing signal has aborted since', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    const waiting = new AbortController();
    void turns.queue('a', { signal: waiting.signal }, first.run);
    await settle();
    waiting.abort();
    void turns.queue('a', { signal: never(), steal: true }, second.run);
    await settle();
    expect(first.log).toEqual(['granted', 'lost']);
  });

  test('that was stolen can be stolen again', async () => {
    const turns = createTurns(createLocks());
    const [first, second] = [createJob(), createJob()];
    void turns.queue('a', { signal: never(), steal: true }, first.run);
    await settle();
    void turns.queue('a', { signal: never(), steal: true }, second.run);
    await settle();
    expect(first.log).toEqual(['granted', 'lost']);
  });

  test.each<[how: string, job: () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('a mistake'))],
    [
      'throws',
      () => {
        throw new Error('a mistake');
      },
    ],
  ])('ends when its work %s, and the next comes', async (_, failing) => {
    const turns = createTurns(createLocks());
    const next = createJob();
    const failed = turns.queue('a', { signal: never() }, failing);
    void turns.queue('a', { signal: never() }, next.run);
    expect(await state(failed)).toBe('resolved');
    expect(next.log).toEqual(['granted']);
  });

  test('leaves no listener on a signal that lives on', async () => {
    const turns = createTurns(createLocks());
    let left = 0;
    const signal = never();
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
      if (options?.signal) left += 1;
      options?.signal?.addEventListener('abort', () => {
        left -= 1;
      });
      add(type, listener, options);
    };
    const job = createJob();
    job.end();
    await turns.queue('a', { signal }, job.run);
    expect(left).toBe(0);
  });
});

describe('a turn is granted at once', () => {
  test.each<[where: string, locks: Locks | undefined]>([
    ['there are no Web Locks', undefined],
    [
      'they throw',
      {
        request: () => {
          throw new DOMException('partitioned', 'SecurityError');
        },
      },
    ],
    ['they refuse', { request: () => Promise.reject(new DOMException('not active', 'InvalidStateError')) }],
  ])('where %s', async (_, locks) => {
    const job = createJob();
    const turn = createTurns(locks).queue('a', { signal: never() }, job.run);
    await settle();
    expect(job.log).toEqual(['granted']);
    expect(await state(turn)).toBe('pending');
    job.end();
    expect(await state(turn)).toBe('resolved');
  });

  test('without Web Locks never to a signal that has aborted', async () => {
    const job = createJob();
    await createTurns(undefined).queue('a', { signal: AbortSignal.abort() }, job.run);
    expect(job.log).toEqual([]);
  });
});

test('a request that hangs, and does not even listen, is left by aborting', async () => {
  let grantLate: () => unknown = () => undefined;
  const hanging = {
    request: (_name: string, _options: LockOptions, granted: () => unknown) => {
      grantLate = granted;
      return new Promise(() => undefined);
    },
  } as unknown as Locks;
  const job = createJob();
  const waiting = new AbortController();
  const turn = createTurns(hanging).queue('a', { signal: waiting.signal }, job.run);
  expect(await state(turn)).toBe('pending');
  waiting.abort();
  expect(await state(turn)).toBe('resolved');
  grantLate();
  expect(job.log).toEqual([]);
});
