import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventStreamParser, EventStreamProblem, type StreamItem } from '../../../src/server/event-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a parser reads from a text that arrives in pieces, cut after each of the given numbers of bytes. */
function parse(text: string, cuts: readonly number[] = []): StreamItem[] {
  const parser = createEventStreamParser(10_000);
  const all = bytes(text);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), all.length];
  return edges.slice(1).flatMap((edge, i) => [...parser.read(all.subarray(edges[i], edge))]);
}

test('reads events with name, data and id', () => {
  expect(parse('event: session\nid: 7\ndata: {"a":1}\n\n')).toEqual([
    { type: 'event', name: 'session', data: '{"a":1}', id: '7' },
  ]);
});

test('joins lines of data, and takes one space off after the colon', () => {
  expect(parse('data:a\ndata: b\ndata:  c\ndata\n\n')).toEqual([
    { type: 'event', name: 'message', data: 'a\nb\n c\n', id: '' },
  ]);
});

test('takes each kind of line end', () => {
  const event = { type: 'event', name: 'message', data: 'x', id: '' };
  expect(parse('data: x\r\n\r\ndata: x\r\rdata: x\n\n')).toEqual([event, event, event]);
});

test('keeps the id until another is given, and drops one that contains a null', () => {
  const items = parse('id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n');
  expect(items.map((item) => item.type === 'event' && item.id)).toEqual(['1', '1', '1', '']);
});

test('tells comments, and how long to wait before connecting again', () => {
  expect(parse(': still here\nretry: 1500\nretry: soon\n')).toEqual([
    { type: 'comment' },
    { type: 'retry', after: 1500 },
  ]);
});

test('leaves out what has no data, and forgets its name', () => {
  expect(parse('event: session\n\ndata: x\n\n')).toEqual([{ type: 'event', name: 'message', data: 'x', id: '' }]);
});

test('does not tell an event that the end of the stream leaves incomplete', () => {
  expect(parse('data: whole\n\nevent: session-revoked\ndata: half\n')).toHaveLength(1);
});

test('takes a byte order mark off the beginning, and ignores fields it does not know', () => {
  expect(parse('\uFEFFdata: x\nfoo: bar\n\n')).toEqual([{ type: 'event', name: 'message', data: 'x', id: '' }]);
});

test('tells an event at once although its last line end may have a second half', () => {
  const parser = createEventStreamParser(100);
  expect(parser.read(bytes('data: x\r\n\r'))).toHaveLength(1);
  expect(parser.read(bytes(''))).toHaveLength(0);
  expect(parser.read(bytes('\ndata: y\n\n'))).toEqual([{ type: 'event', name: 'message', data: 'y', id: '' }]);
});

test('reads the same however the bytes are cut', () => {
  const part = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '\n\n',
    ':',
    ': ping\n',
    'data',
    'data: ',
    'id: 7',
    'event: session',
    'retry: 5\n',
    'ü',
    '😀',
    '\uFEFF',
    '\0',
    'x',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.array(fc.nat(300)), (parts, cuts) => {
      const text = parts.join('');
      const length = bytes(text).length;
      const within = cuts.map((cut) => cut % (length + 1));
      const each = Array.from({ length }, (_, i) => i);
      expect(parse(text, within)).toEqual(parse(text));
      expect(parse(text, each)).toEqual(parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test('gives back the data that a server wrote', () => {
  const data = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\r'));
  fc.assert(
    fc.property(fc.array(data, { maxLength: 5 }), fc.array(fc.nat(500)), (all, cuts) => {
      const text = all
        .map((one) =>
          one
            .split('\n')
            .map((line) => `data: ${line}\n`)
            .join('')
            .concat('\n'),
        )
        .join('');
      const within = cuts.filter((cut) => cut <= bytes(text).length);
      expect(parse(text, within).map((item) => item.type === 'event' && item.data)).toEqual(all);
    }),
  );
});

test.each([
  ['a line without an end', 'x'.repeat(60)],
  ['an event that comes whole', `data: ${'x'.repeat(60)}\n\n`],
  ['data without an end', 'data: 12345678\n'.repeat(10)],
  ['both together', `data: ${'x'.repeat(40)}\ndata: ${'x'.repeat(40)}`],
])('does not fill the memory with %s', (_, text) => {
  expect(() => createEventStreamParser(50).read(bytes(text))).toThrow(EventStreamProblem);
  const parser = createEventStreamParser(50);
  expect(() => {
    for (const byte of bytes(text)) parser.read(Uint8Array.of(byte));
  }).toThrow(EventStreamProblem);
});

test('bounds each event, not the stream', () => {
  const parser = createEventStreamParser(50);
  expect(parser.read(bytes('data: 1234567890\n\n'.repeat(100)))).toHaveLength(100);
});
