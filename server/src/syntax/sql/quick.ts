/**
 * A quick look at the words of a model, which tells of most models that they name no relation by hand. What it does not clear
 * goes through the tokens of `sql-relations.ts`; a test compares the two.
 */

/** What may stand in front of a query without saying anything about it: config() and variables. */
const PREAMBLE = /\s*(?:\{\{-?\s*config\s*\(|\{%-?\s*set\s+\w+\s*=)/y;

const QUERY = /\s*(?:with|select)\b/iy;

/** Strings, which may hold what looks like a comment, and comments. */
const STRING_OR_COMMENT = /'[^']*'|--[^\n\r]*|\/\*[^]*?\*\/|\{#[^]*?#\}/g;

/** Escapes, stages, what is left of odd comments and dialects' own signs: too much for a quick look. */
const DIFFICULT = /--|\/[*/]|\*\/|[#$@;\\"`[]/;

/** Statements that catch the text behind them, or put it elsewhere; the others only choose or repeat what stands in them. */
const DIFFICULT_STATEMENT = /\{%(?![-+]?\s*(?:(?:for|endfor|if|elif|else|endif|do)\b|set\s+\w+\s*=))/;

/** Words that bring relations, or hide them, in ways that this does not follow. */
const DIFFICULT_WORDS =
  /\b(?:apply|straight_join|lateral|using|unnest|flatten|table|values|array|pivot|unpivot|only|recursive|delete|update|merge|insert|copy|window|import)\b/i;

const WITH = /\bwith\b/gi;
const CTE = /(?:\bwith|,)\s*([a-z_]\w*)\s+as\s*\(\s*(?:select\b|\{\{)/gi;
const BRINGS_RELATION = /\b(?:from|join)\b/gi;
const TARGET = /\s+(?:\{\{-?\s*(?:ref|source)\s*\([^{}()]*\)\s*-?\}\}|([a-z_]\w*))(?=[\s)]|$)(?!\s*[.({])/iy;

/** Words that end a FROM clause, or begin what is looked at by itself. */
const ENDS_CLAUSE: ReadonlySet<string> = new Set([
  'where', 'group', 'order', 'union', 'having', 'qualify', 'limit', 'select', 'from', 'join', 'except', 'intersect', 'minus', 'fetch', 'offset',
]);

/**
 * True if the text is a query without a comment in front that takes all its rows from ref(), source() and its own CTEs; false if it
 * may be anything else.
 */
export function isPlainQuery(text: string): boolean {
  const start = endOfPreamble(text);
  if (start === undefined) return false;
  QUERY.lastIndex = start;
  if (!QUERY.test(text)) return false;
  const query = withoutComments(text.slice(start));
  if (query === undefined || DIFFICULT.test(query) || DIFFICULT_STATEMENT.test(query) || DIFFICULT_WORDS.test(query)) return false;
  const startsWithList = /^\s*with/i.test(query);
  if ((query.match(WITH)?.length ?? 0) !== (startsWithList ? 1 : 0)) return false;
  const ctes = outerCtes(query, startsWithList);
  if (ctes === undefined) return false;
  BRINGS_RELATION.lastIndex = 0;
  while (BRINGS_RELATION.test(query)) {
    TARGET.lastIndex = BRINGS_RELATION.lastIndex;
    const target = TARGET.exec(query);
    if (target === null) return false;
    const name = target[1];
    if (name !== undefined && !ctes.has(name.toLowerCase())) return false;
    if (!isSoleRelation(query, TARGET.lastIndex)) return false;
  }
  return true;
}

/** The names of the one WITH list, if there is one; undefined if brackets, strings or Jinja do not close as they open. */
function outerCtes(query: string, hasList: boolean): ReadonlySet<string> | undefined {
  const found = hasList ? [...query.matchAll(CTE)] : [];
  const names = new Set<string>();
  let next = 0;
  let depth = 0;
  for (let at = 0; at < query.length; at++) {
    if (at === found[next]?.index) {
      if (depth === 0) names.add((found[next]?.[1] ?? '').toLowerCase());
      next++;
    }
    const code = query.charCodeAt(at);
    if (code === OPEN) depth++;
    else if (code === CLOSE) {
      if (--depth < 0) return undefined;
    } else if (code === QUOTE || code === BRACE) {
      const end = code === QUOTE ? query.indexOf("'", at + 1) : endOfJinja(query, at);
      if (end <= at) return undefined;
      at = end;
      // What looks like a CTE inside is none.
      while ((found[next]?.index ?? Infinity) <= at) next++;
    }
  }
  return depth === 0 ? names : undefined;
}

/** The last character of the Jinja that begins at `at`; -1 or less than `at` if it does not end. */
function endOfJinja(query: string, at: number): number {
  return query.charCodeAt(at + 1) === BRACE ? query.indexOf('}}', at) + 1 : query.indexOf('}', at);
}

/** The text with blanks for comments; undefined if Jinja stands in one, where it may go on beyond the comment. */
function withoutComments(query: string): string | undefined {
  if (!query.includes('--') && !query.includes('/*') && !query.includes('{#')) return query;
  const found = query.match(STRING_OR_COMMENT) ?? [];
  if (found.some((one) => !one.startsWith("'") && !one.startsWith('{#') && one.includes('{'))) return undefined;
  return query.replace(STRING_OR_COMMENT, (one) => (one.startsWith("'") ? one : ' '));
}

/** Where the query begins; undefined if something stands in front of it that this does not know. */
function endOfPreamble(text: string): number | undefined {
  let at = 0;
  for (;;) {
    PREAMBLE.lastIndex = at;
    if (!PREAMBLE.test(text)) return at;
    const isStatement = text.slice(at, PREAMBLE.lastIndex).includes('{%');
    const end = text.indexOf(isStatement ? '%}' : '}}', PREAMBLE.lastIndex);
    // What a quote or a bracket hides ends too early, and then no query follows.
    if (end < 0) return undefined;
    at = end + 2;
  }
}

const COMMA = 44;
const OPEN = 40;
const CLOSE = 41;
const QUOTE = 39;
const BRACE = 123;

/** True if no comma brings a second relation before the FROM clause ends that is under way at `from`. */
function isSoleRelation(query: string, from: number): boolean {
  let depth = 0;
  let before = '';
  for (let at = from; at < query.length; at++) {
    const code = query.charCodeAt(at);
    if (code === OPEN) depth++;
    else if (code === CLOSE) {
      if (--depth < 0) return true;
    } else if (code === COMMA) {
      if (depth === 0) return false;
    } else if (code === QUOTE) {
      at = query.indexOf("'", at + 1);
      if (at < 0) return false;
    } else if (code === BRACE) {
      // A condition may end the clause in one of its branches alone.
      if (query.charCodeAt(at + 1) !== BRACE) return false;
      at = query.indexOf('}}', at) + 1;
      if (at < 1) return false;
    } else if (isLetter(code)) {
      const start = at;
      while (isWordPart(query.charCodeAt(at + 1))) at++;
      const word = query.slice(start, at + 1).toLowerCase();
      // Behind AS or a dot even such a word is a name.
      if (depth === 0 && before !== 'as' && query.charAt(start - 1) !== '.' && ENDS_CLAUSE.has(word)) return true;
      before = word;
    }
  }
  return true;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isWordPart(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57);
}
