/** The calls about a session (docs/server-contract.md, 2), at one of the doors. */
import type { Context } from 'hono';
import { about } from '../audit/session-audit.js';
import type { Api } from '../http/api.js';
import type { Door } from '../http/door.js';
import { hintsOf } from '../http/hints.js';
import { extensionRefused, proofProblem } from '../http/identity-problems.js';
import { Problem } from '../http/problem.js';
import { challengeGoodFor, proofOptions, type Site } from '../people/webauthn.js';
import { extended, extensionRefusal, touched } from '../sessions/activity.js';
import { unchanged } from '../sessions/admit.js';
import { ended } from '../sessions/ended.js';
import { locked } from '../sessions/locked.js';
import { type ReauthenticationPorts, reauthenticate } from '../sessions/reauthenticate.js';
import { rotatedIfDue } from '../sessions/rotation.js';
import { createSecret } from '../sessions/secret.js';
import type { Session } from '../sessions/session.js';
import { type SignInPorts, signIn } from '../sessions/sign-in.js';
import type { SessionStreams } from '../streams/session-streams.js';
import { readBody } from '../wire/input.js';
import { readExtend, readReauthentication, readSignIn, readSignOutReason, readTouch } from '../wire/session-calls.js';
import type { DocumentOf } from '../wire/session-document.js';

export interface SessionParts {
  readonly ports: SignInPorts & ReauthenticationPorts;
  /** The site as this request's browser sees it. */
  readonly siteOf: (c: Context) => Site;
  readonly streams: Pick<SessionStreams, 'open'>;
  readonly door: Door;
  readonly documentOf: DocumentOf;
  /** How often a busy session gets a new secret (milliseconds); null: only by re-authentication. */
  readonly rotateEvery: number | null;
}

export function addSessionCalls(
  api: Api,
  { ports, streams, door, documentOf, rotateEvery, siteOf }: SessionParts,
): void {
  const { store, audit } = ports;
  const documentAnswer = (c: Context, session: Session, now: number): Response => c.json(documentOf(session, now));

  api.open('POST', '/', 'sign-in', async (c, body) => {
    const { username, password } = readSignIn(body());
    const presentedSecretHash = door.cookie.secretHash(c);
    const request = { username, password, roles: door.roles, presentedSecretHash, hints: hintsOf(c) };
    const answer = await signIn(ports, request);
    if (answer.outcome !== 'signed-in') throw new Problem(proofProblem(answer));
    door.cookie.send(c, answer.secret);
    return documentAnswer(c, answer.session, await store.now());
  });

  api.aboutSession('GET', '/', 'peek', async ({ c, admit }) => {
    const { session, now } = await admit(unchanged);
    return documentAnswer(c, session, now);
  });

  api.aboutSession('POST', '/touch', 'touch', async ({ c, body, admit }) => {
    const { session, now, result } = await admit((current, at) =>
      rotatedIfDue(touched(current, at, readTouch(body())), at, { every: rotateEvery, next: createSecret }),
    );
    if (result !== null) door.cookie.send(c, result);
    return documentAnswer(c, session, now);
  });

  api.aboutSession('POST', '/extend', 'extend', async ({ c, body, admit }) => {
    const { session, now, result } = await admit((current, at) => {
      const seen = readExtend(body());
      const refusal = extensionRefusal(current, seen);
      return { session: refusal === null ? extended(current, at, seen) : current, result: refusal };
    });
    if (result !== null) throw new Problem(extensionRefused(result));
    audit.record({ event: 'session_renewed', level: 'INFO', ...about(session), detail: { by: 'extension' } });
    return documentAnswer(c, session, now);
  });

  api.aboutSession('POST', '/lock', 'lock', async ({ c, body, admit }) => {
    const { session, now } = await admit((current, at) => {
      readBody(body());
      return { session: locked(current, at), result: null };
    });
    return documentAnswer(c, session, now);
  });

  api.aboutSession('POST', '/reauthenticate', 'reauthenticate', async ({ c, body, claim }) => {
    const answer = await reauthenticate(ports, claim, () => ({ ...readReauthentication(body()), site: siteOf(c) }));
    if (answer.outcome !== 'reauthenticated') throw new Problem(proofProblem(answer));
    door.cookie.send(c, answer.secret);
    return documentAnswer(c, answer.session, answer.now);
  });

  api.aboutSession('POST', '/passkey/options', 'passkeyOptions', async ({ c, admit }) => {
    const { session } = await admit(unchanged);
    const known = ports.passkeys.of(session.username);
    // No failure: most people have none, and a browser writes every 4xx into the page's console.
    if (known.length === 0) return c.body(null, 204);
    const options = await proofOptions(siteOf(c), known);
    await store.keepChallenge(session.id, 'proof', options.challenge, challengeGoodFor);
    return c.json(options);
  });

  api.aboutSession('DELETE', '/', 'signOut', async ({ c, admit }) => {
    const reason = readSignOutReason(c.req.query('reason'));
    await admit((session, at) => ({
      session: ended(session, { reason, at, initiatingEntity: 'user' }),
      result: null,
    }));
    // Sets and clears no cookie: a late answer would hit the next session's, and this secret is dead anyway.
    // No `Clear-Site-Data` either: every answer is `no-store`, so no cache holds anything of the session.
    return c.body(null, 204);
  });

  api.aboutSession('GET', '/events', 'stream', async ({ c, admit }) => {
    const { session, secretHash } = await admit(unchanged);
    const body = await streams.open({ sessionId: session.id, secretHash, lastEventId: lastEventId(c) });
    return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  });
}

/** What is no number of ours counts as not said: the browser then gets what everybody gets. */
function lastEventId(c: Context): number | null {
  const said = c.req.header('Last-Event-ID');
  return said !== undefined && /^\d{1,15}$/.test(said) ? Number(said) : null;
}
