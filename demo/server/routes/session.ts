/** The calls about a session (docs/server-contract.md, 2), behind the door they are mounted at. */
import { type Context, Hono } from 'hono';
import { about } from '../audit/session-audit.js';
import { claimOf, type Door } from '../http/door.js';
import { hintsOf } from '../http/hints.js';
import { extensionRefused, proofProblem } from '../http/identity-problems.js';
import { jsonBody } from '../http/json-body.js';
import { Problem } from '../http/problem.js';
import { extended, extensionRefusal, touched } from '../sessions/activity.js';
import { admit, unchanged } from '../sessions/admit.js';
import { ended } from '../sessions/ended.js';
import { locked } from '../sessions/locked.js';
import { reauthenticate } from '../sessions/reauthenticate.js';
import { admissions } from '../sessions/refusal.js';
import { rotatedIfDue } from '../sessions/rotation.js';
import { createSecret } from '../sessions/secret.js';
import type { Session } from '../sessions/session.js';
import { type SignInPorts, signIn } from '../sessions/sign-in.js';
import type { SessionStreams } from '../streams/session-streams.js';
import { readBody } from '../wire/input.js';
import { readExtend, readReauthentication, readSignIn, readSignOutReason, readTouch } from '../wire/session-calls.js';
import { sessionDocument } from '../wire/session-document.js';

export interface SessionRoutesOptions {
  readonly ports: SignInPorts;
  readonly streams: Pick<SessionStreams, 'open'>;
  readonly door: Door;
  /** How often a busy session gets a new secret (milliseconds); null: only by re-authentication. */
  readonly rotateEvery: number | null;
}

export function sessionRoutes({ ports, streams, door, rotateEvery }: SessionRoutesOptions): Hono {
  const routes = new Hono();
  const { store, audit } = ports;

  routes.post('/', async (c) => {
    const { username, password } = readSignIn((await jsonBody(c))());
    const presentedSecretHash = door.cookie.secretHash(c);
    const answer = await signIn(ports, {
      username,
      password,
      roles: door.roles,
      presentedSecretHash,
      hints: hintsOf(c),
    });
    if (answer.outcome !== 'signed-in') throw new Problem(proofProblem(answer));
    door.cookie.send(c, answer.secret);
    return documentAnswer(c, answer.session, await store.now());
  });

  routes.get('/', async (c) => {
    const { session, now } = await admit(ports, claimOf(c, door), admissions.peek, unchanged);
    return documentAnswer(c, session, now);
  });

  routes.post('/touch', async (c) => {
    const body = await jsonBody(c);
    const admitted = await admit(ports, claimOf(c, door), admissions.act, (session, now) =>
      rotatedIfDue(touched(session, now, readTouch(body())), now, { every: rotateEvery, next: createSecret }),
    );
    if (admitted.result !== null) door.cookie.send(c, admitted.result);
    return documentAnswer(c, admitted.session, admitted.now);
  });

  routes.post('/extend', async (c) => {
    const body = await jsonBody(c);
    const admitted = await admit(ports, claimOf(c, door), admissions.act, (session, now) => {
      const seen = readExtend(body());
      const result = extensionRefusal(session, seen);
      return { session: result === null ? extended(session, now, seen) : session, result };
    });
    const { session, now, result: refusal } = admitted;
    if (refusal !== null) throw new Problem(extensionRefused(refusal));
    audit.record({ event: 'session_renewed', level: 'INFO', ...about(session), detail: { by: 'extension' } });
    return documentAnswer(c, session, now);
  });

  routes.post('/lock', async (c) => {
    const body = await jsonBody(c);
    const admitted = await admit(ports, claimOf(c, door), admissions.lock, (session, now) => {
      readBody(body());
      return { session: locked(session, now), result: null };
    });
    return documentAnswer(c, admitted.session, admitted.now);
  });

  routes.post('/reauthenticate', async (c) => {
    const body = await jsonBody(c);
    const answer = await reauthenticate(ports, claimOf(c, door), () => readReauthentication(body()));
    if (answer.outcome !== 'reauthenticated') throw new Problem(proofProblem(answer));
    door.cookie.send(c, answer.secret);
    return documentAnswer(c, answer.session, answer.now);
  });

  routes.delete('/', async (c) => {
    const reason = readSignOutReason(c.req.query('reason'));
    await admit(ports, claimOf(c, door), admissions.signOut, (session, at) => ({
      session: ended(session, { reason, at, initiatingEntity: 'user' }),
      result: null,
    }));
    // Sets and clears no cookie: a late answer would hit the next session's, and this secret is dead anyway.
    // No `Clear-Site-Data` either: every answer is `no-store`, so no cache holds anything of the session.
    return c.body(null, 204);
  });

  routes.get('/events', async (c) => {
    const { session, secretHash } = await admit(ports, claimOf(c, door), admissions.stream, unchanged);
    const body = await streams.open({ sessionId: session.id, secretHash, lastEventId: lastEventId(c) });
    return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  });

  return routes;
}

const documentAnswer = (c: Context, session: Session, now: number): Response => c.json(sessionDocument(session, now));

/** What is no number of ours counts as not said: the browser then gets what everybody gets. */
function lastEventId(c: Context): number | null {
  const said = c.req.header('Last-Event-ID');
  return said !== undefined && /^\d{1,15}$/.test(said) ? Number(said) : null;
}
