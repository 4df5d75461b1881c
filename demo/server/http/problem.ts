/** The answer "no", as RFC 9457 has it: the `type` decides, never the bare status. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Requirement } from '../policies/judge.js';
import { InvalidRules } from '../policies/rule-faults.js';
import { Refused } from '../sessions/admit.js';
import type { Refusal } from '../sessions/refusal.js';
import { InvalidInput } from '../wire/input.js';
import type { JsonObject } from '../wire/json.js';
import { endMembers } from '../wire/session-document.js';
import { toSeconds } from '../wire/units.js';

/** Names, not pages: `.example` belongs to nobody. */
const typeBase = 'https://nightlatch.example/problems/';

export interface ProblemContent {
  /** What `type` ends in. */
  readonly type: string;
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly members?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere in a request, answered in one place. */
export class Problem extends Error {
  override readonly name = 'Problem' as const;
  readonly content: ProblemContent;

  constructor(content: ProblemContent) {
    super(content.title);
    this.content = content;
  }
}

export const notFound: ProblemContent = { type: 'not-found', status: 404, title: 'There is nothing here.' };

const internalError: ProblemContent = { type: 'internal-error', status: 500, title: 'The server failed.' };

/** What an error says to the client; one that nobody foresaw says nothing. */
export function problemOf(error: unknown): ProblemContent {
  if (error instanceof Problem) return error.content;
  if (error instanceof Refused) return refusalProblem(error.refusal);
  if (error instanceof InvalidInput) {
    return { type: 'invalid-request', status: 400, title: error.message, members: { member: error.member } };
  }
  if (error instanceof InvalidRules) {
    const { member, message } = error.fault;
    return { type: 'invalid-request', status: 400, title: message, members: { member } };
  }
  return internalError;
}

export function problemResponse({ type, status, title, members, headers }: ProblemContent, now: number): Response {
  const body = { type: `${typeBase}${type}`, title, status, server_time: toSeconds(now), ...members };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  });
}

function refusalProblem(refusal: Refusal): ProblemContent {
  const { type } = refusal;
  switch (type) {
    case 'no-session':
      return { type, status: 401, title: 'Nobody is signed in.' };
    case 'session-unnamed':
      return {
        type: 'invalid-request',
        status: 400,
        title: 'The call must name its session in the header Session-Id.',
        members: { member: 'Session-Id' },
      };
    case 'session-mismatch':
      return {
        type,
        status: 409,
        title: 'The call names another session than the one it comes with.',
        members: { session_id: refusal.sessionId },
      };
    case 'session-ended':
      return { type, status: 401, title: 'The session is over.', members: endMembers(refusal.sessionId, refusal.end) };
    case 'session-rotated':
      return {
        type,
        status: 401,
        title: 'The session has a newer secret than the one presented.',
        members: { session_id: refusal.sessionId },
      };
    case 'session-locked':
      return {
        type,
        status: 401,
        title: 'The session is locked.',
        members: { session_id: refusal.sessionId, locked_at: toSeconds(refusal.lockedAt) },
      };
    case 'operation-denied':
      return {
        type,
        status: 403,
        title: 'This is not allowed to you, or not now.',
        members: { operation: refusal.operation },
      };
    case 'reauthentication-required':
      return reauthenticationRequired(refusal.operation, refusal.requirement);
  }
}

/** As RFC 9470 has it: what the authentication must be, in the header for any client, in the body for ours. */
function reauthenticationRequired(operation: string, { maxAge, acrValues }: Requirement): ProblemContent {
  const members = {
    ...(maxAge === null ? {} : { max_age: toSeconds(maxAge) }),
    ...(acrValues === null ? {} : { acr_values: acrValues }),
  };
  const parameters = Object.entries(members).map(([name, value]) => `, ${name}="${value}"`);
  return {
    type: 'reauthentication-required',
    status: 401,
    title: 'This needs a new proof of who you are.',
    members: { operation, ...members },
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_user_authentication"${parameters.join('')}` },
  };
}
