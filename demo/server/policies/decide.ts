/** The policy engine: rules, session, person, operation, circumstances and time in, a decision out. Nothing else counts. */
import { type Circumstances, followed } from '../sessions/followed.js';
import type { Session } from '../sessions/session.js';
import { settled } from '../sessions/settled.js';
import { trustChanged } from '../sessions/trust-changed.js';
import { type Decision, judge } from './judge.js';
import { type Hints, presented } from './trust.js';

export interface Question extends Circumstances {
  readonly session: Session;
  readonly operation: string;
  /** Where the request comes from; left out, from where the person authenticated. */
  readonly hints?: Hints;
  readonly now: number;
}

/** Requests take these steps one by one, for each changes the session. */
export function decide({ session, operation, hints, now, ...circumstances }: Question): Decision {
  const current = followed(settled(session, now), now, circumstances);
  const trust = hints === undefined ? current.trust : presented(current.trust, hints);
  const heard = trustChanged(current, trust, { now, initiatingEntity: 'system' });
  return judge(followed(heard, now, circumstances), operation, now);
}
