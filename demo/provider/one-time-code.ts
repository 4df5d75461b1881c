/** One-time codes by time, as authenticator apps make them: RFC 6238 over RFC 4226, six digits, half a minute each. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const step = 30_000;
const digits = 6;

export function oneTimeCode(secret: Uint8Array, now: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / step)));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  const number = hash.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The code of now, or of the step before: typing takes its time. */
export function isOneTimeCode(secret: Uint8Array, given: string, now: number): boolean {
  if (!/^\d{6}$/.test(given)) return false;
  const isOf = (at: number): boolean => timingSafeEqual(Buffer.from(given), Buffer.from(oneTimeCode(secret, at)));
  return [isOf(now), isOf(now - step)].includes(true);
}
