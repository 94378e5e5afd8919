/** Decides where a word inside a Jinja tag is an operator: Jinja2 has no reserved words, only places where a word is one. */

import type { Stack } from '@lezer/lr';
import {
  AndWord,
  CompareNot,
  Else,
  ForIn,
  Identifier,
  If,
  In,
  Is,
  NotWord,
  OrWord,
  Recursive,
} from './generated/jinja-parser.terms.ts';

const NO_KEYWORD = -1;

/**
 * The term of `word` in the state of `stack`, or -1 for a plain name.
 *
 * After `x is defined` both an operator and an argument of the test may follow; Jinja2 takes every name but `else`,
 * `or`, `and` and `is` for an argument there, and so does this.
 */
export function specializeKeyword(word: string, stack: Stack): number {
  switch (word) {
    case 'if':
      return stack.canShift(Identifier) ? NO_KEYWORD : If;
    case 'else':
      return stack.canShift(Else) || stack.canShift(AndWord) ? Else : NO_KEYWORD;
    case 'or':
      return stack.canShift(OrWord) ? OrWord : NO_KEYWORD;
    case 'and':
      return stack.canShift(AndWord) ? AndWord : NO_KEYWORD;
    case 'is':
      return stack.canShift(Is) ? Is : NO_KEYWORD;
    case 'not':
      if (stack.canShift(NotWord)) return NotWord;
      return stack.canShift(Identifier) ? NO_KEYWORD : CompareNot;
    case 'in':
      if (stack.canShift(ForIn)) return ForIn;
      return stack.canShift(Identifier) ? NO_KEYWORD : In;
    case 'recursive':
      return stack.canShift(Identifier) ? NO_KEYWORD : Recursive;
    default:
      return NO_KEYWORD;
  }
}
