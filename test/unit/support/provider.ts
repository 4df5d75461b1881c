/** A provider that hands out access tokens for refresh tokens that are good once, and an auth SDK that keeps them where all tabs see. */
import type { CredentialRenewal, CredentialSource, Wiper } from '../../../src/ports.js';
import type { ManualClock } from '../../../src/testing/manual-clock.js';
import { type Duration, seconds } from '../../../src/time/instant.js';

interface Kept {
  readonly of: string;
  readonly refresh: string;
  readonly expiresAt: number;
}

export interface Provider {
  /** What the SDK keeps, in the browser's shared storage. */
  kept: Kept | undefined;
  /** How long a token lives, how long the provider takes, and what it says: nothing, as without a network; no; or never anything. */
  lifetime: Duration;
  delay: Duration;
  says: 'yes' | 'nothing' | 'no' | 'never';
  /** How long it takes to write a token down. */
  writing: Duration;
  readonly asked: { readonly by: string; readonly refresh: string; readonly at: number }[];
  /** A refresh token came twice: all that came of it is over. */
  reused: number;
  signIn(who: string): void;
  source(by: string, how?: Partial<CredentialSource>): CredentialSource;
  wiper(): Wiper;
  /** The SDK in this tab says that what it holds has changed. */
  changed(): void;
}

export function createProvider(clock: ManualClock): Provider {
  const used = new Set<string>();
  const listeners = new Set<() => void>();
  let serial = 0;

  function issue(of: string): Kept {
    serial += 1;
    return { of, refresh: `refresh ${serial}`, expiresAt: clock.read().wall + self.lifetime };
  }

  const wait = (delay: Duration): Promise<void> => new Promise((resolve) => void clock.wait(delay, resolve));

  /** The signal is not listened to: what is under way comes, however late. */
  async function renew(by: string): Promise<CredentialRenewal> {
    const { refresh, of } = self.kept ?? { refresh: 'none', of: 'nobody' };
    self.asked.push({ by, refresh, at: clock.passed() });
    const { says } = self;
    if (says === 'never') return new Promise(() => undefined);
    await wait(self.delay);
    if (says === 'nothing') throw new TypeError('no connection');
    if (used.has(refresh)) self.reused += 1;
    if (says === 'no' || used.has(refresh) || refresh === 'none') return { type: 'refused', problem: 'invalid_grant' };
    used.add(refresh);
    const next = issue(of);
    return {
      type: 'renewed',
      async keep() {
        if (self.writing > 0) await wait(self.writing);
        self.kept = next;
      },
    };
  }

  const self: Provider = {
    kept: undefined,
    lifetime: seconds(300),
    delay: seconds(1),
    says: 'yes',
    writing: 0,
    asked: [],
    reused: 0,
    signIn(who) {
      self.kept = issue(who);
      self.changed();
    },
    source: (by, how = {}) => ({
      name: 'sdk',
      read: () => self.kept && { expiresAt: self.kept.expiresAt, renewable: true, id: self.kept.of },
      renew: () => renew(by),
      attach(changed) {
        listeners.add(changed);
        return () => void listeners.delete(changed);
      },
      ...how,
    }),
    wiper: () => ({
      name: 'sdk',
      scope: 'shared',
      wipe: () => {
        self.kept = undefined;
      },
    }),
    changed() {
      for (const one of listeners) one();
    },
  };
  return self;
}
