/** An operation of the app, guarded: it begins with a fresh authentication, and is tried again when a challenge has been answered. */
import { readChallenge } from '../rules/challenge.js';
import type { Requirement } from '../rules/freshness.js';
import type { Freshness } from './ensure-fresh.js';
import type { Enter } from './entry.js';
import { refusalIn } from './refused.js';

/** Wraps an operation. */
export type Guard = <A extends readonly unknown[], R>(
  needed: string | Requirement,
  operation: (...given: A) => R,
) => (...given: A) => Promise<Awaited<R>>;

export interface GuardParts {
  readonly enter: Enter;
  readonly freshness: Freshness;
}

export function createGuard({ enter, freshness }: GuardParts): Guard {
  return <A extends readonly unknown[], R>(needed: string | Requirement, operation: (...given: A) => R) =>
    async (...given: A): Promise<Awaited<R>> => {
      const missing = freshness.missing(await enter('guard', undefined), needed, 0);
      if (missing) await freshness.ask(missing, undefined);
      for (let attempt = freshness.attempt(); ; ) {
        const outcome = await run(() => operation(...given));
        const challenge = await challengeIn(outcome.hasThrown ? outcome.thrown : outcome.returned);
        if (challenge) attempt = await freshness.answer(attempt, challenge, undefined);
        else if (outcome.hasThrown) throw outcome.thrown;
        else return outcome.returned;
      }
    };
}

type Outcome<T> =
  | { readonly hasThrown: false; readonly returned: T }
  | { readonly hasThrown: true; readonly thrown: unknown };

async function run<R>(operation: () => R): Promise<Outcome<Awaited<R>>> {
  try {
    return { hasThrown: false, returned: await operation() };
  } catch (thrown) {
    return { hasThrown: true, thrown };
  }
}

async function challengeIn(value: unknown): Promise<Requirement | undefined> {
  const refusal = await refusalIn(value);
  const challenge = refusal && readChallenge(refusal);
  return challenge?.asks === 'authentication' ? challenge.requirement : undefined;
}
