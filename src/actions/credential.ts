/** What an auth SDK holds for the session: when it is to be renewed, and whether it runs out. */
import type { Report } from '../events.js';
import type { Ledger } from '../ledger.js';
import type { Credential, CredentialSource } from '../ports.js';
import type { Clock } from '../time/clock.js';
import { type DeviceTime, type Duration, elapsed, minutes, plus } from '../time/instant.js';

/** It is renewed so long before it runs out, and of one that was seen to come only in the last part of its life. */
const RENEW_BEFORE: Duration = minutes(1);
const PART = 1 / 3;
/** What is known of time is never sharper: a deadline that moves by less has not moved. */
const TOLERANCE: Duration = 1_000;

export interface CredentialParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly source: CredentialSource;
  readonly report: Report;
}

export interface HeldCredential {
  /** Reads it anew: another tab may have renewed it, or the app. */
  read(): Promise<void>;
  /** How long it is until it is to be renewed, less than nothing where that has passed; nothing where there is nothing to renew. */
  dueIn(): Duration | undefined;
  /** For so long after their last act the person counts as there. */
  readonly attention: Duration;
  /** How long it lasts still; less than nothing where it is over. Nothing where nobody knows of an end. */
  left(): Duration | undefined;
  /** Says which one it is, so that two can be told apart. */
  mark(): string;
  /** The provider gives no other one for this one. */
  refused(): void;
}

export function createHeldCredential({ clock, ledger, source, report }: CredentialParts): HeldCredential {
  const attention = source.renewBefore ?? RENEW_BEFORE;
  let held: Credential | undefined;
  /** What was left of it, and when: from then on it is elapsed time that counts, whatever a clock is set to. */
  let anchor: { readonly left: Duration; readonly at: DeviceTime } | undefined;
  let lead = attention;
  let refusedMark: string | undefined;
  let latest = 0;
  let problem: string | undefined;

  const left = (): Duration | undefined => anchor && anchor.left - elapsed(anchor.at, clock.read());

  const mark = (): string => `${held?.id ?? ''} ${held?.expiresAt ?? ''}`;

  const isRenewable = (): boolean => held?.renewable === true && refusedMark !== mark();

  function hold(next: Credential | undefined): void {
    const isFirst = held === undefined;
    const before = mark();
    held = next;
    if (mark() === before) return;
    const at = clock.read();
    anchor = next?.expiresAt === undefined ? undefined : { left: next.expiresAt - at.wall, at };
    // One that was there as this page came may be near its end, and live for long all the same.
    lead = isFirst || !anchor ? attention : Math.min(attention, Math.max(0, anchor.left) * PART);
  }

  /** Only what cannot be renewed ends the session: anything else is renewed when the person is back. */
  function tell(): void {
    const now = ledger.reading()?.now;
    const still = left();
    const known = ledger.standing().credentialExpiry;
    const isCounting = held !== undefined && !isRenewable() && still !== undefined && now !== undefined;
    const expiry = isCounting ? plus(now, still) : undefined;
    if (expiry === known) return;
    if (expiry !== undefined && known !== undefined && Math.abs(expiry - known) < TOLERANCE) return;
    ledger.stand({ credentialExpiry: expiry });
  }

  return {
    async read() {
      latest += 1;
      const mine = latest;
      let next: Credential | undefined;
      try {
        next = readCredential(await source.read());
        problem = undefined;
      } catch (reason) {
        // What was known of it counts on. Said once, not at each look.
        const said = reason instanceof Error ? reason.message : String(reason);
        if (said !== problem) report({ type: 'source-failed', source: source.name, problem: said });
        problem = said;
        return;
      }
      // A later reading may have been quicker.
      if (mine !== latest) return;
      hold(next);
      tell();
    },
    dueIn() {
      const still = left();
      return still === undefined || !isRenewable() ? undefined : still - lead;
    },
    attention,
    left,
    mark,
    refused() {
      refusedMark = mark();
      tell();
    },
  };
}

/** What an app's own source may say wrong. Throws a `TypeError`. */
function readCredential(input: Credential | undefined): Credential | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input !== 'object') throw new TypeError('read() gave no credential');
  const { id, expiresAt, renewable } = input;
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) throw new TypeError('expiresAt is no instant');
  if (typeof renewable !== 'boolean') throw new TypeError('renewable is neither true nor false');
  if (id !== undefined && typeof id !== 'string') throw new TypeError('id is no text');
  return { renewable, ...(expiresAt === undefined ? {} : { expiresAt }), ...(id === undefined ? {} : { id }) };
}
