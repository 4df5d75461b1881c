/** Administration on the wire. */
import type { Revocation } from '../administration/administration.js';
import { type Role, roles } from '../people/rights.js';
import { deviceTrusts, networkTrusts, type RiskLevel, riskLevels } from '../policies/context.js';
import { contextNow, riskScoreOf, type Signals } from '../policies/trust.js';
import { absoluteExpiry, idleExpiry } from '../sessions/limits.js';
import type { ReasonForUser, Session } from '../sessions/session.js';
import { finite, InvalidInput, oneOf, optional, type Reader, readBody, rejectUnknownMembers, text } from './input.js';
import type { JsonObject } from './json.js';
import { toSeconds, toSecondsOrNull } from './units.js';

/** A row of the list of live sessions. The id is a hash: it opens nothing. */
export function sessionRow(
  session: Session,
  seen: { readonly streams: number; readonly current: boolean },
): JsonObject {
  const context = contextNow(session.trust);
  return {
    id: session.id,
    username: session.username,
    role: context.role,
    started_at: toSeconds(session.startedAt),
    auth_time: toSeconds(session.authenticatedAt),
    last_activity: toSeconds(session.lastActivityAt),
    idle_expiry: toSecondsOrNull(idleExpiry(session)),
    session_expiry: toSecondsOrNull(absoluteExpiry(session)),
    locked_at: toSecondsOrNull(session.lockedAt),
    risk: context.risk,
    risk_score: riskScoreOf(session.trust),
    device: context.device,
    network: context.network,
    changed: context.changed,
    policy_version: session.policy.version,
    streams: seen.streams,
    current: seen.current,
  };
}

export function readRevocation(value: unknown): Revocation {
  const body = readBody(value);
  rejectUnknownMembers(body, ['reason', 'reason_user']);
  const reason = optional(reasonWord)(body['reason'], 'reason') ?? 'revoked';
  const reasonForUser = optional(textByLanguage)(body['reason_user'], 'reason_user');
  return reasonForUser === undefined ? { reason } : { reason, reasonForUser };
}

export function readRisk(value: unknown): RiskLevel {
  return oneOf(...riskLevels)(readBody(value)['level'], 'level');
}

/** What a risk engine or a device management says; at least one thing. */
export function readSignals(value: unknown): Partial<Signals> {
  const body = readBody(value);
  rejectUnknownMembers(body, ['risk_score', 'device', 'network']);
  if (Object.keys(body).length === 0) throw new InvalidInput(null, 'The body says nothing.');
  const riskScore = optional(score)(body['risk_score'], 'risk_score');
  const device = optional(oneOf(...deviceTrusts))(body['device'], 'device');
  const network = optional(oneOf(...networkTrusts))(body['network'], 'network');
  return {
    ...(riskScore === undefined ? {} : { riskScore }),
    ...(device === undefined ? {} : { device }),
    ...(network === undefined ? {} : { network }),
  };
}

const score: Reader<number> = (value, member) => {
  const number = finite(value, member);
  if (number < 0 || number > 100) throw new InvalidInput(member, `${member} must be 0 to 100.`);
  return number;
};

export function readRole(value: unknown): Role {
  return oneOf(...roles)(readBody(value)['role'], 'role');
}

export function readNewPassword(value: unknown): string {
  return text({ least: 8 })(readBody(value)['password'], 'password');
}

const reasonWord: Reader<string> = (value, member) => {
  const word = text({ most: 64 })(value, member);
  if (!/^[a-z]+(-[a-z]+)*$/.test(word)) {
    throw new InvalidInput(member, `${member} must be a word like "signed-in-elsewhere".`);
  }
  return word;
};

const textByLanguage: Reader<ReasonForUser> = (value, member) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput(member, `${member} must be an object of texts by language tag.`);
  }
  return Object.fromEntries(Object.entries(value).map(([tag, said]) => [tag, text()(said, `${member}.${tag}`)]));
};
