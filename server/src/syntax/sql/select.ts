/** Reads off a model's SQL which columns it has, where it selects `*`, and a few more facts of its statements. */

import type { Span } from '../../base/span.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlPart, SqlParts } from './parts.ts';
import { readSqlParts } from './parts.ts';
import { unquote } from './relations.ts';
import type { SqlToken } from './tokens.ts';

/** An output column; `span` is where its name stands, be it in a CTE. */
export interface OutputColumn {
  /** In the case it is written in, without quotes. */
  readonly name: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** Why the columns are not all known. */
export type IncompleteReason =
  /** A `*` over something that this file does not define. */
  | 'star-of-relation'
  /** An expression without a name, or with one that Jinja builds. */
  | 'unnamed-expression'
  /** Columns written by a Jinja expression or loop. */
  | 'jinja-columns'
  /** Jinja branches that give other columns. */
  | 'jinja-branches'
  /** The text is no query that we can follow. */
  | 'no-query';

/** The output columns of a query, as far as the file tells. */
export interface FinalSelect {
  /** Columns that the model certainly has, in order, each name once. */
  readonly columns: readonly OutputColumn[];
  /** True if there are no others. */
  readonly complete: boolean;
  /** True if a `*` of the output leads out of this file. */
  readonly star: boolean;
  readonly reason: IncompleteReason | undefined;
  /** Those stars as far as they stand for one relation. */
  readonly openStars: readonly OpenStar[];
}

/** A star of the output whose columns another file tells. */
export interface OpenStar {
  readonly span: Span;
  /** The Jinja expression or literal name. */
  readonly relation: Span;
}

/** A `*` or `t.*` of a select list. */
export interface SelectStar {
  readonly span: Span;
  /** `t` in `t.*`. */
  readonly qualifier: string | undefined;
  /** True for `* except (…)` and the like. */
  readonly modified: boolean;
  /** `final`: in the outermost query or a branch of its union; `cte`: likewise of a CTE. */
  readonly place: 'final' | 'cte' | 'subquery';
  /** True if the select list holds nothing else. */
  readonly alone: boolean;
  /** What FROM and JOIN name, in order: a CTE of the file, a relation (Jinja or literal), a subquery, a function. */
  readonly sources: readonly SelectSource['kind'][];
}

/** What rules ask of a statement besides its columns. */
export interface StatementFeatures {
  readonly stars: readonly SelectStar[];
  /** The semicolons behind which only comments and Jinja statements come, in order. */
  readonly trailingSemicolons: readonly Span[];
  /** Number of statements with content. */
  readonly statementCount: number;
  /** True if the text renders to nothing: only comments, config() and Jinja statements. */
  readonly isEmpty: boolean;
  /** Number of JOIN keywords; of exclusive Jinja branches the one with most counts. */
  readonly joinCount: number;
  /** Text of the first comment block above the SQL, without comment marks and directives; empty if there is none. */
  readonly leadingComment: string;
}

/**
 * The columns of a model's final select. Follows `select * from cte` within the file, takes the first branch of a UNION, and each
 * combination of Jinja branches: a column that only some have is left out. What a loop or a Jinja expression writes is
 * not known. Never names a column that may not be there.
 */
export function finalSelectColumns(text: string, dialect: SqlDialect): FinalSelect {
  return finalSelectColumnsOf(readSqlParts(text, dialect));
}

/** The same for a text that was read already. */
export function finalSelectColumnsOf(parts: SqlParts): FinalSelect {
  const results = readersOf(parts)
    .filter((reader) => reader.hasContent())
    .map((reader) => reader.finalSelect());
  const [first, ...others] = results;
  if (first === undefined) return { columns: [], complete: false, star: false, reason: 'no-query', openStars: [] };
  if (others.length === 0) return first;
  const names = others.map((other) => new Set(other.columns.map((column) => column.name.toLowerCase())));
  const columns = first.columns.filter((column) => names.every((set) => set.has(column.name.toLowerCase())));
  const isSame = results.every((result) => result.columns.length === columns.length);
  const incomplete = results.find((result) => !result.complete);
  return {
    columns,
    complete: isSame && incomplete === undefined,
    star: results.some((result) => result.star),
    reason: incomplete?.reason ?? (isSame ? undefined : 'jinja-branches'),
    openStars: distinctStars(results.flatMap((result) => result.openStars)),
  };
}

/** What rules ask of a statement besides its columns. */
export function statementFeatures(text: string, dialect: SqlDialect): StatementFeatures {
  return statementFeaturesOf(readSqlParts(text, dialect));
}

/** The same for a text that was read already. */
export function statementFeaturesOf(parts: SqlParts): StatementFeatures {
  const readers = readersOf(parts);
  const stars = new Map<number, SelectStar>();
  for (const reader of readers) for (const star of reader.stars()) stars.set(star.span.from, star);
  const { tokens, words } = parts.main;
  const trailingSemicolons: Span[] = [];
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at];
    if (token?.kind === 'jinja-statement') continue;
    if (token === undefined || words[at] !== ';') break;
    trailingSemicolons.unshift({ from: token.from, to: token.to });
  }
  return {
    stars: [...stars.values()].sort((a, b) => a.span.from - b.span.from),
    trailingSemicolons,
    statementCount: Math.max(...readers.map((reader) => reader.statementCount())),
    joinCount: Math.max(...readers.map((reader) => reader.joinCount())),
    ...statementHeadOf(parts),
  };
}

/** Only whether there is any SQL, and the comment at the top: what is asked of every file. */
export function statementHeadOf(parts: SqlParts): Pick<StatementFeatures, 'isEmpty' | 'leadingComment'> {
  const isEmpty = !beginsWithContent(parts) && readersOf(parts).every((reader) => !reader.hasContent());
  return { isEmpty, leadingComment: leadingCommentOf(parts) };
}

/** True if SQL stands before the first Jinja statement, where no branch can hide it: then no branch needs to be looked at. */
function beginsWithContent({ main, text }: SqlParts): boolean {
  for (const [at, token] of main.tokens.entries()) {
    if (token.kind === 'jinja-statement') return false;
    if (main.words[at] !== ';' && !isConfigCall(text, token)) return true;
  }
  return false;
}

function isConfigCall(text: string, token: SqlToken): boolean {
  return token.kind === 'jinja-expression' && CONFIG_CALL.test(text.slice(token.from, Math.min(token.to, token.from + 40)));
}

/** One reader for each variant of a text; all questions about a text share them. */
function readersOf(parts: SqlParts): readonly SelectReader[] {
  const known = READERS.get(parts);
  if (known !== undefined) return known;
  const made = variantsOf(parts).map((variant) => new SelectReader(parts, variant));
  READERS.set(parts, made);
  return made;
}

/** Tokens of one combination of Jinja branches, without Jinja statements. */
interface Variant {
  readonly tokens: readonly SqlToken[];
  readonly words: readonly string[];
  /** Beside each token, the loop it stands in, 0 for none; empty if there are no loops at all. */
  readonly loops: readonly number[];
}

/** More alternatives than this are not tried; what they add is then unknown through the ones that differ. */
const MAX_VARIANTS = 6;

/**
 * Variant n takes the n-th branch of every condition (a missing `else` is an empty branch), or the last if it has fewer. So
 * each branch is seen, without the product of all conditions.
 */
function variantsOf(parts: SqlParts): Variant[] {
  const { main } = parts;
  if (main.tokens.every((token) => token.kind !== 'jinja-statement')) return [{ tokens: main.tokens, words: main.words, loops: [] }];
  const sizes = conditionSizes(parts.main);
  const most = Math.min(Math.max(1, ...new Set(sizes.values())), MAX_VARIANTS);
  return Array.from({ length: most }, (_, choice) => variant(parts.main, choice, sizes));
}

/** The number of branches of each `if` by the number of its token; the empty one of those without `else` counts. */
function conditionSizes(main: SqlPart): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  const open: { readonly at: number; branches: number; hasElse: boolean }[] = [];
  main.tokens.forEach((token, at) => {
    if (token.kind !== 'jinja-statement') return;
    const word = main.words[at];
    const innermost = open.at(-1);
    if (word === 'if' || word === 'for') open.push({ at, branches: 1, hasElse: false });
    if (innermost === undefined) return;
    if (word === 'elif' || word === 'else') {
      innermost.branches++;
      innermost.hasElse ||= word === 'else';
    } else if (word === 'endif' || word === 'endfor') {
      open.pop();
      if (main.words[innermost.at] === 'if') sizes.set(innermost.at, innermost.branches + (innermost.hasElse ? 0 : 1));
    }
  });
  return sizes;
}

function variant(main: SqlPart, choice: number, sizes: ReadonlyMap<number, number>): Variant {
  const tokens: SqlToken[] = [];
  const words: string[] = [];
  const loops: number[] = [];
  const open: { readonly isLoop: boolean; readonly taken: number; branch: number; readonly loop: number }[] = [];
  let hidden = 0; // Number of open blocks whose current branch is not taken.
  let loop = 0;
  const isHidden = (block: { isLoop: boolean; taken: number; branch: number }): boolean => block.branch !== block.taken;
  main.tokens.forEach((token, at) => {
    const word = main.words[at] ?? '';
    if (token.kind !== 'jinja-statement') {
      if (hidden > 0) return;
      tokens.push(token);
      words.push(word);
      loops.push(loop);
      return;
    }
    const innermost = open.at(-1);
    if (word === 'if' || word === 'for') {
      const isLoop = word === 'for';
      open.push({ isLoop, taken: isLoop ? 0 : Math.min(choice, (sizes.get(at) ?? 1) - 1), branch: 0, loop });
      const block = open.at(-1);
      if (block !== undefined && isHidden(block)) hidden++;
      if (isLoop) loop = at + 1;
    } else if ((word === 'elif' || word === 'else') && innermost !== undefined) {
      if (isHidden(innermost)) hidden--;
      innermost.branch++;
      if (isHidden(innermost)) hidden++;
    } else if ((word === 'endif' || word === 'endfor') && innermost !== undefined) {
      if (isHidden(innermost)) hidden--;
      ({ loop } = innermost);
      open.pop();
    }
  });
  return { tokens, words, loops };
}

/** Something that FROM or JOIN names. */
interface SelectSource {
  readonly kind: 'cte' | 'relation' | 'subquery' | 'function';
  /** How its columns are qualified, in lower case; undefined if Jinja hides it. */
  readonly alias: string | undefined;
  /** Names given behind the alias: `t (a, b)`. */
  readonly columnNames: readonly OutputColumn[] | undefined;
  /** What it reads, for CTEs and subqueries. */
  readonly cte: Cte | undefined;
  readonly span: Span;
  /** True for the right side of a semi or anti join: its columns do not come out. */
  readonly isFilter: boolean;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Cte {
  readonly body: Range;
  readonly columnNames: readonly OutputColumn[] | undefined;
  readonly scope: Scope;
  /** Undefined until asked for; null while it is being worked out. */
  result: Columns | null | undefined;
}

/** CTE names in scope; two of one name (made by a loop) are ambiguous. */
interface Scope {
  readonly parent: Scope | undefined;
  readonly ctes: Map<string, Cte | 'ambiguous'>;
}

/** A result under way. */
interface Columns {
  readonly columns: OutputColumn[];
  reason: IncompleteReason | undefined;
  star: boolean;
  readonly openStars: OpenStar[];
}

/** What is known of a FROM clause. */
interface FromClause {
  readonly sources: readonly SelectSource[];
  /** False if columns may be changed (PIVOT, LATERAL VIEW) or if the text was not understood. */
  readonly isClear: boolean;
  /** True if a Jinja expression may bring further joins. */
  readonly mayGrow: boolean;
}

/** What an item of a select list is called. */
interface NamedItem {
  readonly column: OutputColumn | undefined;
  /** The token that names it. */
  readonly at: number;
  /** True if Jinja hides the name. */
  readonly isJinja: boolean;
  /** True if a Jinja expression in it may write further columns. */
  readonly mayBringMore: boolean;
}

/** Nested queries and chains of CTEs deeper than this are not followed. */
const MAX_DEPTH = 100;

class SelectReader {
  readonly #text: string;
  readonly #dialect: SqlDialect;
  readonly #tokens: readonly SqlToken[];
  readonly #words: readonly string[];
  readonly #loops: readonly number[];
  /** The partner of each bracket, -1 for other tokens and brackets without one. */
  readonly #partner: Int32Array;
  #isBalanced = true;
  #depth = 0;

  constructor(parts: SqlParts, input: Variant) {
    this.#text = parts.text;
    this.#dialect = parts.dialect;
    this.#tokens = input.tokens;
    this.#words = input.words;
    this.#loops = input.loops;
    this.#partner = new Int32Array(input.tokens.length).fill(-1);
    const open: number[] = [];
    this.#words.forEach((word, at) => {
      if (word === '(' || word === '[') open.push(at);
      else if (word === ')' || word === ']') {
        const partner = open.pop();
        if (partner === undefined || (this.#words[partner] === '(') !== (word === ')')) {
          this.#isBalanced = false;
          return;
        }
        this.#partner[partner] = at;
        this.#partner[at] = partner;
      }
    });
    if (open.length > 0) this.#isBalanced = false;
  }

  /** True if anything but config() and semicolons is there. */
  hasContent(): boolean {
    return this.#tokens.some((token, at) => this.#words[at] !== ';' && !isConfigCall(this.#text, token));
  }

  joinCount(): number {
    return this.#words.filter((word, at) => (word === 'join' || word === 'straight_join') && this.#words[at - 1] !== '.').length;
  }

  statementCount(): number {
    let count = 0;
    let hasContent = false;
    this.#tokens.forEach((token, at) => {
      if (this.#words[at] === ';') hasContent = false;
      else if (!hasContent && !isConfigCall(this.#text, token)) {
        hasContent = true;
        count++;
      }
    });
    return count;
  }

  finalSelect(): FinalSelect {
    let to = this.#tokens.length;
    while (to > 0 && this.#words[to - 1] === ';') to--;
    let from = 0;
    let hasMacro = false;
    for (; from < to && this.#tokens[from]?.kind === 'jinja-expression'; from++) {
      const token = this.#tokens[from];
      if (token !== undefined && !isConfigCall(this.#text, token)) hasMacro = true;
    }
    if (hasMacro && from >= to) return closed(nothing('jinja-columns'));
    if (!this.#isBalanced || this.statementCount() > 1 || from >= to) return closed(nothing('no-query'));
    const result = this.#query({ from, to }, { parent: undefined, ctes: new Map() });
    // What a macro in front of the query writes is not seen; it could be the first branch of a union.
    if (hasMacro && (result.reason === undefined || result.columns.length === 0)) result.reason = 'jinja-columns';
    return closed(result);
  }

  /** All stars of all select lists. */
  stars(): SelectStar[] {
    const found: SelectStar[] = [];
    const places: { readonly close: number; readonly place: SelectStar['place'] }[] = [];
    const root: Scope = { parent: undefined, ctes: this.#allCtes() };
    for (let at = 0; at < this.#tokens.length; at++) {
      while (places.length > 0 && at > (places.at(-1)?.close ?? 0)) places.pop();
      const outer = places.at(-1)?.place ?? 'final';
      if (this.#words[at] === '(' && (this.#partner[at] ?? -1) > at) {
        places.push({ close: this.#partner[at] ?? at, place: this.#placeOf(at, outer) });
        continue;
      }
      if (this.#words[at] !== 'select' || this.#words[at - 1] === '.') continue;
      const select = this.#selectAt(at, this.#endOfLevel(at));
      if (select === undefined) continue;
      const items = this.#items(select.list);
      let sources: SelectSource['kind'][] | undefined;
      for (const item of items) {
        const star = this.#starOf(item);
        if (star === undefined) continue;
        sources ??= this.#sources(select.from, root).sources.map((source) => source.kind);
        found.push({
          span: star.span,
          qualifier: star.qualifier,
          modified: star.end < item.to,
          place: outer,
          alone: items.length === 1,
          sources,
        });
      }
    }
    return found;
  }

  /** What a select directly inside the bracket at `open` is part of. */
  #placeOf(open: number, outer: SelectStar['place']): SelectStar['place'] {
    if (this.#cteNameBefore(open) !== undefined) return 'cte';
    const before = this.#words[open - 1] ?? '';
    // Brackets around a branch of a union, around the whole query, or around the select behind a WITH list.
    const token = this.#tokens[open - 1];
    const isBranch =
      token === undefined ||
      before === '(' ||
      SET_OPERATIONS.has(before) ||
      (before === 'all' && SET_OPERATIONS.has(this.#words[open - 2] ?? '')) ||
      (before === ')' && this.#cteNameBefore(this.#partner[open - 1] ?? 0) !== undefined) ||
      isConfigCall(this.#text, token);
    const next = this.#words[open + 1];
    if (isBranch && (next === 'select' || next === '(' || next === 'with')) return outer;
    return 'subquery';
  }

  /** Every CTE of the text by name, whatever its scope. */
  #allCtes(): Map<string, Cte> {
    const ctes = new Map<string, Cte>();
    for (let at = 0; at < this.#tokens.length; at++) {
      if (this.#words[at] !== '(') continue;
      const name = this.#cteNameBefore(at);
      if (name === undefined) continue;
      const scope: Scope = { parent: undefined, ctes: new Map() };
      ctes.set(name, { body: { from: at + 1, to: at + 1 }, columnNames: undefined, scope, result: undefined });
    }
    return ctes;
  }

  /** The name of the CTE whose body the bracket at `open` opens. */
  #cteNameBefore(open: number): string | undefined {
    let at = open - 1;
    if (this.#words[at] === 'materialized') at--;
    if (this.#words[at] === 'not') at--;
    if (this.#words[at] !== 'as') return undefined;
    at--;
    if (this.#words[at] === ')') at = (this.#partner[at] ?? 0) - 1;
    const token = this.#tokens[at];
    if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier') return undefined;
    const before = this.#words[at - 1] ?? '';
    const next = this.#words[open + 1] ?? '';
    const startsQuery = next === 'select' || next === 'with' || next === '(' || next === 'values' || next === 'from' || next === 'table';
    if (!startsQuery && this.#tokens[open + 1]?.kind !== 'jinja-expression') return undefined;
    const isListed = before === 'with' || before === 'recursive' || before === ',' || before === ')' || at === 0 || this.#tokens[at - 1]?.kind === 'jinja-expression';
    return isListed ? unquote(this.#slice(token)).toLowerCase() : undefined;
  }

  /** The end of the bracket level that `at` stands in, or of its statement. */
  #endOfLevel(at: number): number {
    let end = at;
    while (end < this.#tokens.length) {
      const word = this.#words[end];
      if (word === ')' || word === ']' || word === ';') break;
      if (end > at && word === 'select') break;
      end = this.#after(end);
    }
    return end;
  }

  /** The token behind `at`, past the partner of a bracket that opens there. */
  #after(at: number): number {
    const partner = this.#partner[at] ?? -1;
    return partner > at ? partner + 1 : at + 1;
  }

  /** The columns of a query: WITH list, set operations, brackets. */
  #query(range: Range, outer: Scope): Columns {
    if (this.#depth >= MAX_DEPTH) return nothing('no-query');
    this.#depth++;
    try {
      const scope: Scope = { parent: outer, ctes: new Map() };
      const { at: start, isClear } = this.#withList(range, scope);
      let at = start;
      if (!isClear && at >= range.to) return nothing('jinja-columns');
      // A loop that writes UNION before all but the first branch.
      while (at < range.to && (SET_OPERATIONS.has(this.#words[at] ?? '') || this.#words[at] === 'all' || this.#words[at] === 'distinct')) at++;
      const { end, isByName } = this.#firstBranch({ from: at, to: range.to });
      const result = this.#branch({ from: at, to: end }, scope);
      if (!isClear) result.reason ??= 'jinja-columns';
      if (isByName) result.reason ??= 'no-query';
      return result;
    } finally {
      this.#depth--;
    }
  }

  #branch(range: Range, scope: Scope): Columns {
    if (this.#words[range.from] === 'select') return this.#select(range, scope);
    const partner = this.#partner[range.from] ?? -1;
    if (this.#words[range.from] === '(' && partner > range.from) {
      const next = this.#words[partner + 1] ?? '';
      if (partner + 1 >= range.to || next === 'order' || next === 'limit' || next === 'offset' || next === 'fetch') {
        return this.#query({ from: range.from + 1, to: partner }, scope);
      }
    }
    return nothing(this.#tokens[range.from]?.kind === 'jinja-expression' ? 'jinja-columns' : 'no-query');
  }

  /** Reads `with a as (…), b (x) as (…)` into the scope; `isClear` is false if something in it was not understood. */
  #withList(range: Range, scope: Scope): { at: number; isClear: boolean } {
    let at = range.from;
    // A comma in front is a list whose head another branch of a condition wrote.
    if (this.#words[at] !== 'with' && this.#words[at] !== ',') return { at, isClear: true };
    at++;
    if (this.#words[at] === 'recursive') at++;
    let isClear = true;
    while (at < range.to) {
      const word = this.#words[at];
      if (word === 'select' || (word === '(' && this.#words[at - 1] !== ',' && this.#words[at - 1] !== 'with')) break;
      if (word === ',') {
        at++;
        continue;
      }
      const cte = this.#cteAt(at, range.to);
      if (cte === undefined) {
        isClear = false;
        at = this.#after(at);
        continue;
      }
      const isBuilt = this.#isGluedToJinja(at);
      const known = scope.ctes.get(cte.name);
      if (!isBuilt) {
        scope.ctes.set(
          cte.name,
          known === undefined ? { body: cte.body, columnNames: cte.columnNames, scope, result: undefined } : 'ambiguous',
        );
      }
      at = cte.body.to + 1;
    }
    return { at, isClear };
  }

  #cteAt(start: number, to: number): { name: string; body: Range; columnNames: OutputColumn[] | undefined } | undefined {
    const token = this.#tokens[start];
    if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier') return undefined;
    let at = start + 1;
    let columnNames: OutputColumn[] | undefined;
    if (this.#words[at] === '(') {
      columnNames = this.#nameList(at);
      at = this.#after(at);
    }
    if (this.#words[at] !== 'as') return undefined;
    at++;
    if (this.#words[at] === 'not') at++;
    if (this.#words[at] === 'materialized') at++;
    const close = this.#partner[at] ?? -1;
    if (this.#words[at] !== '(' || close < at || close >= to) return undefined;
    return { name: unquote(this.#slice(token)).toLowerCase(), body: { from: at + 1, to: close }, columnNames };
  }

  /** The names in the bracket at `open`, undefined if it holds anything else. */
  #nameList(open: number): OutputColumn[] | undefined {
    const close = this.#partner[open] ?? -1;
    if (close < open) return undefined;
    const names: OutputColumn[] = [];
    for (let at = open + 1; at < close; at += 2) {
      const name = this.#nameAt(at);
      const next = this.#words[at + 1];
      if (name === undefined || (at + 1 < close && next !== ',')) return undefined;
      names.push(name);
    }
    return names;
  }

  /** Where the first branch of a chain of set operations ends. */
  #firstBranch(range: Range): { end: number; isByName: boolean } {
    for (let at = range.from; at < range.to; at = this.#after(at)) {
      const word = this.#words[at] ?? '';
      if (!SET_OPERATIONS.has(word) || this.#words[at - 1] === '.' || this.#words[at - 1] === 'as') continue;
      const next = this.#words[at + 1] ?? '';
      const nextKind = this.#tokens[at + 1]?.kind;
      const isOperation = STARTS_BRANCH.has(next) || nextKind === 'jinja-expression' || at + 1 >= range.to;
      // `* except (a, b)` is a list of columns; `except (select …)` is not.
      if (!isOperation || (next === '(' && this.#words[at - 1] === '*')) continue;
      const afterAll = next === 'all' || next === 'distinct' ? (this.#words[at + 2] ?? '') : next;
      return { end: at, isByName: afterAll === 'by' || afterAll === 'corresponding' };
    }
    return { end: range.to, isByName: false };
  }

  /** Cuts the select at `at` into its list and what follows FROM. */
  #selectAt(start: number, end: number): { list: Range; from: Range; isValue: boolean } | undefined {
    let at = start + 1;
    let isValue = false;
    for (; at < end; at++) {
      const word = this.#words[at];
      if (word === 'distinct' || word === 'all') {
        if (this.#words[at + 1] === 'on' && this.#words[at + 2] === '(') at = this.#after(at + 2) - 1;
      } else if (word === 'top' && (this.#tokens[at + 1]?.kind === 'number' || this.#words[at + 1] === '(')) {
        at = this.#after(at + 1) - 1;
        if (this.#words[at + 1] === 'percent') at++;
        if (this.#words[at + 1] === 'with' && this.#words[at + 2] === 'ties') at += 2;
      } else if (word === 'as' && (this.#words[at + 1] === 'struct' || this.#words[at + 1] === 'value')) {
        isValue = true;
        at++;
      } else break;
    }
    const listStart = at;
    for (; at < end; at = this.#after(at)) if (this.#endsList(at, listStart)) break;
    const list = { from: listStart, to: Math.min(at, end) };
    if (this.#words[at] !== 'from') return { list, from: { from: end, to: end }, isValue };
    const fromStart = at + 1;
    for (at = fromStart; at < end; at = this.#after(at)) {
      if (this.#isGroupByCall(at)) break;
      if (ENDS_FROM_CLAUSE.has(this.#words[at] ?? '') && this.#words[at - 1] !== '.' && this.#words[at - 1] !== 'as' && this.#words[at - 1] !== 'with') break;
      if (SET_OPERATIONS.has(this.#words[at] ?? '')) break;
    }
    return { list, from: { from: fromStart, to: Math.min(at, end) }, isValue };
  }

  #endsList(at: number, listStart: number): boolean {
    const word = this.#words[at] ?? '';
    if (!ENDS_SELECT_LIST.has(word)) return false;
    const before = this.#words[at - 1] ?? '';
    const next = this.#words[at + 1] ?? '';
    if (before === '.' || next === '.' || (at > listStart && before === 'as')) return false;
    switch (word) {
      case 'from':
        if (before === 'distinct' && (this.#words[at - 2] === 'is' || this.#words[at - 2] === 'not')) return false;
        return !((next === 'first' || next === 'last') && this.#words[at + 2] === 'over');
      case 'group':
      case 'order':
        return next === 'by';
      case 'except':
      case 'minus':
        return next === 'select' || next === 'all' || next === 'distinct' || (next === '(' && before !== '*');
      default:
        return at > listStart && before !== ',';
    }
  }

  #select(range: Range, scope: Scope): Columns {
    const select = this.#selectAt(range.from, range.to);
    if (select === undefined || select.isValue) return nothing('no-query');
    const result = nothing(undefined);
    const loop = this.#loops[range.from];
    let sources: FromClause | undefined;
    const items = this.#items(select.list);
    if (items.length === 0) return nothing('no-query');
    for (const item of items) {
      const star = this.#starOf(item);
      if (star !== undefined) {
        sources ??= this.#sources(select.from, scope);
        if (this.#loops[item.from] === loop) this.#addStar(result, item, star, sources);
        else result.reason ??= 'jinja-columns';
        continue;
      }
      const named = this.#columnOf(item);
      if (named.mayBringMore) result.reason ??= 'jinja-columns';
      if (named.column === undefined) result.reason ??= named.isJinja ? 'jinja-columns' : 'unnamed-expression';
      else if (this.#loops[named.at] !== loop) result.reason ??= 'jinja-columns';
      else result.columns.push(named.column);
    }
    return withoutRepeats(result);
  }

  /** The items of a select list, without empty ones. */
  #items(list: Range): Range[] {
    const items: Range[] = [];
    let from = list.from;
    for (let at = list.from; at <= list.to; at = at < list.to ? this.#after(at) : at + 1) {
      if (at < list.to && this.#words[at] !== ',') continue;
      if (at > from) items.push({ from, to: at });
      from = at + 1;
    }
    return items;
  }

  /** If the item is `*` or `t.*`, with or without modifiers: where the star is, and the token behind it. */
  #starOf(item: Range): { span: Span; qualifier: string | undefined; end: number } | undefined {
    let at = item.from;
    const first = this.#tokens[at];
    if (first === undefined) return undefined;
    let qualifier: string | undefined;
    while (at < item.to && this.#words[at] !== '*') {
      const token = this.#tokens[at];
      if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier' && token?.kind !== 'jinja-expression') return undefined;
      // `{{ alias }}_x.*` is one name.
      while (this.#tokens[at + 1]?.from === this.#tokens[at]?.to && this.#words[at + 1] !== '.' && at + 1 < item.to) at++;
      if (this.#words[at + 1] !== '.') return undefined;
      qualifier = token.kind === 'jinja-expression' ? '' : unquote(this.#slice(token)).toLowerCase();
      at += 2;
    }
    const star = this.#tokens[at];
    if (star === undefined || at >= item.to) return undefined;
    const next = this.#tokens[at + 1];
    if (at + 1 < item.to && next?.kind !== 'jinja-expression' && !STAR_MODIFIERS.has(this.#words[at + 1] ?? '')) return undefined;
    return { span: { from: first.from, to: star.to }, qualifier, end: at + 1 };
  }

  #addStar(
    result: Columns,
    item: Range,
    star: { span: Span; qualifier: string | undefined; end: number },
    from: FromClause,
  ): void {
    const wanted = from.sources.filter((source) => (star.qualifier === undefined ? !source.isFilter : source.alias === star.qualifier));
    const before = result.columns.length;
    if (!from.isClear) result.reason ??= 'no-query';
    if (wanted.length === 0 || (star.qualifier !== undefined && wanted.length > 1)) {
      result.reason ??= 'star-of-relation';
      result.star = true;
      return;
    }
    if (!from.isClear && star.qualifier === undefined) {
      result.star = true;
      return;
    }
    for (const source of wanted) this.#addColumnsOf(result, source, star.span);
    if (from.mayGrow && star.qualifier === undefined) result.reason ??= 'jinja-columns';
    const isApplied = this.#applyModifiers(result, before, { from: star.end, to: item.to });
    if (isApplied) return;
    result.columns.length = before;
    result.reason ??= 'jinja-columns';
  }

  #addColumnsOf(result: Columns, source: SelectSource, star: Span): void {
    if (source.columnNames !== undefined) {
      result.columns.push(...source.columnNames);
      return;
    }
    if (source.cte === undefined) {
      result.reason ??= 'star-of-relation';
      result.star = true;
      if (source.kind === 'relation') result.openStars.push({ span: star, relation: source.span });
      return;
    }
    const inner = this.#columnsOfCte(source.cte);
    result.columns.push(...inner.columns);
    result.reason ??= inner.reason;
    result.star ||= inner.star;
    result.openStars.push(...inner.openStars);
  }

  #columnsOfCte(cte: Cte): Columns {
    if (cte.result === null) return nothing('no-query');
    if (cte.result !== undefined) return cte.result;
    cte.result = null;
    const result = cte.columnNames === undefined ? this.#query(cte.body, cte.scope) : { ...nothing(undefined), columns: [...cte.columnNames] };
    // A result that the depth limit cut short is kept as well: it says less, never more.
    cte.result = result;
    return result;
  }

  /** `except (a, b)`, `exclude c`, `replace (x as a)`, `rename (a as b)`; false if they cannot be read. */
  #applyModifiers(result: Columns, since: number, range: Range): boolean {
    for (let at = range.from; at < range.to; ) {
      const word = this.#words[at] ?? '';
      if (!STAR_MODIFIERS.has(word)) return false;
      const isBracket = this.#words[at + 1] === '(';
      const inside = isBracket ? { from: at + 2, to: this.#after(at + 1) - 1 } : { from: at + 1, to: at + 2 };
      if (inside.to > range.to) return false;
      const items = this.#items(inside);
      if (word === 'except' || word === 'exclude') {
        const names = new Set<string>();
        for (const item of items) {
          const name = item.to === item.from + 1 ? this.#nameAt(item.from) : undefined;
          if (name === undefined) return false;
          names.add(name.name.toLowerCase());
        }
        const kept = result.columns.splice(since).filter((column) => !names.has(column.name.toLowerCase()));
        result.columns.push(...kept);
      } else if (word === 'rename') {
        for (const item of items) {
          const from = this.#nameAt(item.from);
          const to = this.#nameAt(item.to - 1);
          if (from === undefined || to === undefined || item.to !== item.from + 3) return false;
          const index = result.columns.findIndex((column, i) => i >= since && column.name.toLowerCase() === from.name.toLowerCase());
          if (index >= 0) result.columns[index] = to;
        }
      } else if (word !== 'replace') return false;
      at = isBracket ? inside.to + 1 : inside.to;
    }
    return true;
  }

  /** A name that stands alone at `at` and that Jinja has no part in. */
  #nameAt(at: number): OutputColumn | undefined {
    const token = this.#tokens[at];
    if (token === undefined || this.#isGluedToJinja(at)) return undefined;
    const text = this.#slice(token);
    switch (token.kind) {
      case 'word':
        return { name: text, quoted: false, span: { from: token.from, to: token.to } };
      case 'quoted-identifier':
        if (/\{[{%#]/.test(text)) return undefined;
        return { name: unquote(text), quoted: true, span: { from: token.from, to: token.to } };
      case 'number':
        // `1st` is a name in Spark.
        return /[A-Za-z_]/.test(text) && !/^0x|^[\d.]+e\d/i.test(text) ? { name: text, quoted: false, span: { from: token.from, to: token.to } } : undefined;
      case 'string':
        if (/\{[{%#]/.test(text) || !/^(['"])[^'"\\]+\1$/.test(text)) return undefined;
        return { name: text.slice(1, -1), quoted: true, span: { from: token.from, to: token.to } };
      default:
        return undefined;
    }
  }

  /** True if a Jinja expression touches the token, so that it is only part of a name. */
  #isGluedToJinja(at: number): boolean {
    const token = this.#tokens[at];
    const before = this.#tokens[at - 1];
    const next = this.#tokens[at + 1];
    if (token === undefined) return false;
    return (before?.kind === 'jinja-expression' && before.to === token.from) || (next?.kind === 'jinja-expression' && next.from === token.to);
  }

  /** The name of an item of a select list. */
  #columnOf(item: Range): NamedItem {
    let last = item.to - 1;
    let mayBringMore = false;
    const unknown = (isJinja: boolean): NamedItem => ({ column: undefined, at: last, isJinja, mayBringMore });
    const known = (at: number): NamedItem => ({ column: this.#nameAt(at), at, isJinja: this.#isGluedToJinja(at), mayBringMore });

    // `a as b {{ more_columns() }}`: the name stands before; but not in `a + {{ b }}`, `as {{ name }}`, `a_{{ b }}`.
    while (this.#tokens[last]?.kind === 'jinja-expression') {
      if (last === item.from) return unknown(true);
      const before = this.#tokens[last - 1];
      const beforeWord = this.#words[last - 1] ?? '';
      if (before === undefined || before.to === this.#tokens[last]?.from) return unknown(true);
      if (beforeWord === 'as' || (before.kind === 'punct' && beforeWord !== ')' && beforeWord !== ']') || OPERATOR_WORDS.has(beforeWord)) return unknown(true);
      mayBringMore = true;
      last--;
    }
    // In `a.b {{ x }}` the Jinja expression may be the alias.
    if (mayBringMore && this.#words[last - 1] !== 'as' && this.#isPath(item.from, last)) return unknown(true);
    const first = this.#tokens[item.from];
    const second = this.#tokens[item.from + 1];
    if (first?.kind === 'jinja-expression' && item.from + 1 < last && second !== undefined && second.from > first.to) {
      // `{{ columns_with_comma() }} a as b`.
      const word = this.#words[item.from + 1] ?? '';
      const startsItem = (second.kind === 'word' && word !== 'as' && !OPERATOR_WORDS.has(word)) || second.kind === 'quoted-identifier';
      if (startsItem) mayBringMore = true;
    }

    if (this.#dialect.bracketNames && this.#words[item.from + 1] === '=' && (first?.kind === 'word' || first?.kind === 'quoted-identifier')) {
      return known(item.from);
    }
    const token = this.#tokens[last];
    const word = this.#words[last] ?? '';
    const before = last - 1;
    if (last > item.from && this.#words[before] === 'as') return last - 1 > item.from ? known(last) : unknown(false);
    if (token?.kind !== 'word' && token?.kind !== 'quoted-identifier') return unknown(false);
    if (last === item.from) return token.kind === 'word' && NO_COLUMNS.has(word) ? unknown(false) : known(last);
    const beforeWord = this.#words[before] ?? '';
    if (beforeWord === '.') return this.#isPath(item.from, last) ? known(last) : unknown(false);
    if (token.kind === 'word' && NO_ALIASES.has(word)) return unknown(false);
    const beforeKind = this.#tokens[before]?.kind;
    if (beforeKind === 'punct' && beforeWord !== ')' && beforeWord !== ']') return unknown(false);
    if (beforeKind === 'word' && OPERATOR_WORDS.has(beforeWord)) return unknown(false);
    // `x + interval 1 day`, `{{ dbt.type_x() }} y` has a name only if nothing else can be meant.
    if (this.#words[before - 1] === 'interval' && before - 1 >= item.from) return unknown(false);
    return known(last);
  }

  /** True if the tokens are names with dots between. */
  #isPath(from: number, last: number): boolean {
    for (let at = from; at <= last; at++) {
      const isDot = this.#words[at] === '.';
      if (isDot !== ((at - from) % 2 === 1)) {
        // Jinja may build a qualifier: `{{ alias }}.id`, `a_{{ b }}.id`; the last part is what counts.
        const kind = this.#tokens[at]?.kind;
        const isGlued = this.#tokens[at - 1]?.to === this.#tokens[at]?.from;
        if (isGlued && (kind === 'jinja-expression' || this.#tokens[at - 1]?.kind === 'jinja-expression')) return this.#isPath(at + (isDot ? 1 : 0), last);
        return false;
      }
      const kind = this.#tokens[at]?.kind;
      if (!isDot && kind !== 'word' && kind !== 'quoted-identifier' && kind !== 'jinja-expression') return false;
    }
    return true;
  }

  /** What FROM names. */
  #sources(range: Range, scope: Scope): FromClause {
    const sources: SelectSource[] = [];
    let isClear = range.to > range.from;
    let mayGrow = false;
    let isFilter = false;
    let isExpected = true;
    for (let at = range.from; at < range.to; ) {
      const word = this.#words[at] ?? '';
      if (isExpected) {
        const { source, next } = this.#sourceAt(at, range.to, scope, isFilter);
        if (source === undefined) isClear = false;
        else sources.push(source);
        isExpected = false;
        isFilter = false;
        at = Math.max(next, at + 1);
        continue;
      }
      if (word === ',' || word === 'join' || word === 'apply' || word === 'straight_join') {
        isFilter = word === 'join' && (this.#words[at - 1] === 'semi' || this.#words[at - 1] === 'anti');
        isExpected = true;
        if (this.#words[at - 1] === 'array') isClear = false;
      } else if (word === 'pivot' || word === 'unpivot' || word === 'match_recognize' || (word === 'lateral' && this.#words[at + 1] === 'view')) {
        isClear = false;
        if (word === 'lateral') break;
      } else if (this.#tokens[at]?.kind === 'jinja-expression' && !this.#isConditionPart(at)) mayGrow = true;
      at = this.#after(at);
    }
    return { sources, isClear, mayGrow };
  }

  /** True if the Jinja expression at `at` is an operand of an ON condition, not text that could bring a join. */
  #isConditionPart(at: number): boolean {
    const before = this.#words[at - 1] ?? '';
    const kind = this.#tokens[at - 1]?.kind;
    return before === 'on' || OPERATOR_WORDS.has(before) || (kind === 'punct' && before !== ')') || this.#tokens[at - 1]?.to === this.#tokens[at]?.from;
  }

  #sourceAt(start: number, to: number, scope: Scope, isFilter: boolean): { source: SelectSource | undefined; next: number } {
    let at = start;
    if (this.#words[at] === 'lateral' || (this.#words[at] === 'only' && this.#tokens[at + 1]?.kind === 'word')) at++;
    const first = this.#tokens[at];
    if (first === undefined || at >= to) return { source: undefined, next: at };
    const close = this.#partner[at] ?? -1;
    if (this.#words[at] === '(' && close > at) {
      const inner = this.#words[at + 1] ?? '';
      const isQuery = inner === 'select' || inner === 'with' || inner === '(' || inner === 'values';
      const named = this.#aliasAt(close + 1, to);
      if (!isQuery) return { source: undefined, next: named.next };
      const holder: Cte = { body: { from: at + 1, to: close }, columnNames: undefined, scope, result: undefined };
      return {
        source: { kind: 'subquery', alias: named.alias, columnNames: named.columnNames, cte: holder, span: this.#spanOf(at, close + 1), isFilter },
        next: named.next,
      };
    }
    if (first.kind !== 'word' && first.kind !== 'quoted-identifier' && first.kind !== 'jinja-expression' && first.kind !== 'string') {
      return { source: undefined, next: at };
    }
    let end = at + 1;
    let parts = 1;
    for (; end < to; end++) {
      const token = this.#tokens[end];
      const isGlued = token?.from === this.#tokens[end - 1]?.to;
      if (this.#words[end] === '.') parts++;
      else if (this.#words[end - 1] !== '.' && !(isGlued && (token?.kind === 'jinja-expression' || token?.kind === 'word' || this.#words[end] === '-'))) break;
    }
    const span = this.#spanOf(at, end);
    if (this.#words[end] === '(') {
      const named = this.#aliasAt(this.#after(end), to);
      return { source: { kind: 'function', alias: named.alias, columnNames: undefined, cte: undefined, span, isFilter }, next: named.next };
    }
    const name = unquote(this.#slice(first)).toLowerCase();
    const isBare = parts === 1 && end === at + 1 && (first.kind === 'word' || first.kind === 'quoted-identifier');
    const cte = isBare ? lookUp(scope, name, at) : undefined;
    const named = this.#aliasAt(end, to);
    const lastPart = this.#tokens[end - 1];
    // `from {{ ref('orders') }}` is qualified as `orders.x` where the relation has the model's name.
    const ownName =
      first.kind === 'jinja-expression'
        ? LAST_STRING.exec(this.#slice(first))?.[2]?.toLowerCase()
        : lastPart === undefined || isBare
          ? name
          : unquote(this.#slice(lastPart)).toLowerCase();
    if (cte === 'ambiguous') return { source: undefined, next: named.next };
    return {
      source: {
        kind: cte === undefined ? 'relation' : 'cte',
        alias: named.alias ?? ownName,
        columnNames: named.columnNames,
        cte,
        span,
        isFilter,
      },
      next: named.next,
    };
  }

  #aliasAt(start: number, to: number): { alias: string | undefined; columnNames: OutputColumn[] | undefined; next: number } {
    let at = start;
    const hasAs = this.#words[at] === 'as' && at < to;
    if (hasAs) at++;
    const token = this.#tokens[at];
    if (token === undefined || at >= to) return { alias: undefined, columnNames: undefined, next: start };
    const word = this.#words[at] ?? '';
    const isName = token.kind === 'quoted-identifier' || (token.kind === 'word' && (hasAs || !NO_SOURCE_ALIASES.has(word)));
    if (!isName) return { alias: undefined, columnNames: undefined, next: start };
    const alias = unquote(this.#slice(token)).toLowerCase();
    if (this.#words[at + 1] !== '(' || at + 1 >= to) return { alias, columnNames: undefined, next: at + 1 };
    return { alias, columnNames: this.#nameList(at + 1), next: this.#after(at + 1) };
  }

  /** `{{ dbt_utils.group_by(2) }}` and the like. */
  #isGroupByCall(at: number): boolean {
    const token = this.#tokens[at];
    return token?.kind === 'jinja-expression' && GROUP_BY_CALL.test(this.#text.slice(token.from, Math.min(token.to, token.from + 60)));
  }

  #slice(token: Span): string {
    return this.#text.slice(token.from, token.to);
  }

  #spanOf(from: number, to: number): Span {
    return { from: this.#tokens[from]?.from ?? 0, to: this.#tokens[to - 1]?.to ?? 0 };
  }
}

/** Dropped with the parts they belong to. */
const READERS = new WeakMap<SqlParts, readonly SelectReader[]>();

const LAST_STRING = /(['"])([^'"]*)\1[^'"]*$/;

const GROUP_BY_CALL = /^\{\{[-+]?\s*(?:\w+\.)?group_by\s*\(/;
const CONFIG_CALL = /^\{\{[-+]?\s*config\s*\(/;

/** The CTE that a bare name means at token `at`. */
function lookUp(scope: Scope, name: string, at: number): Cte | 'ambiguous' | undefined {
  for (let outer: Scope | undefined = scope; outer !== undefined; outer = outer.parent) {
    const found = outer.ctes.get(name);
    if (found === 'ambiguous') return found;
    // In its own body, and in those before it, the name means a relation outside (or needs RECURSIVE, which we do not follow).
    if (found !== undefined && found.body.to < at) return found;
  }
  return undefined;
}

function nothing(reason: IncompleteReason | undefined): Columns {
  return { columns: [], reason, star: false, openStars: [] };
}

/** Each name once, as a column of the output can be: stars over stars would else grow without end. */
function withoutRepeats(result: Columns): Columns {
  const byName = new Map<string, OutputColumn>();
  for (const column of result.columns) if (!byName.has(column.name.toLowerCase())) byName.set(column.name.toLowerCase(), column);
  return { ...result, columns: [...byName.values()], openStars: distinctStars(result.openStars) };
}

function distinctStars(stars: readonly OpenStar[]): OpenStar[] {
  return [...new Map(stars.map((star) => [`${star.span.from}:${star.relation.from}`, star])).values()];
}

/** The result in the form that goes out. */
function closed(result: Columns): FinalSelect {
  const { columns, reason, star, openStars } = result;
  return { columns, complete: reason === undefined && columns.length > 0, star, reason, openStars };
}

const SET_OPERATIONS: ReadonlySet<string> = new Set(['union', 'intersect', 'except', 'minus']);

const STARTS_BRANCH: ReadonlySet<string> = new Set(['all', 'distinct', 'select', '(', 'by', 'corresponding', 'values', 'from', 'with', 'outer']);

const ENDS_SELECT_LIST: ReadonlySet<string> = new Set([
  'from', 'where', 'group', 'having', 'qualify', 'order', 'limit', 'into', 'union', 'intersect', 'except', 'minus',
]);

const ENDS_FROM_CLAUSE: ReadonlySet<string> = new Set([
  'where', 'group', 'having', 'qualify', 'window', 'order', 'limit', 'offset', 'fetch', 'connect', 'start', 'cluster',
  'distribute', 'sort', 'prewhere', 'settings', 'returning',
]);

const STAR_MODIFIERS: ReadonlySet<string> = new Set(['except', 'exclude', 'replace', 'rename', 'ilike', 'like']);

/** Words that take an operand on their right, so that the next word is no alias. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set([
  'and', 'or', 'not', 'is', 'in', 'like', 'ilike', 'rlike', 'regexp', 'similar', 'to', 'between', 'div', 'mod', 'collate', 'escape', 'over',
  'zone', 'case', 'when', 'then', 'else', 'distinct', 'all', 'any', 'some', 'prior', 'connect_by_root', 'interval', 'from', 'of', 'within',
  'group', 'by', 'xor', 'glob', 'overlaps', 'at', 'time', 'with', 'without', 'double', 'character', 'using', 'as', 'select', 'exists',
]);

/** Words that end an expression and are no name. */
const NO_ALIASES: ReadonlySet<string> = new Set([
  'end', 'null', 'true', 'false', 'unknown', 'precision', 'varying', 'zone', 'unsigned', 'signed', 'asc', 'desc', 'nulls', 'respect',
]);

/** Words that look like a column and are a value without a name. */
const NO_COLUMNS: ReadonlySet<string> = new Set([
  'null', 'true', 'false', 'current_date', 'current_time', 'current_timestamp', 'current_user', 'session_user', 'localtime',
  'localtimestamp', 'sysdate', 'systimestamp', 'default', 'current_schema', 'current_catalog', 'current_role',
]);

/** Words that stand behind a relation and are no alias of it. */
const NO_SOURCE_ALIASES: ReadonlySet<string> = new Set([
  'on', 'using', 'join', 'inner', 'left', 'right', 'full', 'outer', 'cross', 'natural', 'anti', 'semi', 'asof', 'any', 'all', 'global',
  'lateral', 'tablesample', 'sample', 'pivot', 'unpivot', 'match_recognize', 'at', 'before', 'changes', 'with', 'array', 'final',
  'positional', 'straight_join', 'for', 'apply', 'select', 'as', 'and', 'or', 'from', 'union', 'window', 'qualify',
]);

/** The text of the first comment block above the SQL that says something to people. */
function leadingCommentOf(parts: SqlParts): string {
  let lines: string[] = [];
  let end = -1;
  for (const token of parts.tokens) {
    const body = parts.text.slice(token.from, token.to);
    if (token.kind === 'jinja-statement' || (token.kind === 'jinja-expression' && CONFIG_CALL.test(body))) continue;
    if (token.kind !== 'comment' && token.kind !== 'jinja-comment') break;
    const isApart = end !== -1 && /\n[ \t\r]*\n/.test(parts.text.slice(end, token.from));
    if (isApart && lines.length > 0) break;
    lines = lines.concat(commentLines(body));
    ({ to: end } = token);
  }
  return lines.join('\n').trim();
}

function commentLines(comment: string): string[] {
  const body = comment
    .replace(/^(?:--+|\/\/+|#+|\/\*+|\{#[-+]?)/, '')
    .replace(/(?:\*+\/|[-+]?#\})$/, '');
  const lines = body.split(/\r\n|\r|\n/).map((line) => line.replace(/^\s*\*+(?=\s|$)/, '').trim());
  return lines.filter((line) => line !== '' && !DIRECTIVE.test(line) && !RULER.test(line) && !/\{[{%]/.test(line));
}

const DIRECTIVE = /^(?:depends[_ ]on\s*:|dbt-readiness\s*:|noqa\b|sqlfluff\s*:|fmt\s*:|prettier-|eslint-|vim\s*:)/i;
const RULER = /^[^\p{L}\p{N}]+$/u;

const LAYER_PREFIX = /^(?:stg|staging|base|src|raw|int|intermediate|fct|fact|dim|dimension|mart|marts|rpt|report|agg|bronze|silver|gold|hub|sat|link|bridge|lnk)_+/;

/**
 * The column that most likely identifies a row: `<entity>_id` (or `_key`, `_sk`, `_hk`, `_pk`) of the model's entity, else `id`, else
 * the first column that ends so. A guess: whoever uses it says so.
 */
export function primaryKeyGuess(modelName: string, columns: readonly string[]): string | undefined {
  const lower = columns.map((column) => column.toLowerCase());
  for (const name of keyNames(modelName)) {
    const at = lower.indexOf(name);
    if (at >= 0) return columns[at];
  }
  return columns.find((column) => /_(?:id|key|sk|hk)$/i.test(column));
}

/** What the key of a model may be called, the likeliest first. */
function keyNames(modelName: string): readonly string[] {
  if (lastKeyNames.modelName === modelName) return lastKeyNames.names;
  const bare = modelName.toLowerCase().replace(/[._]v\d+$/, '');
  const afterSource = bare.includes('__') ? bare.slice(bare.lastIndexOf('__') + 2) : bare;
  const entity = afterSource.replace(LAYER_PREFIX, '');
  const names = [singular(entity), entity].flatMap((name) => ['id', 'key', 'sk', 'hk', 'pk'].map((ending) => `${name}_${ending}`));
  lastKeyNames = { modelName, names: [...names, 'id'] };
  return lastKeyNames.names;
}

/** A model is asked about several times in a row. */
let lastKeyNames: { readonly modelName: string | undefined; readonly names: readonly string[] } = { modelName: undefined, names: [] };

/** The singular of an English noun at the end of a name, by its ending. */
function singular(name: string): string {
  if (name.endsWith('people')) return `${name.slice(0, -6)}person`;
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(name)) return name.slice(0, -2);
  if (/(?:ss|us|is)$/.test(name)) return name;
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
