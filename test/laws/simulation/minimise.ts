/** Shortens a failing history: leaves out what the violation does not need. */
import type { History, Step } from './history.js';
import type { Kind } from './oracle/kinds.js';
import { type RunOptions, run } from './run.js';

/** The shortest history found that still shows a violation of the kind. */
export async function minimise(history: History, kind: Kind, options: RunOptions): Promise<History> {
  const { trace: _, ...quiet } = options;
  const fails = async (one: History): Promise<boolean> =>
    (await run(one, quiet)).violations.some((violation) => violation.kind === kind);

  let best = history;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = best.steps.length - size; start > -size; start -= size) {
      const from = Math.max(0, start);
      const without = { ...best, steps: remove(best.steps, from, from + size) };
      if (await fails(without)) best = without;
    }
  }
  for (const simpler of simplifications(best)) {
    const candidate = { ...best, ...simpler };
    if (await fails(candidate)) best = candidate;
  }
  return best;
}

/** Leaves steps out, and keeps the time of those after. */
function remove(steps: readonly Step[], from: number, to: number): readonly Step[] {
  const gone = steps.slice(from, to).reduce((sum, { after }) => sum + after, 0);
  const rest = steps.slice(to);
  const [next, ...others] = rest;
  return [...steps.slice(0, from), ...(next ? [{ ...next, after: next.after + gone }, ...others] : [])];
}

function simplifications(history: History): readonly Partial<History>[] {
  return [
    { tabs: 1 },
    { tabs: 2 },
    { drift: 0, skew: 0 },
    { hasStreams: false },
    { conditions: {} },
    { network: {} },
    { conditions: { ...history.conditions, messageLoss: 0, messageRepeats: 0 } },
    { network: { ...history.network, requestLoss: 0, replyLoss: 0, requestRepeats: 0, streamLoss: 0 } },
  ];
}
