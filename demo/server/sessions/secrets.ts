/** The secrets a session has had, and what each of them is still good for. */
import type { Session } from './session.js';

export interface Secret {
  /** SHA-256 of it. The secret itself is only ever in the browser's cookie. */
  readonly hash: string;
  readonly issuedAt: number;
  /** Somebody has come with it: its reply was not lost. */
  readonly presented: boolean;
  /** A secret superseded by periodic rotation stays good until this instant, or until its successor is presented. */
  readonly goodUntil: number | null;
}

export type Standing = 'current' | 'rotating' | 'superseded' | 'unknown';

/** What a secret is to a session that is settled: grace that has run out is gone. */
export function standingOf(session: Session, hash: string): Standing {
  const index = session.secrets.findIndex((secret) => secret.hash === hash);
  const secret = session.secrets[index];
  if (secret === undefined) return 'unknown';
  if (index === session.secrets.length - 1) return 'current';
  return secret.goodUntil === null ? 'superseded' : 'rotating';
}

/** Whether no successor of this secret was ever presented: the reply that carried it may have been lost. */
export function isSuccessorUnseen(session: Session, hash: string): boolean {
  const index = session.secrets.findIndex((secret) => secret.hash === hash);
  return index >= 0 && session.secrets.slice(index + 1).every((successor) => !successor.presented);
}

/** A request came with this secret. The first use of the one in force ends the grace of those before it. */
export function secretPresented(session: Session, hash: string): Session {
  const current = currentSecret(session);
  if (current.hash !== hash || current.presented) return session;
  return withSecrets(session, [...withoutGrace(session.secrets.slice(0, -1)), { ...current, presented: true }]);
}

/** A new secret is in force; the one before it stays good until `goodUntil`, or not at all. */
export function secretRotated(
  session: Session,
  next: { readonly hash: string; readonly issuedAt: number; readonly goodUntil: number | null },
): Session {
  const { hash, issuedAt, goodUntil } = next;
  return withSecrets(session, [
    ...withoutGrace(session.secrets.slice(0, -1)),
    { ...currentSecret(session), goodUntil },
    { hash, issuedAt, presented: false, goodUntil: null },
  ]);
}

/** When the grace of a superseded secret runs out, where one has any. */
export function graceEnd(session: Session): number | null {
  return session.secrets.at(-2)?.goodUntil ?? null;
}

/** Grace that has run out is taken away, so that the streams opened with that secret hear of it. */
export function graceSettled(session: Session, now: number): Session {
  const until = graceEnd(session);
  if (until === null || now < until) return session;
  return withSecrets(session, [...withoutGrace(session.secrets.slice(0, -1)), currentSecret(session)]);
}

export function currentSecret(session: Session): Secret {
  return session.secrets.at(-1) ?? session.secrets[0];
}

const withoutGrace = (secrets: readonly Secret[]): Secret[] =>
  secrets.map((secret) => (secret.goodUntil === null ? secret : { ...secret, goodUntil: null }));

function withSecrets(session: Session, [first, ...rest]: readonly Secret[]): Session {
  return first === undefined ? session : { ...session, secrets: [first, ...rest] };
}
