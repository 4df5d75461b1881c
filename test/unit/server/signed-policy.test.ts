import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PolicyKeys, type SignedPolicyOptions, verifyPolicyWith } from '../../../src/server/signed-policy.js';
import type { Reading } from '../../../src/time/instant.js';
import {
  at,
  CLAIMS,
  encoded,
  HEADER,
  hostile,
  jwkOf,
  KEYS,
  NOW,
  POLICY,
  READING,
  signature,
  TRUSTED,
  theirs,
  token,
} from './policy-tokens.js';

const { signal } = new AbortController();

const about = (now: Reading = READING, sessionId = 's1') => ({ sessionId, now, signal });
const verifier = (keys: PolicyKeys = KEYS, options: Partial<SignedPolicyOptions> = {}) =>
  verifyPolicyWith(keys, { ...TRUSTED, ...options });

describe('a signed policy', () => {
  it('is taken', async () => {
    expect(await verifier()(token(), about())).toEqual(POLICY);
  });

  it.each([
    ['for several audiences, one of which is ours', { claims: { aud: ['portal', 'backoffice'] } }],
    ['with a typ in other letters', { header: { typ: 'Nightlatch-Policy+JWT' } }],
    ['without a name of the key, where there is one key', { header: { kid: undefined } }],
    ['by a clock that is a little ahead', { claims: { iat: NOW + 4 } }],
    ['by a clock that is a little behind', { claims: { iat: NOW - 100, exp: NOW - 4 } }],
    ['with claims that nobody knows', { claims: { jti: 'x', extra: {} } }],
    ['that is valid by now', { claims: { nbf: NOW } }],
  ])('is taken %s', async (_name, making) => {
    expect(await verifier()(token(making), about())).toEqual(POLICY);
  });

  it.each(hostile)('is not taken: %s', async (_name, text) => {
    await expect(verifier()(text, about())).rejects.toThrow();
  });

  it('is not taken by an algorithm that the app has not named', async () => {
    await expect(verifier(KEYS, { algorithms: ['EdDSA'] })(token(), about())).rejects.toThrow();
  });

  it('is not taken by a key that is for something else', async () => {
    const keys = { keys: [{ ...KEYS.keys[0], use: 'enc' }] };
    await expect(verifier(keys)(token(), about())).rejects.toThrow();
  });

  it('does not expire while it may not have expired, and has when it must have', async () => {
    const text = token({ claims: { iat: NOW - 100, exp: NOW } });
    expect(await verifier()(text, about(at(NOW + 30, 60_000)))).toEqual(POLICY);
    await expect(verifier()(text, about(at(NOW + 30, 1_000)))).rejects.toThrow('exp');
  });

  it('that somebody has changed anywhere is never another policy', async () => {
    const good = token();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/';
    const change = fc.tuple(fc.nat(good.length - 1), fc.constantFrom(...letters));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const text = changes.reduce(
          (one, [place, letter]) => one.slice(0, place) + letter + one.slice(place + 1),
          good,
        );
        const policy = await verifier()(text, about()).catch(() => 'refused');
        // The last letter of a signature has bits that mean nothing.
        expect(['refused', JSON.stringify(POLICY)]).toContain(policy === 'refused' ? policy : JSON.stringify(policy));
        const [head, body] = text.split('.');
        if (`${head}.${body}` !== good.slice(0, good.lastIndexOf('.'))) expect(policy).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  it('that is anything at all is refused, and throws nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json().map(encoded),
          fc.array(fc.json().map(encoded)).map((all) => all.join('.')),
        ),
        async (text) => {
          await expect(verifier()(text, about())).rejects.toBeInstanceOf(Error);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is taken exactly where its claims say that it is for us, and now', async () => {
    const seconds = fc.integer({ min: NOW - 100, max: NOW + 100 });
    const claims = fc.record({
      iss: fc.constantFrom(TRUSTED.issuer, 'https://evil.example'),
      aud: fc.constantFrom('backoffice', 'portal', ['portal', 'backoffice'], ['portal']),
      sub: fc.constantFrom('s1', 's2'),
      iat: seconds,
      exp: seconds,
    });
    await fc.assert(
      fc.asyncProperty(claims, async (said) => {
        const isFor = said.iss === TRUSTED.issuer && said.sub === 's1' && [said.aud].flat().includes('backoffice');
        const isNow = said.exp > said.iat && NOW < said.exp + 5 && said.iat <= NOW + 5;
        const taken = await verifier()(token({ claims: said }), about()).then(
          () => true,
          () => false,
        );
        expect(taken).toBe(isFor && isNow);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an old policy of the session', () => {
  it.each([
    ['a lower version, newly signed', { claims: { iat: NOW, policy: { ...POLICY, version: 6 } } }, 'version'],
    ['the same version, signed before', { claims: { iat: NOW - 2 } }, 'iat'],
    ['a higher version, signed before', { claims: { iat: NOW - 2, policy: { ...POLICY, version: 8 } } }, 'iat'],
  ])('is refused after a newer one: %s', async (_name, making, said) => {
    const verify = verifier();
    await verify(token(), about());
    await expect(verify(token(making), about())).rejects.toThrow(said);
    expect(await verify(token(), about())).toEqual(POLICY);
  });

  it('says nothing of another session', async () => {
    const verify = verifier();
    await verify(token(), about());
    const other = { ...POLICY, version: 1 };
    const text = token({ claims: { sub: 's2', iat: NOW - 60, policy: other } });
    expect(await verify(text, about(READING, 's2'))).toEqual(other);
  });

  it('is not made newer by a token that was refused', async () => {
    const verify = verifier();
    const forged = token({ key: theirs, claims: { policy: { ...POLICY, version: 99 } } });
    await expect(verify(forged, about())).rejects.toThrow();
    expect(await verify(token(), about())).toEqual(POLICY);
  });

  it('never comes after a newer one, in whatever order they arrive', async () => {
    const arrival = fc.record({ version: fc.integer({ min: 0, max: 5 }), age: fc.integer({ min: 0, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 8 }), async (arrivals) => {
        const verify = verifier();
        let newest = { version: -1, iat: 0 };
        for (const { version, age } of arrivals) {
          const iat = NOW - age;
          const taken = await verify(token({ claims: { iat, policy: { version } } }), about()).then(
            () => true,
            () => false,
          );
          expect(taken).toBe(version >= newest.version && iat >= newest.iat);
          if (taken) newest = { version, iat };
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('keys from an address', () => {
  function served(...answers: (() => Response)[]) {
    const asked: string[] = [];
    const fetch = async (address: string) => {
      asked.push(address);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (!answer) throw new TypeError('no connection');
      return answer();
    };
    return { asked, verify: verifier('/jwks', { fetch }) };
  }
  const ours = () => Response.json(KEYS);
  const both = () => Response.json({ keys: [...KEYS.keys, jwkOf(theirs, 'k2')] });
  const next = () => Response.json({ keys: [jwkOf(theirs, 'k2')] });
  const byNext = (iat = NOW - 1) => token({ key: theirs, header: { kid: 'k2' }, claims: { iat, exp: NOW + 6_000 } });

  it('are asked for with the first token, and kept', async () => {
    const { asked, verify } = served(ours);
    expect(asked).toEqual([]);
    for (const late of [0, 1, 599]) await verify(token(), about(at(NOW + late)));
    expect(asked).toEqual(['/jwks']);
  });

  it('are asked for anew where a token names one that is new', async () => {
    const { asked, verify } = served(ours, both);
    await verify(token(), about());
    expect(await verify(byNext(), about(at(NOW + 30)))).toEqual(POLICY);
    expect(asked.length).toBe(2);
  });

  it('are asked for anew also where one is replaced just after they came, by the clock or with the first token', async () => {
    const { asked, verify } = served(ours, both);
    await verify(token(), about());
    expect(await verify(byNext(), about(at(NOW + 1)))).toEqual(POLICY);
    const later = served(ours, ours, both);
    await later.verify(token({ claims: { exp: NOW + 6_000 } }), about());
    await later.verify(token({ claims: { exp: NOW + 6_000 } }), about(at(NOW + 600)));
    expect(await later.verify(byNext(), about(at(NOW + 601)))).toEqual(POLICY);
    expect([asked.length, later.asked.length]).toEqual([2, 3]);
  });

  it('are not asked for again and again by names that are made up', async () => {
    const { asked, verify } = served(ours);
    await verify(token(), about());
    for (let second = 1; second <= 120; second += 1) {
      const made = token({ header: { kid: `k${second + 10}` } });
      await expect(verify(made, about(at(NOW + second)))).rejects.toThrow();
    }
    // For the first of them, and then every 30 s.
    expect(asked.length).toBe(1 + 4);
  });

  it('that were withdrawn are good for ten minutes at most', async () => {
    const { verify } = served(ours, next);
    const good = token({ claims: { exp: NOW + 6_000 } });
    await verify(good, about());
    await verify(good, about(at(NOW + 599)));
    await expect(verify(good, about(at(NOW + 600)))).rejects.toThrow();
    expect(await verify(byNext(), about(at(NOW + 600)))).toEqual(POLICY);
  });

  it.each([
    ['there is no connection', []],
    ['the answer is a failure', [() => new Response('', { status: 500 })]],
    ['the answer is a page', [() => new Response('<h1>')]],
    ['there is no key in it', [() => Response.json({ keys: [] })]],
    ['it is no set', [() => Response.json([])]],
    [
      'a key in it is secret',
      [() => Response.json({ keys: [{ kty: 'oct', k: encoded('secret'), kid: 'k1', alg: 'HS256' }] })],
    ],
  ])('are none where %s', async (_name, answers) => {
    await expect(served(...answers).verify(token(), about())).rejects.toThrow();
  });

  it('come after they did not', async () => {
    const { verify } = served(() => new Response('', { status: 503 }), ours);
    await expect(verify(token(), about())).rejects.toThrow('503');
    expect(await verify(token(), about(at(NOW + 1)))).toEqual(POLICY);
  });
});

describe('options that are wrong', () => {
  it.each<[string, unknown, unknown]>([
    ['keys', 7, TRUSTED],
    ['keys', { keys: [] }, TRUSTED],
    ['keys', 'http://bank.example/jwks', TRUSTED],
    ['keys', '//evil.example/jwks', TRUSTED],
    ['keys', 'jwks', TRUSTED],
    ['secret', { keys: [{ kty: 'oct', k: 'x' }] }, TRUSTED],
    ['secret', { keys: [{ ...KEYS.keys[0], d: 'x' }] }, TRUSTED],
    ['options', KEYS, undefined],
    ['issuer', KEYS, { audience: 'x' }],
    ['audience', KEYS, { issuer: 'x', audience: '' }],
    ['HS256', KEYS, { ...TRUSTED, algorithms: ['HS256'] }],
    ['none', KEYS, { ...TRUSTED, algorithms: ['none'] }],
    ['algorithms', KEYS, { ...TRUSTED, algorithms: [] }],
    ['fetch', KEYS, { ...TRUSTED, fetch: 7 }],
  ])('are named: %s', (name, keys, options) => {
    expect(() => verifyPolicyWith(keys as PolicyKeys, options as SignedPolicyOptions)).toThrow(name);
  });
});

it('the tokens of these tests are made as they say', () => {
  const [header = '', payload = '', last] = token().split('.');
  expect([header, payload]).toEqual([encoded(HEADER), encoded(CLAIMS)]);
  expect(last).toHaveLength(signature(`${header}.${payload}`).length);
});
