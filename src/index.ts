/** Nightlatch: idle detection and session-expiry UX that follows the server's policy in every tab. */
export type { ReauthenticateOption } from './actions/ask-person.js';
export { cacheStorage } from './actions/cache-storage.js';
export { type CookieOptions, cookies } from './actions/cookies.js';
export type { GuardedFetch } from './actions/guarded-fetch.js';
export type { HoldLimits } from './actions/held-requests.js';
export type { Hold } from './actions/hold.js';
export { type IndexedDatabaseOptions, indexedDatabase } from './actions/indexed-database.js';
export type { GuardedInit, PlainFetch } from './actions/outgoing.js';
export { type WebStorageOptions, webStorage } from './actions/web-storage.js';
export type { ReauthenticationListener, ReauthenticationView } from './asked.js';
export { isNightlatchError, NightlatchError, type NightlatchErrorCode } from './errors.js';
export type { Happening, NightlatchEvent } from './events.js';
export type { EndReason, Session } from './facts/facts.js';
export type { OperationRule, Policy, Route } from './facts/policy.js';
export type { Nightlatch } from './latch.js';
export { createGuardedFetch, createNightlatch } from './nightlatch.js';
export type { LocalPolicy, NightlatchOptions } from './options.js';
export type {
  ActivitySource,
  Backend,
  Channel,
  Credential,
  CredentialRenewal,
  CredentialSource,
  Evidence,
  EvidenceListener,
  EvidenceSource,
  LookReason,
  OpenChannel,
  PageNetwork,
  Presence,
  Reauthenticating,
  Refusal,
  Reply,
  SessionDocument,
  Store,
  StreamEnd,
  StreamEvent,
  Turns,
  VerifyPolicy,
  Viewing,
  WipeCall,
  WipeReceipt,
  WipeResult,
  Wiper,
  WipeScope,
  World,
} from './ports.js';
export type { Deadline, DeadlineCause } from './rules/deadlines.js';
export type { OperationView, Requirement } from './rules/freshness.js';
export type { ViewedHold } from './rules/standing.js';
export {
  type AbsentView,
  type ActiveView,
  type EndedView,
  type ExpiredView,
  isCovered,
  isOpen,
  type LockedView,
  type OpenMembers,
  type PendingView,
  type SessionView,
  type WarningView,
} from './rules/view.js';
export { createHttpBackend, type HttpBackendOptions } from './server/http-backend.js';
export type { Fetch } from './server/http-call.js';
export type { Arrival } from './time/arrival.js';
export type { Clock } from './time/clock.js';
export {
  type DeviceTime,
  type Duration,
  hours,
  minutes,
  type Reading,
  type ServerTime,
  seconds,
  serverTime,
} from './time/instant.js';
export { type DictationOptions, dictation } from './user/dictation.js';
export {
  type ActivityRelay,
  type ActivityRelayOptions,
  createActivityRelay,
  type FrameMessagesOptions,
  frameMessages,
} from './user/frame-messages.js';
