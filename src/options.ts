/** The options: what a caller may say, checked with clear errors, and what is so by default. */
import type { ReauthenticateOption } from './actions/ask-person.js';
import type { HoldLimits } from './actions/held-requests.js';
import { expected, range, requireDuration } from './checks.js';
import type { NightlatchEvent } from './events.js';
import { DEFAULT_POLICY } from './facts/default-policy.js';
import { clampPolicy, type Policy } from './facts/policy.js';
import { decodePolicy, encodePolicy } from './facts/policy-wire.js';
import type { Backend, CredentialSource, EvidenceSource, VerifyPolicy, Wiper } from './ports.js';

/**
 * A policy of the app's own, in milliseconds: it rules where there is no server, and until a server has spoken.
 *
 * Every member is optional but one of the two limits. Make durations with `seconds()`, `minutes()`, `hours()`.
 */
export type LocalPolicy = Partial<Omit<Policy, 'version'>>;

/** The options of `createNightlatch`. */
export interface NightlatchOptions {
  /**
   * The scope of channel, mirror and turns: instances of one name on one origin are one session, others do not hear
   * each other. Letters, digits, `.`, `_` and `-`, at most 64.
   */
  readonly name: string;
  /** The server that issues the policy and decides. Left out: the local policy alone. */
  readonly backend?: Backend;
  readonly policy?: LocalPolicy;
  /**
   * Takes the server's policy from a signed token alone: `verifyPolicyWith()` of `nightlatch/signed-policy`. What is not signed, or
   * does not verify, is `policy-rejected`, and the last good policy stays; a page that has none yet stays `pending`. With it, a
   * document in `initial` is ignored, since verifying takes a moment.
   */
  readonly verifyPolicy?: VerifyPolicy;
  /**
   * The session document, where the server has written it into the page: what `GET /session` would have answered as the
   * page was made, as an object; `null` or `undefined` if nobody is signed in.
   *
   * It is the first answer of the server: the page opens without asking. One that may be old is ignored, and the server
   * asked: above all where the page came from a cache, out of the history, or by a service worker. Send such pages with
   * `Cache-Control: no-store`. What cannot be read is reported (`message-rejected`, `policy-rejected`) and ignored.
   */
  readonly initial?: unknown;
  /**
   * How the app proves anew who the person is, for the same session: a dialog, a popup, a passkey. It resolves when the server has
   * been told, and rejects with an `AbortError` when the person cancels. It runs once, however many callers and tabs ask;
   * afterwards the server is asked, and what it says counts. `signal` aborts when nobody waits any more, or the session has ended.
   */
  readonly reauthenticate?: ReauthenticateOption;
  /**
   * How much `latch.fetch` holds while the person authenticates, in each tab: what is more is rejected with
   * `ERR_REQUEST_NOT_REPLAYED`, and what waits for longer, too. Default: 256 requests, 4 MiB of bodies, 5 minutes.
   */
  readonly holdRequests?: Partial<HoldLimits>;
  /**
   * The auth SDK that the app already has: `oidcClient()` of `nightlatch/auth/oidc-client-ts`, or your own. The latch renews its
   * credential, instead of the SDK itself: in time, but only while the person is there; by one tab for all; and never for a session
   * that is over, whatever comes late. To renew is no activity. A renewal that fails ends nothing, and is tried again. One that can
   * be renewed no more is a deadline: the person is warned, and the session ends with it, as `credential`.
   */
  readonly credential?: CredentialSource;
  /** What to clear when a session ends, and before the next one begins. */
  readonly wipe?: readonly (Wiper | readonly Wiper[])[];
  /** What else sees the person, where the page's own events do not: `frameMessages()`, `dictation()`, or your own. */
  readonly evidence?: readonly EvidenceSource[];
  /** Hears what happens; for audit and metrics. One that throws disturbs nothing. */
  readonly onEvent?: (event: NightlatchEvent) => void;
  /**
   * What answers an idle warning. Default `'choice'`: a button, Esc, `extend()` or `noteActivity()`, so that nobody
   * dismisses it by accident. `'activity'`: any act of the person.
   */
  readonly warningAnsweredBy?: 'choice' | 'activity';
}

/** The options as the parts take them. */
export interface Settings {
  readonly name: string;
  readonly backend: Backend | undefined;
  readonly policy: Policy | undefined;
  readonly verifyPolicy: VerifyPolicy | undefined;
  /** As it was given: a codec reads it. */
  readonly initial: unknown;
  readonly reauthenticate: ReauthenticateOption | undefined;
  readonly holdRequests: HoldLimits;
  readonly credential: CredentialSource | undefined;
  readonly wipers: readonly Wiper[];
  readonly evidence: readonly EvidenceSource[];
  readonly onEvent: ((event: NightlatchEvent) => void) | undefined;
  readonly anyActAnswers: boolean;
}

const METHODS: readonly (keyof Backend)[] = ['peek', 'touch', 'extend', 'lock', 'end'];

/** Checks the options. Throws a `TypeError` or `RangeError` that names the option, what was given and what is expected. */
export function readOptions(options: NightlatchOptions): Settings {
  if (typeof options !== 'object' || options === null) throw expected('options', options, 'an object');
  const {
    name,
    backend,
    policy,
    verifyPolicy,
    initial,
    reauthenticate,
    holdRequests,
    credential,
    wipe = [],
    evidence = [],
    onEvent,
    warningAnsweredBy = 'choice',
  } = options;
  if (typeof name !== 'string') throw expected('name', name, 'a string');
  if (!/^[\w.-]{1,64}$/.test(name)) throw range('name', name, '1 to 64 letters, digits, ".", "_" or "-"');
  if (backend !== undefined) requireBackend(backend);
  if (verifyPolicy !== undefined && typeof verifyPolicy !== 'function') {
    throw expected('verifyPolicy', verifyPolicy, 'a function');
  }
  if (reauthenticate !== undefined && typeof reauthenticate !== 'function') {
    throw expected('reauthenticate', reauthenticate, 'a function');
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') throw expected('onEvent', onEvent, 'a function');
  if (warningAnsweredBy !== 'choice' && warningAnsweredBy !== 'activity') {
    throw range('warningAnsweredBy', warningAnsweredBy, "'choice' or 'activity'");
  }
  if (backend === undefined && initial !== undefined && initial !== null) {
    throw new TypeError('initial is given without a backend: without one, there is no server whose word it could be');
  }
  if (backend === undefined && verifyPolicy !== undefined) {
    throw new TypeError('verifyPolicy is given without a backend: without one, there is no server that could sign');
  }
  if (backend === undefined && policy === undefined) {
    throw new TypeError('policy is missing: without a backend, the timeouts come from it');
  }
  return {
    name,
    backend,
    policy: policy === undefined ? undefined : readLocalPolicy(policy),
    verifyPolicy,
    initial,
    reauthenticate,
    holdRequests: readHoldLimits(holdRequests),
    credential: credential === undefined ? undefined : readCredentialSource(credential),
    wipers: readWipers(wipe),
    evidence: readEvidence(evidence),
    onEvent,
    anyActAnswers: warningAnsweredBy === 'activity',
  };
}

const HOLD_LIMITS: HoldLimits = { requests: 256, bytes: 4 * 1_024 * 1_024, age: 300_000 };

function readHoldLimits(given: NightlatchOptions['holdRequests'] = {}): HoldLimits {
  if (typeof given !== 'object' || given === null) throw expected('holdRequests', given, 'an object');
  const limits = { ...HOLD_LIMITS };
  for (const key of Object.keys(HOLD_LIMITS) as (keyof HoldLimits)[]) {
    const value = given[key];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0)) throw range(`holdRequests.${key}`, value, 'a number from 0 on');
    limits[key] = value;
  }
  return limits;
}

/** Reads a local policy, with the defaults filled in. */
export function readLocalPolicy(input: LocalPolicy): Policy {
  if (typeof input !== 'object' || input === null) throw expected('policy', input, 'an object');
  for (const key of Object.keys(input)) {
    if (!Object.hasOwn(DEFAULT_POLICY, key) || key === 'version')
      throw new TypeError(`policy.${key} is no member of a policy`);
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const policy: Policy = { ...DEFAULT_POLICY, ...given };
  for (const key of LIMITS) requireLimit(`policy.${key}`, policy[key]);
  for (const key of DURATIONS) requireDuration(`policy.${key}`, policy[key]);
  if (policy.idleTimeout === null && policy.absoluteTimeout === null) {
    throw new TypeError('policy.idleTimeout and policy.absoluteTimeout are both missing: nothing would ever end');
  }
  if (policy.onIdle !== 'end' && policy.onIdle !== 'lock')
    throw range('policy.onIdle', policy.onIdle, "'end' or 'lock'");
  if (policy.absoluteFrom !== 'session_start' && policy.absoluteFrom !== 'auth_time') {
    throw range('policy.absoluteFrom', policy.absoluteFrom, "'session_start' or 'auth_time'");
  }
  if (typeof policy.extendable !== 'boolean') throw expected('policy.extendable', policy.extendable, 'true or false');
  requireText('policy.defaultOperation', policy.defaultOperation);
  requireText('policy.source', policy.source);
  requireText('policy.justification', policy.justification);
  requireOperations(policy.operations);
  requireRoutes(policy.routes);
  return readBack(clampPolicy(wholeMilliseconds(policy)).policy);
}

/** A policy goes to other tabs in its wire form: what would not arrive is refused here. */
function readBack(policy: Policy): Policy {
  try {
    return decodePolicy(encodePolicy(policy)).policy;
  } catch (problem) {
    throw new RangeError(`policy is not accepted: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
}

const DURATIONS = ['warnBefore', 'warnBeforeAbsolute', 'touchEvery', 'pollEvery', 'holdMax'] as const;
const LIMITS = ['idleTimeout', 'absoluteTimeout', 'lockTimeout'] as const;
const OPERATION_LIMITS = ['idleTimeout', 'absoluteTimeout'] as const;

/** Parts of a millisecond would not survive the way to other tabs. */
function wholeMilliseconds(policy: Policy): Policy {
  const rounded = [...DURATIONS, ...LIMITS].map((key) => {
    const value = policy[key];
    return [key, value === null ? null : Math.max(value === 0 ? 0 : 1, Math.round(value))] as const;
  });
  return { ...policy, ...Object.fromEntries(rounded) };
}

function requireOperations(operations: unknown): void {
  if (typeof operations !== 'object' || operations === null || Array.isArray(operations)) {
    throw expected('policy.operations', operations, 'an object of rules by operation');
  }
  for (const [name, rule] of Object.entries(operations)) {
    const at = `policy.operations.${name}`;
    if (typeof rule !== 'object' || rule === null) throw expected(at, rule, 'a rule');
    if (typeof rule.allow !== 'boolean') throw expected(`${at}.allow`, rule.allow, 'true or false');
    if (rule.maxAge !== undefined) requireDuration(`${at}.maxAge`, rule.maxAge);
    for (const limit of OPERATION_LIMITS) {
      // `null` is for the session's own limits; a rule leaves out what it does not limit.
      if (rule[limit] !== undefined) requirePositive(`${at}.${limit}`, rule[limit]);
    }
    if (rule.acrValues !== undefined && typeof rule.acrValues !== 'string') {
      throw expected(`${at}.acrValues`, rule.acrValues, 'a string');
    }
  }
}

function requireRoutes(routes: unknown): void {
  if (!Array.isArray(routes)) throw expected('policy.routes', routes, 'a list of routes');
  for (const [index, route] of routes.entries()) {
    const at = `policy.routes[${index}]`;
    if (typeof route !== 'object' || route === null) throw expected(at, route, 'a route');
    for (const key of ['method', 'path', 'operation']) {
      if (typeof route[key] !== 'string') throw expected(`${at}.${key}`, route[key], 'a string');
    }
  }
}

function requireText(option: string, value: unknown): void {
  if (value !== null && typeof value !== 'string') throw expected(option, value, 'a string, or null for none');
}

function requireBackend(backend: Backend): void {
  if (typeof backend !== 'object' || backend === null) throw expected('backend', backend, 'a backend');
  for (const method of METHODS) {
    if (typeof backend[method] !== 'function') throw expected(`backend.${method}`, backend[method], 'a function');
  }
}

function readWipers(wipe: NonNullable<NightlatchOptions['wipe']>): readonly Wiper[] {
  if (!Array.isArray(wipe)) throw expected('wipe', wipe, 'a list of wipers');
  const wipers = wipe.flat() as readonly Wiper[];
  const names = new Set<string>();
  for (const [index, wiper] of wipers.entries()) {
    const at = `wipe[${index}]`;
    if (typeof wiper !== 'object' || wiper === null) throw expected(at, wiper, 'a wiper');
    if (typeof wiper.name !== 'string' || wiper.name === '') throw expected(`${at}.name`, wiper.name, 'a name');
    if (wiper.scope !== 'tab' && wiper.scope !== 'shared') throw range(`${at}.scope`, wiper.scope, "'tab' or 'shared'");
    if (typeof wiper.wipe !== 'function') throw expected(`${at}.wipe`, wiper.wipe, 'a function');
    const key = `${wiper.scope} ${wiper.name}`;
    if (names.has(key)) throw new TypeError(`${at}.name: two ${wiper.scope} wipers are called ${wiper.name}`);
    names.add(key);
  }
  return wipers;
}

function readCredentialSource(source: CredentialSource): CredentialSource {
  if (typeof source !== 'object' || source === null) throw expected('credential', source, 'a credential source');
  const { name, read, renew, attach, renewBefore } = source;
  if (typeof name !== 'string' || name === '') throw expected('credential.name', name, 'a name');
  if (typeof read !== 'function') throw expected('credential.read', read, 'a function');
  if (typeof renew !== 'function') throw expected('credential.renew', renew, 'a function');
  if (attach !== undefined && typeof attach !== 'function') throw expected('credential.attach', attach, 'a function');
  if (renewBefore !== undefined) requireDuration('credential.renewBefore', renewBefore);
  return source;
}

function readEvidence(evidence: NonNullable<NightlatchOptions['evidence']>): readonly EvidenceSource[] {
  if (!Array.isArray(evidence)) throw expected('evidence', evidence, 'a list of sources');
  for (const [index, source] of evidence.entries()) {
    const at = `evidence[${index}]`;
    if (typeof source !== 'object' || source === null) throw expected(at, source, 'a source');
    if (typeof source.name !== 'string' || source.name === '') throw expected(`${at}.name`, source.name, 'a name');
    if (typeof source.start !== 'function') throw expected(`${at}.start`, source.start, 'a function');
  }
  return [...evidence];
}

function requireLimit(option: string, value: unknown): void {
  if (value === null) return;
  requireDuration(option, value);
  if (value === 0) throw range(option, value, 'more than 0, or null for no limit');
}

function requirePositive(option: string, value: unknown): void {
  requireDuration(option, value);
  if (value === 0) throw range(option, value, 'more than 0; leave it out for no limit');
}
