/** What the server keeps of one session. */
import type { Policy } from '../policies/policy.js';
import type { Trust } from '../policies/trust.js';
import type { Secret } from './secrets.js';

/** A value: each change makes a new one. All instants are the store's, in milliseconds since the epoch. */
export interface Session {
  /** The public handle: a hash, never the secret. The same from sign-in to the end. */
  readonly id: string;
  /** Greater than that of any session before it, issued by the store. */
  readonly order: number;
  /** Incremented by the store with each change. */
  readonly rev: number;
  readonly startedAt: number;
  readonly username: string;
  /** A pseudonym, stable for one person. */
  readonly subject: string;
  /** Who the person is by role, and how far they are trusted. */
  readonly trust: Trust;
  /** When the person last proved who they are. */
  readonly authenticatedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  /** The last activity that counted. */
  readonly lastActivityAt: number;
  /** The last activity of a person: what a hold may reach beyond. */
  readonly lastActAt: number;
  /** The longest that the last activity lay back as the server heard of the next one, since the person authenticated. */
  readonly longestPause: number;
  readonly lockedAt: number | null;
  readonly extensionsUsed: number;
  readonly policy: Policy;
  /** From the first to the one in force, which is the last. */
  readonly secrets: readonly [Secret, ...Secret[]];
  /** The number of the last event of this session's stream. */
  readonly lastEventId: number;
  /** What an app may want to show the person, for streams that missed it. */
  readonly notices: readonly Notice[];
  readonly end: SessionEnd | null;
}

/** What a new session is made of; the store adds order, times and numbers. */
export type SessionStart = Pick<Session, 'id' | 'username' | 'subject' | 'trust' | 'acr' | 'amr' | 'policy'> & {
  readonly secretHash: string;
};

/** CAEP's four. */
export type InitiatingEntity = 'admin' | 'user' | 'policy' | 'system';

/** Text for the person, by BCP 47 language tag, as in CAEP. */
export type ReasonForUser = Readonly<Record<string, string>>;

/** Why and when it was over. Once set it stays. */
export interface SessionEnd {
  /** `idle`, `absolute`, `credential`, `revoked`, `signed-out`, or a finer word that reads as `revoked`. */
  readonly reason: string;
  readonly at: number;
  readonly initiatingEntity: InitiatingEntity;
  readonly reasonForUser?: ReasonForUser;
}

/** An event beside the lease, by CAEP's name: something happened to the person's credential, role, risk or device. */
export interface Notice {
  readonly id: number;
  readonly event: 'credential-change' | 'risk-level-change' | 'device-compliance-change' | 'token-claims-change';
  readonly at: number;
  readonly initiatingEntity: InitiatingEntity;
  /** CAEP's own members of this event. */
  readonly members: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}
