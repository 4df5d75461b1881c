/** A text that counts how often it is looked into: whether something takes time in proportion, without measuring time. */
import type { Characters } from '../../../src/rules/characters.js';

export interface CountedText extends Characters {
  looks(): number;
}

export function countedText(whole: string): CountedText {
  let looks = 0;
  return {
    length: whole.length,
    charCodeAt(index) {
      looks += 1;
      return whole.charCodeAt(index);
    },
    slice(from, to) {
      looks += (to ?? whole.length) - (from ?? 0);
      return whole.slice(from, to);
    },
    looks: () => looks,
  };
}
