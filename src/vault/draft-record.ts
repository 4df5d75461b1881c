/** A draft as it lies in storage: what stands there openly, what is sealed, and how both are read. */
import { type Sealed, seal, unseal } from './seal.js';

/** Which kind of key sealed a draft. */
export type DraftKeyKind = 'server' | 'device';

/** A key with the name by which a record says what sealed it. */
export interface NamedKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** The version of this format. */
const FORMAT = 1;

/** What anybody who reads the storage sees. Neither the person nor the form is named, only in the label that is the record's key. */
export interface DraftRecord extends Sealed {
  readonly format: typeof FORMAT;
  readonly kind: DraftKeyKind;
  readonly kid: string;
  readonly schema: number;
  /** Epoch milliseconds of server time. */
  readonly expiresAt: number;
}

/** What the record is about; each of it is bound to the sealed text. */
export interface DraftSubject {
  readonly vault: string;
  readonly subject: string;
  readonly form: string;
  /** The record's own name: a record that is put in another's place does not open there. */
  readonly id: string;
}

/** What is sealed. */
export interface DraftContent {
  /** Epoch milliseconds of server time. */
  readonly savedAt: number;
  /** Which version of the record it was written over, where the app says so. */
  readonly record?: string | number;
  readonly value: unknown;
  /** Where the person was. */
  readonly place?: unknown;
}

export async function sealDraft(
  about: DraftSubject,
  { kind, kid, key, schema, expiresAt }: NamedKey & Pick<DraftRecord, 'kind' | 'schema' | 'expiresAt'>,
  content: string,
): Promise<DraftRecord> {
  const open = { format: FORMAT, kind, kid, schema, expiresAt } as const;
  return { ...open, ...(await seal(key, words(about, open), content)) };
}

/** The content; `undefined` where it cannot be had with this key, or is none. */
export async function openDraft(
  about: DraftSubject,
  record: DraftRecord,
  key: CryptoKey,
): Promise<DraftContent | undefined> {
  const text = await unseal(key, words(about, record), record);
  return text === undefined ? undefined : readContent(text);
}

function words({ vault, subject, form, id }: DraftSubject, open: Omit<DraftRecord, keyof Sealed>): readonly string[] {
  const { format, kind, kid, schema, expiresAt } = open;
  return ['nightlatch draft', `${format}`, vault, subject, form, id, kind, kid, `${schema}`, `${expiresAt}`];
}

/** The text to be sealed; `value` is JSON already. */
export function writeContent(
  content: Omit<DraftContent, 'value' | 'record'> & { record: unknown },
  value: string,
): string {
  return `{"value":${value},${JSON.stringify(content).slice(1)}`;
}

function readContent(text: string): DraftContent | undefined {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return undefined;
    const { savedAt, record, value, place } = content as Readonly<Record<string, unknown>>;
    if (typeof savedAt !== 'number' || !Number.isFinite(savedAt)) return undefined;
    const isVersion = typeof record === 'string' || typeof record === 'number';
    return { savedAt, ...(isVersion ? { record } : {}), value, ...(place === undefined ? {} : { place }) };
  } catch {
    return undefined;
  }
}

const LONGEST_KID = 64;

/** Reads a record. Any script of the origin may have written it, so it is nothing until this has looked at it. */
export function readRecord(value: unknown): DraftRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, kind, kid, schema, expiresAt, iv, data } = value as Readonly<Record<string, unknown>>;
  if (format !== FORMAT || (kind !== 'server' && kind !== 'device')) return undefined;
  if (typeof kid !== 'string' || kid === '' || kid.length > LONGEST_KID) return undefined;
  if (typeof schema !== 'number' || !Number.isSafeInteger(schema)) return undefined;
  if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt)) return undefined;
  if (!isBytes(iv) || !isBytes(data)) return undefined;
  return { format, kind, kid, schema, expiresAt, iv, data };
}

const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';

const PREFIX = 'draft:';

/** The key of a record: whose draft of which form it is, as a label that tells neither, and its own name. */
export const recordKey = (label: string, id: string): string => `${PREFIX}${label}:${id}`;

/** The record's own name, where the key is one of this label's. */
export function idOf(key: string, label: string): string | undefined {
  const start = recordKey(label, '');
  return key.startsWith(start) ? key.slice(start.length) : undefined;
}

/** Whose draft of which form a record is: the same for two of one. */
export const labelIn = (key: string): string => key.slice(0, key.lastIndexOf(':'));

export const isRecordKey = (key: string): boolean => key.startsWith(PREFIX);
