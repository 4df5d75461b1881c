/** One call to the server that is to prove who somebody is, and what its answer means. */
import type { Session } from '../facts/facts.js';
import type { Clock } from '../time/clock.js';
import { type Duration, seconds } from '../time/instant.js';
import type { ProofReply } from '../ways.js';

/** As much of `fetch` as is needed; an app passes its own to add a bearer token or a header against forgery. */
export type ProofFetch = (input: string, init: RequestInit) => Promise<Response>;

export interface ProofCall {
  readonly url: string;
  readonly fetch: ProofFetch;
  readonly clock: Clock;
}

/** A server looks at a password for long on purpose; one that has not answered by then will not. */
const PATIENCE: Duration = seconds(20);

/**
 * Sends what proves it. Called off by nobody but the clock: the answer brings the session's new secret, and must arrive
 * whatever becomes of the question.
 */
export async function proofReply(call: ProofCall, session: Session, body: object): Promise<ProofReply> {
  const response = await post(call, session, body);
  return response ? readProofReply(response) : { type: 'unreachable' };
}

/** The server's answer, or nothing where it is silent. */
export async function post(
  { url, fetch, clock }: ProofCall,
  session: Session,
  body: object,
): Promise<Response | undefined> {
  const patience = new AbortController();
  const callOff = clock.wait(PATIENCE, () => patience.abort());
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'Session-Id': session.id,
      },
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'manual',
      signal: patience.signal,
    });
  } catch {
    return undefined;
  } finally {
    callOff();
  }
}

/** What the answer says (`docs/server-contract.md`, sections 3 and 5). Never rejects. */
export async function readProofReply(response: Response): Promise<ProofReply> {
  if (response.ok && !response.redirected) {
    // Nobody reads it: what counts is what the server says when it is asked for the session.
    void response.body?.cancel().catch(() => undefined);
    return { type: 'accepted' };
  }
  const said = await members(response);
  switch (typeof said['type'] === 'string' ? said['type'].split(/[/:#]/).at(-1) : undefined) {
    case 'authentication-failed':
      return { type: 'wrong', ...attemptsLeft(said['attempts_left']), ...retryAfter(said['retry_after']) };
    case 'no-session':
    case 'session-ended':
    case 'session-mismatch':
    case 'session-rotated':
      return { type: 'settled' };
  }
  if (response.status !== 429) return { type: 'unreachable' };
  return { type: 'too-many', ...retryAfter(Number(response.headers.get('Retry-After') ?? said['retry_after'])) };
}

async function members(response: Response): Promise<{ readonly [name: string]: unknown }> {
  try {
    const said: unknown = await response.json();
    return typeof said === 'object' && said !== null ? { ...said } : {};
  } catch {
    return {};
  }
}

function attemptsLeft(value: unknown): { attemptsLeft?: number } {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? { attemptsLeft: Number(value) } : {};
}

/** No server keeps people out for longer than a day by this; what says so is broken, and is not shown as if it were true. */
const LONGEST_WAIT_SECONDS = 86_400;

function retryAfter(value: unknown): { retryAfter?: Duration } {
  const isPlausible = typeof value === 'number' && value > 0 && value <= LONGEST_WAIT_SECONDS;
  return isPlausible ? { retryAfter: seconds(value) } : {};
}
