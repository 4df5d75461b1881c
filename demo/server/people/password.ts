/** Password hashes by scrypt, which carry their own parameters. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface PasswordCost {
  /** Memory and time: a power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt (32 MiB a hash) */
export const defaultPasswordCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

export interface PasswordHash {
  readonly cost: PasswordCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

const keyBytes = 32;

export async function hashPassword(password: string, cost: PasswordCost): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { cost, salt, key: await derive(password, salt, cost) };
}

export async function isPassword(password: string, { cost, salt, key }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, cost), key);
}

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  const maxmem = 256 * cost.N * cost.r; // scrypt takes 128·N·r bytes; Node's default allows 32 MiB in all
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, { ...cost, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
