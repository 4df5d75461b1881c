/** The passkeys of people: what the server has to know of each to recognise it. */

export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often it has signed, by its own count; 0 where it does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Whether it stays on one device. */
  readonly isBound: boolean;
}

export interface Passkeys {
  of(username: string): readonly Passkey[];
  /** Returns false if somebody has it already. */
  add(username: string, passkey: Passkey): boolean;
  /** It has signed. Returns false if somebody was quicker with a count that is as high: one of the two is a copy. */
  used(username: string, id: string, counter: number): boolean;
}

/** In memory, beside the people. */
export function createPasskeys(): Passkeys {
  const byPerson = new Map<string, readonly Passkey[]>();
  const of = (username: string): readonly Passkey[] => byPerson.get(username) ?? [];
  return {
    of,
    add(username, passkey) {
      for (const all of byPerson.values()) if (all.some(({ id }) => id === passkey.id)) return false;
      byPerson.set(username, [...of(username), passkey]);
      return true;
    },
    used(username, id, counter) {
      const known = of(username).find((one) => one.id === id);
      if (known === undefined) return false;
      if (counter <= known.counter && (counter > 0 || known.counter > 0)) return false;
      const next = of(username).map((one) => (one === known ? { ...one, counter } : one));
      byPerson.set(username, next);
      return true;
    },
  };
}
