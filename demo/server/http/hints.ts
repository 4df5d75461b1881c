/** Where a request seems to come from. Hints, no proofs: whoever steals a cookie can say the same. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import type { Hints } from '../policies/trust.js';

export function hintsOf(c: Context): Hints {
  return { device: deviceHint(c.req.header('User-Agent') ?? ''), address: addressHint(addressOf(c)) };
}

/** Browsers update themselves while a session runs: numbers do not count. */
const deviceHint = (userAgent: string): string => hint(userAgent.replace(/[\d._]+/g, ''));

const forwarded = 'clientAddress';

/** Behind a proxy of our own every connection is the proxy's. What it has added last is what it has seen; the rest anybody may write. */
export const trustForwardedFor: MiddlewareHandler = async (c, next) => {
  c.set(forwarded, c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim());
  await next();
};

function addressOf(c: Context): string {
  const said: unknown = c.get(forwarded);
  return typeof said === 'string' ? said : (getConnInfo(c).remote.address ?? '');
}

/** The network: people move within one, and IPv6 changes addresses by itself (RFC 8981). */
function addressHint(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(plain) === 4) return hint(plain.startsWith('127.') ? 'loopback' : plain.split('.').slice(0, 3).join('.'));
  if (plain === '::1') return hint('loopback');
  return hint(isIP(plain) === 6 ? expanded(plain).slice(0, 3).join(':') : plain);
}

/** The eight groups of an IPv6 address, each without zeros before it. */
function expanded(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(8 - before.length - after.length, 0);
  const all = [...before, ...Array<string>(missing).fill('0'), ...after];
  return all.map((group) => Number.parseInt(group, 16).toString(16));
}

const hint = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);
