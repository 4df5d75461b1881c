/** Patterns in which `*` stands for any characters: matched in one pass, without going back. */
import type { Characters } from './characters.js';

/** Whether a whole text fits a pattern. Takes time in proportion to the two lengths, however many stars there are. */
export type Glob = (text: Characters) => boolean;

export function createGlob(pattern: string): Glob {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text.length === first.length && isAt(text, first, 0);
  const finders = rest.filter((piece) => piece !== '').map(createFinder);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !isAt(text, first, 0) || !isAt(text, last, end)) return false;
    // The earliest place of each piece leaves the most room for the next.
    let from = first.length;
    for (const find of finders) {
      const next = find(text, from, end);
      if (next === undefined) return false;
      from = next;
    }
    return true;
  };
}

function isAt(text: Characters, piece: string, from: number): boolean {
  for (let i = 0; i < piece.length; i += 1) {
    if (text.charCodeAt(from + i) !== piece.charCodeAt(i)) return false;
  }
  return true;
}

type Find = (text: Characters, from: number, end: number) => number | undefined;

/**
 * Finds the piece and answers where it ends. By Knuth, Morris and Pratt: a search that starts over at each place would take
 * the product of the lengths, and both are in other people's hands.
 */
function createFinder(piece: string): Find {
  const borders = bordersOf(piece);
  return (text, from, end) => {
    let matched = 0;
    for (let at = from; at < end; at += 1) {
      matched = longer(piece, borders, matched, text.charCodeAt(at));
      if (matched === piece.length) return at + 1;
    }
    return undefined;
  };
}

/** For each beginning of the piece, the length of its longest proper beginning that is also its end. */
function bordersOf(piece: string): readonly number[] {
  const borders = [0];
  for (let i = 1; i < piece.length; i += 1) {
    borders.push(longer(piece, borders, borders[i - 1] ?? 0, piece.charCodeAt(i)));
  }
  return borders;
}

/** How much of the piece is matched once one more character has been read. */
function longer(piece: string, borders: readonly number[], matched: number, code: number): number {
  let length = matched;
  while (length > 0 && piece.charCodeAt(length) !== code) length = borders[length - 1] ?? 0;
  return piece.charCodeAt(length) === code ? length + 1 : length;
}
