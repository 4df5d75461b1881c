/** Making a passkey, for whoever is signed in and has proved it lately: the rule for `passkeys:write` says how lately. */
import type { Context } from 'hono';
import type { AuditLog } from '../audit/audit-log.js';
import { about } from '../audit/session-audit.js';
import type { Api } from '../http/api.js';
import { Problem } from '../http/problem.js';
import type { Passkeys } from '../people/passkeys.js';
import type { People } from '../people/people.js';
import {
  answeredChallenge,
  challengeGoodFor,
  registeredPasskey,
  registrationOptions,
  type Site,
} from '../people/webauthn.js';
import type { SessionStore } from '../sessions/store.js';
import { readBody } from '../wire/input.js';
import { readSigned } from '../wire/session-calls.js';

export interface PasskeyParts {
  readonly ports: {
    readonly store: Pick<SessionStore, 'keepChallenge' | 'takeChallenge'>;
    readonly audit: Pick<AuditLog, 'record'>;
    readonly people: Pick<People, 'find'>;
    readonly passkeys: Passkeys;
  };
  readonly siteOf: (c: Context) => Site;
}

export function addPasskeyCalls(api: Api, { ports, siteOf }: PasskeyParts): void {
  const { store, audit, people, passkeys } = ports;

  api.operation('POST', '/passkeys/options', 'passkeys:write', async ({ c, session, body }) => {
    readBody(body());
    const { username, subject } = session;
    const person = { username, subject, name: people.find(username)?.name ?? username };
    const options = await registrationOptions(siteOf(c), person, passkeys.of(username));
    await store.keepChallenge(session.id, 'registration', options.challenge, challengeGoodFor);
    return c.json(options);
  });

  api.operation('POST', '/passkeys', 'passkeys:write', async ({ c, session, body }) => {
    const response = readSigned(readBody(body())['response'], 'response');
    const challenge = answeredChallenge(response);
    const isOpen = challenge !== undefined && (await store.takeChallenge(session.id, 'registration', challenge));
    const passkey = isOpen ? await registeredPasskey(siteOf(c), challenge, response) : null;
    if (passkey === null || !passkeys.add(session.username, passkey)) throw new Problem(notRegistered);
    audit.record({ event: 'sensitive_create', level: 'INFO', ...about(session), detail: { passkey: passkey.id } });
    return c.json({ id: passkey.id }, 201);
  });
}

const notRegistered = {
  type: 'passkey-not-registered',
  status: 422,
  title: 'That is no answer to what was asked, or came too late. Begin again.',
} as const;
