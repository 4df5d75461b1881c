/** Reads the session document (`docs/server-contract.md` section 1) from whatever a server sent. */
import { decodePolicy } from '../facts/policy-wire.js';
import type { SessionDocument } from '../ports.js';
import { duration, given, instant, type Members, members, optional, sessionId, text, whole } from './wire.js';

/**
 * The document, with instants in milliseconds. Throws a `WireProblem` that names the first bad member.
 *
 * Members we do not know are ignored. A policy that does not validate is left out, with the reason in `policyProblem`:
 * the last good policy stays, and the rest of the document still counts.
 */
export function readDocument(input: unknown): SessionDocument {
  const wire = members(input, 'the document');
  const session = members(wire['session'], 'session');
  return {
    serverTime: instant(wire['server_time'], 'server_time'),
    rev: whole(wire['rev'], 'rev'),
    session: {
      id: sessionId(session['id'], 'session.id'),
      order: whole(session['order'], 'session.order'),
      startedAt: instant(session['started_at'], 'session.started_at'),
      ...given({ subject: optional(session['subject'], 'session.subject', text) }),
    },
    authenticatedAt: instant(wire['auth_time'], 'auth_time'),
    ...given({
      acr: optional(wire['acr'], 'acr', text),
      lastActivityAt: optional(wire['last_activity'], 'last_activity', instant),
      idleExpiry: optional(wire['idle_expiry'], 'idle_expiry', instant),
      absoluteExpiry: optional(wire['session_expiry'], 'session_expiry', instant),
      lockedAt: optional(wire['locked_at'], 'locked_at', instant),
      extensionsLeft: optional(wire['extensions_left'], 'extensions_left', whole),
      longestPause: optional(wire['longest_pause'], 'longest_pause', duration) || undefined,
    }),
    ...readPolicy(wire),
  };
}

function readPolicy(wire: Members): Pick<SessionDocument, 'policy' | 'policyToken' | 'policyProblem' | 'clamped'> {
  const token = wire['policy_token'];
  if (typeof token === 'string')
    return { policyToken: token, policyProblem: 'the policy is signed, and the option verifyPolicy is missing' };
  if (wire['policy'] === undefined || wire['policy'] === null)
    return { policyProblem: 'the document carries no policy' };
  try {
    return decodePolicy(wire['policy']);
  } catch (problem) {
    return { policyProblem: problem instanceof Error ? problem.message : 'the policy cannot be read' };
  }
}
