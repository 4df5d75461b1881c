/** Periodic rotation: a secret that has been in use for long is replaced while the person works. */
import { seconds } from '../time/durations.js';
import { renewed } from './renewed.js';
import type { FreshSecret } from './secret.js';
import { currentSecret } from './secrets.js';
import type { Session } from './session.js';
import type { Changed } from './store.js';

/** How long the old secret stays good if the new one is not presented (docs/server-contract.md, 2). */
const rotationGrace = seconds(60);

/** The result is the secret to send, or null where none is due. `every` is null where secrets do not rotate by time. */
export function rotatedIfDue(
  session: Session,
  now: number,
  { every, next }: { readonly every: number | null; readonly next: () => FreshSecret },
): Changed<string | null> {
  if (every === null || now < currentSecret(session).issuedAt + every) return { session, result: null };
  const { secret, hash } = next();
  return { session: renewed(session, now, { hash, grace: rotationGrace }), result: secret };
}
