/** One wiper's run: limited in time, called off when somebody else's session or sign-in has come, and with a result however it ends. */
import type { Memory, WipeResult, Wiper } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type Duration, elapsed } from '../time/instant.js';

/** How long one wiper may take. */
const WIPER_LIMIT: Duration = 10_000;

/** Runs a wiper of the app; it is called off as soon as it may run no longer, and after its time. */
export async function runWiper(
  wiper: Wiper,
  sessionId: string,
  mayRun: () => boolean,
  { clock, memory }: { readonly clock: Clock; readonly memory: Pick<Memory, 'watchDoor'> },
): Promise<WipeResult> {
  const began = clock.read();
  const result = (outcome: WipeResult['outcome'], problem?: unknown): WipeResult => ({
    name: wiper.name,
    scope: wiper.scope,
    outcome,
    ...(problem === undefined ? {} : { problem: problem instanceof Error ? problem.message : String(problem) }),
    took: elapsed(began, clock.read()),
  });
  if (!mayRun()) return result('overtaken');
  const limit = new AbortController();
  const stopWatching = memory.watchDoor(() => {
    if (!mayRun()) limit.abort();
  });
  let callOff = () => {};
  const timeout = new Promise<WipeResult>((resolve) => {
    callOff = clock.wait(WIPER_LIMIT, () => limit.abort());
    limit.signal.addEventListener('abort', () => resolve(result(mayRun() ? 'timed-out' : 'overtaken')), {
      once: true,
    });
  });
  const work = (async () => wiper.wipe({ sessionId, signal: limit.signal }))().then(
    () => result('wiped'),
    (problem: unknown) => result('failed', problem),
  );
  const outcome = await Promise.race([work, timeout]);
  callOff();
  stopWatching();
  return outcome;
}
