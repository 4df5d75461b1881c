import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type HeaderChallenge, readChallenges } from '../../../src/rules/www-authenticate.js';
import { countedText } from '../support/counted-text.js';
import { hostile } from './hostile-headers.js';
import { type Read, reschke, seen, standards } from './www-authenticate-headers.js';

const examples = [...reschke, ...standards, ...seen, ...hostile];

const expected = ([scheme, rest]: Read): HeaderChallenge => ({
  scheme,
  parameters: new Map(typeof rest === 'object' ? Object.entries(rest) : []),
  ...(typeof rest === 'string' ? { token68: rest } : {}),
});

test('there are many examples, each of its own', () => {
  expect(examples.length).toBeGreaterThanOrEqual(60);
  expect(new Set(examples.map(([, header]) => header)).size).toBe(examples.length);
});

it.each(examples)('reads %s', (_, header, read) => {
  expect(readChallenges(header)).toEqual(read.map(expected));
});

describe('whatever is printed by the grammar', () => {
  const letters = 'abcXYZ019';
  const token = text(`${letters}!#$%&'*+-.^_\`|~`, 1);
  /** Everything that may stand in a quoted string, and what tempts a parser most. */
  const quoted = fc.oneof(
    text(`${letters} \t",=\\;\u00e4\u00ff`, 0),
    fc.constantFrom('a, Bearer error="x"', '\\"', 'x="y', ',', ' ', '='),
  );
  const value = fc.oneof(
    token.map((plain) => ({ plain, printed: fc.constant(plain) })),
    quoted.map((plain) => ({ plain, printed: quotedForm(plain) })),
  );
  const blanks = fc.constantFrom('', '', ' ', '\t', '  ');
  /** A comma, with empty elements beside it. */
  const comma = fc
    .tuple(blanks, fc.array(fc.tuple(fc.constant(','), blanks), { minLength: 1, maxLength: 3 }))
    .map(([before, rest]) => before + rest.flat().join(''));

  const parameters = fc
    .uniqueArray(fc.tuple(token, value), {
      minLength: 1,
      maxLength: 4,
      selector: ([name]) => name.toLowerCase(),
    })
    .chain((list) =>
      fc
        .tuple(
          ...list.map(([name, { printed }]) =>
            fc.tuple(fc.constant(name), blanks, blanks, printed).map(([n, l, r, v]) => `${n}${l}=${r}${v}`),
          ),
        )
        .chain((printed) => joined(printed, comma))
        .map((printed) => ({
          printed: ` ${printed}`,
          read: Object.fromEntries(list.map(([name, { plain }]) => [name.toLowerCase(), plain])),
        })),
    );
  const token68 = fc
    .tuple(text(`${letters}-._~+/`, 1), fc.constantFrom('', '=', '=='))
    .map(([start, padding]) => ({ printed: ` ${start}${padding}`, read: start + padding }));
  const rest = fc.oneof(fc.constant({ printed: '', read: undefined }), token68, parameters);
  const challenge = fc.tuple(token, rest).map(([scheme, { printed, read }]) => ({
    printed: scheme + printed,
    read: (read === undefined ? [scheme.toLowerCase()] : [scheme.toLowerCase(), read]) as Read,
  }));
  const header = fc.array(challenge, { maxLength: 4 }).chain((list) =>
    joined(
      list.map(({ printed }) => printed),
      comma,
    ).map((printed) => ({ printed, reads: list.map(({ read }) => read) })),
  );

  it('is read as it was meant', () => {
    fc.assert(
      fc.property(header, blanks, blanks, ({ printed, reads }, before, after) => {
        expect(readChallenges(before + printed + after)).toEqual(reads.map(expected));
      }),
      { numRuns: 1_500, seed: 20_261_126 },
    );
  });

  it('is read all the same after any nonsense that leaves no quote open', () => {
    fc.assert(
      fc.property(
        text('ab =,@;\t\\()\u00e4\0', 0),
        fc.tuple(token, parameters),
        (nonsense, [scheme, { printed, read }]) => {
          const challenges = readChallenges(`${nonsense}, ${scheme}${printed}`);
          expect(challenges.at(-1)).toEqual(expected([scheme.toLowerCase(), read]));
        },
      ),
      { numRuns: 2_000, seed: 20_261_126 },
    );
  });

  it('and whatever is not, throws nothing and invents nothing', () => {
    const nonsense = fc.oneof(text('aB",=\\ \t@\u00e4\u212a\0\n', 0), fc.string({ unit: 'binary-ascii' }));
    fc.assert(
      fc.property(nonsense, (header) => {
        const invented = readChallenges(header)
          .flatMap(({ scheme, parameters: read }) => [scheme, ...read.keys()])
          .filter((name) => !header.toLowerCase().includes(name));
        expect(invented).toEqual([]);
      }),
      { numRuns: 2_000, seed: 20_261_126 },
    );
  });
});

test.each([
  [','],
  ['a'],
  ['a '],
  ['a,'],
  ['a='],
  ['a=b,'],
  ['a =b,'],
  ['a=b c,'],
  ['a b=c,'],
  ['a b c,'],
  ['a b==,'],
  ['a b== c,'],
  ['"'],
  ['a="'],
  ['a="b"'],
  ['a="b",'],
  ['a="\\"'],
  ['\\'],
  ['a="\\\\'],
  ['"a '],
  ['@'],
  ['@"'],
  ['a b="c",@",'],
  [' '],
  ['=,'],
])('looks a bounded number of times at each character of 100 kB of %j', (piece) => {
  for (const start of ['', 'Basic ', 'Basic a="', 'Basic a=b, ']) {
    const text = countedText(start + piece.repeat(Math.ceil(100_000 / piece.length)));
    readChallenges(text);
    expect(text.looks()).toBeLessThan(8 * text.length);
  }
});

function text(characters: string, minLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength: 12 });
}

/** The value in quotes, with escapes where they must be, and some where they need not. */
function quotedForm(plain: string): fc.Arbitrary<string> {
  return fc.array(fc.boolean(), { minLength: plain.length, maxLength: plain.length }).map((escapes) => {
    const parts = Array.from(plain, (character, i) =>
      character === '"' || character === '\\' || escapes[i] ? `\\${character}` : character,
    );
    return `"${parts.join('')}"`;
  });
}

function joined(parts: readonly string[], separator: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(separator, { minLength: parts.length, maxLength: parts.length })
    .map((separators) => parts.map((part, i) => (i === 0 ? part : separators[i] + part)).join(''));
}
