/** `nightlatch/vault`: what a person writes is not lost with their session, and is nobody else's to read. */
export type { Draft, DraftOffer } from './vault/draft.js';
export type { DraftKeyKind } from './vault/draft-record.js';
export type { DraftSource, DraftWritten } from './vault/draft-source.js';
export {
  createDraftVault,
  type DraftVault,
  type DraftVaultLatch,
  type DraftVaultOptions,
  type KeepOptions,
} from './vault/draft-vault.js';
export type { FieldValue } from './vault/fields.js';
export { type FormDraft, type FormEditor, type FormOptions, form } from './vault/form.js';
export { createHttpKeys, type HttpKeysOptions } from './vault/http-keys.js';
export type { LiveDrafts } from './vault/live-drafts.js';
export type { RichNode } from './vault/rich-text.js';
export type { KeyBytes, KeysReply, SealingKeys } from './vault/sealing-keys.js';
export type { VaultWorld } from './vault/vault-world.js';
