/** The server's own record of what happened to sessions, in OWASP's logging vocabulary. */
import type { Clock } from '../time/clock.js';
import { utc } from '../time/utc.js';

/** https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html */
export type AuditEvent =
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_login_fail_max'
  | 'authn_token_reuse'
  | 'authn_password_change'
  | 'authz_fail'
  | 'authz_admin'
  | 'authz_change'
  | 'session_created'
  | 'session_renewed'
  | 'session_expired'
  | 'session_logout'
  | 'session_use_after_expire'
  | 'sensitive_create'
  | 'sensitive_update'
  | 'sensitive_read'
  | 'sys_startup'
  | 'sys_shutdown'
  | 'sys_crash';

export interface AuditRecord {
  readonly event: AuditEvent;
  readonly level: 'INFO' | 'WARN' | 'CRITICAL';
  readonly userid: string | null;
  /** The session's public handle, which is a hash of its secret. */
  readonly session?: string;
  /** What the event was about: a reason, a resource, a target. Never a secret. */
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

export interface AuditEntry extends AuditRecord {
  readonly datetime: string;
  readonly appid: string;
}

export interface AuditLog {
  record(record: AuditRecord): void;
  /** The newest entries, newest first. */
  recent(count: number): readonly AuditEntry[];
}

/** How many entries are kept for reading; `writeLine` has all of them. */
const entriesKept = 1000;

/** Keeps the newest entries in memory; `writeLine` gets each as one JSON line, in which control characters are escaped. */
export function createAuditLog({
  clock,
  writeLine,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly writeLine?: (line: string) => void;
}): AuditLog {
  const entries: AuditEntry[] = [];
  return {
    record(record) {
      const entry: AuditEntry = { datetime: utc(clock.now()), appid: 'nightlatch.bank', ...record };
      entries.push(entry);
      if (entries.length > entriesKept) entries.shift();
      writeLine?.(`${JSON.stringify(entry)}\n`);
    },
    recent: (count) => entries.slice(-count).reverse(),
  };
}
