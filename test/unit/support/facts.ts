/** Facts, standings and readings for tests of rules: a session that began at noon, and what a test changes of it. */
import type { Facts, Lease, Session } from '../../../src/facts/facts.js';
import type { Policy } from '../../../src/facts/policy.js';
import type { SessionDocument } from '../../../src/ports.js';
import { NEWCOMER, type Standing } from '../../../src/rules/standing.js';
import { DEFAULT_POLICY } from '../../../src/testing/fake-server.js';
import {
  type Duration,
  hours,
  minutes,
  plus,
  type Reading,
  type ServerTime,
  serverTime,
} from '../../../src/time/instant.js';

/** 2026-11-21T12:00Z, where the manual clock starts. */
export const NOON: ServerTime = serverTime(1_795_262_400_000);

/** An instant after (or, negative, before) noon. */
export const past = (duration: Duration): ServerTime => plus(NOON, duration);

export const SESSION: Session = { id: 's1', order: 1_000, startedAt: NOON, subject: 'ana' };
export const LATER_SESSION: Session = { id: 's2', order: 2_000, startedAt: past(minutes(1)), subject: 'ben' };

/** Fifteen minutes of idleness, two of warning; eight hours in all, ten minutes of warning. */
export const POLICY: Policy = {
  ...DEFAULT_POLICY,
  idleTimeout: minutes(15),
  absoluteTimeout: hours(8),
};

export const LEASE: Lease = {
  rev: 10,
  lastActivityAt: NOON,
  idleExpiry: past(minutes(15)),
  absoluteExpiry: past(hours(8)),
};

/** A session as the server's first word made it known. */
export const OPEN: Facts = {
  session: SESSION,
  lastActivityAt: NOON,
  authenticatedAt: NOON,
  acr: 'pwd',
  lease: LEASE,
  policy: POLICY,
};

/** The same without a server. */
export const LOCAL: Facts = { session: SESSION, lastActivityAt: NOON, authenticatedAt: NOON, policy: POLICY };

/** A tab that shows the session. */
export const SHOWING: Standing = { ...NEWCOMER, shown: SESSION, opened: SESSION.id };

/** A certain reading of `duration` after noon, or an uncertain one between two. */
export function reading(duration: Duration, upTo: Duration = duration): Reading {
  return { now: past((duration + upTo) / 2), earliest: past(duration), latest: past(upTo) };
}

/** The facts without some of their members. */
export function without(facts: Facts, ...names: (keyof Facts)[]): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name as keyof Facts)));
}

/** The document in which a server says what `OPEN` says, `at` after noon. */
export function documentAt(at: Duration, change: Partial<SessionDocument> = {}): SessionDocument {
  return {
    serverTime: past(at),
    session: SESSION,
    rev: 11,
    authenticatedAt: NOON,
    acr: 'pwd',
    lastActivityAt: NOON,
    idleExpiry: past(minutes(15)),
    absoluteExpiry: past(hours(8)),
    policy: POLICY,
    ...change,
  };
}
