/** Sorts the tokens of a model into its main text and the texts that Jinja blocks catch (`{% set %}`, `{% macro %}`, …). */

import type { SqlDialect } from './dialect.ts';
import type { SqlToken } from './tokens.ts';
import { jinjaStatementName, sqlTokens } from './tokens.ts';

/** A run of SQL without comments. */
export interface SqlPart {
  /** `main` is what the file renders to; a `captured` one is kept in a variable or a macro, or handed to a caller. */
  readonly kind: 'main' | 'captured';
  /** All kinds but `comment` and `jinja-comment`. */
  readonly tokens: readonly SqlToken[];
  /** Beside each token: a word in lower case, the character of a `punct`, the name of a `jinja-statement`; else empty. */
  readonly words: readonly string[];
}

/** A text as tokens, and sorted. */
export interface SqlParts {
  readonly text: string;
  readonly dialect: SqlDialect;
  /** Every token, comments included. */
  readonly tokens: readonly SqlToken[];
  readonly main: SqlPart;
  readonly captured: readonly SqlPart[];
}

/** A part while it is filled. */
interface GrowingPart {
  readonly kind: SqlPart['kind'];
  readonly tokens: SqlToken[];
  readonly words: string[];
}

/** Statements whose body does not stand where it is written, with the statement that ends it. */
const CAPTURING: ReadonlyMap<string, string> = new Map([
  ['set', 'endset'],
  ['macro', 'endmacro'],
  ['test', 'endtest'],
  ['data_test', 'enddata_test'],
  ['materialization', 'endmaterialization'],
  ['call', 'endcall'],
  ['docs', 'enddocs'],
]);

/** Reads a text once for all the questions of `sql-relations.ts` and `sql-select.ts`. */
export function readSqlParts(text: string, dialect: SqlDialect): SqlParts {
  const tokens = sqlTokens(text, dialect);
  const main: GrowingPart = { kind: 'main', tokens: [], words: [] };
  const captured: GrowingPart[] = [];
  const open: { readonly part: GrowingPart; readonly end: string }[] = [];
  let part = main;

  for (const token of tokens) {
    switch (token.kind) {
      case 'comment':
      case 'jinja-comment':
        break;
      case 'word':
        part.tokens.push(token);
        part.words.push(text.slice(token.from, token.to).toLowerCase());
        break;
      case 'punct':
        part.tokens.push(token);
        part.words.push(text.charAt(token.from));
        break;
      case 'jinja-statement': {
        const name = jinjaStatementName(text, token);
        const end = CAPTURING.get(name);
        if (end !== undefined && (name !== 'set' || isSetBlock(text, token))) {
          if (name === 'call' && !CALL_STATEMENT.test(text.slice(token.from, token.to))) {
            // What the called macro makes of its body stands here.
            part.tokens.push({ kind: 'jinja-expression', from: token.from, to: token.to });
            part.words.push('');
          }
          const next: GrowingPart = { kind: 'captured', tokens: [], words: [] };
          captured.push(next);
          open.push({ part, end });
          part = next;
          break;
        }
        const innermost = open.at(-1);
        if (innermost?.end === name) {
          ({ part } = innermost);
          open.pop();
          break;
        }
        part.tokens.push(token);
        part.words.push(name);
        break;
      }
      default:
        part.tokens.push(token);
        part.words.push('');
    }
  }
  return { text, dialect, tokens, main, captured };
}

/** `{% call statement('x') %}` runs a query and renders to nothing. */
const CALL_STATEMENT = /^\{%[-+]?\s*call(?:\([^)]*\))?\s+statement\b/;

/** True for `{% set x %}` and `{% set x | filter %}`, which catch what follows; false for `{% set x = … %}`. */
function isSetBlock(text: string, token: SqlToken): boolean {
  SET_TARGET.lastIndex = token.from;
  return SET_TARGET.test(text) && text.charAt(SET_TARGET.lastIndex) !== '=';
}

const SET_TARGET = /\{%[-+]?\s*set\s+[\w.,\s()]*/y;
