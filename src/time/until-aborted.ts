/** Waiting for a piece of work no longer than a signal lets one. */

/**
 * The promise, or the signal's reason if that comes first: whoever works may not listen to it, and what is under way for others
 * goes on.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    const over = new AbortController();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: over.signal });
    work.then(
      (done) => {
        over.abort();
        resolve(done);
      },
      (problem: unknown) => {
        over.abort();
        reject(problem);
      },
    );
  });
}
