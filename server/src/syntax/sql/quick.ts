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
const DIFFICULT = /--|\/[*/]|\*\/|[#$@;\\"`[]/g;

/** Statements that catch the text behind them, or put it elsewhere; the others only choose or repeat what stands in them. */
const DIFFICULT_STATEMENT = /\{%(?![-+]?\s*(?:(?:for|endfor|if|elif|else|endif|do)\b|set\s+\w+\s*=))/g;

/** Words that bring relations, or hide them, in ways that this does not follow. */
const DIFFICULT_WORDS =
  /\b(?:apply|straight_join|lateral|using|unnest|flatten|table|values|array|pivot|unpivot|only|recursive|delete|update|merge|insert|copy|window|import)\b/gi;

const WITH = /\bwith\b/gi;
const STOP = /[()'{]/g;
const STARTS_WITH_LIST = /\s*with/iy;
const CTE_HEAD = /(?:\bwith|,)\s*([a-z_]\w*)\s+as$/i;
const CTE_BODY = /\s*(?:select\b|\{\{)/iy;
/** The longest text from WITH, or a comma, to AS that is looked at. */
const LONGEST_HEAD = 120;
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
  if (start === undefined || !isAt(QUERY, text, start)) return false;
  const query = hasComment(text, start) ? withoutComments(text.slice(start)) : text;
  // A text is looked at where it stands: reading a slice of it costs several times as much.
  const from = query === text ? start : 0;
  if (query === undefined || isAt(DIFFICULT, query, from) || isAt(DIFFICULT_STATEMENT, query, from) || isAt(DIFFICULT_WORDS, query, from)) return false;
  const hasList = isAt(STARTS_WITH_LIST, query, from);
  if (isAt(WITH, query, from) !== hasList || (hasList && isAt(WITH, query, WITH.lastIndex))) return false;
  const ctes = outerCtes(query, from, hasList);
  if (ctes === undefined) return false;
  for (let at = from; isAt(BRINGS_RELATION, query, at); ) {
    at = BRINGS_RELATION.lastIndex;
    TARGET.lastIndex = at;
    const target = TARGET.exec(query);
    if (target === null) return false;
    const name = target[1];
    if (name !== undefined && !ctes.has(name.toLowerCase())) return false;
    if (!isSoleRelation(query, TARGET.lastIndex)) return false;
  }
  return true;
}

/** Whether a pattern (global: from there on, sticky: right there) is found at an offset. */
function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function hasComment(text: string, from: number): boolean {
  return text.includes('--', from) || text.includes('/*', from) || text.includes('{#', from);
}

/** The names of the one WITH list, if there is one; undefined if brackets, strings or Jinja do not close as they open. */
function outerCtes(query: string, from: number, hasList: boolean): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  let depth = 0;
  for (let next = from; isAt(STOP, query, next); ) {
    const at = STOP.lastIndex - 1;
    const code = query.charCodeAt(at);
    next = at + 1;
    if (code === OPEN) {
      if (depth === 0 && hasList) {
        const name = cteBefore(query, from, at);
        if (name !== undefined && isAt(CTE_BODY, query, at + 1)) names.add(name.toLowerCase());
      }
      depth++;
    } else if (code === CLOSE) {
      if (--depth < 0) return undefined;
    } else {
      const end = code === QUOTE ? query.indexOf("'", at + 1) : endOfJinja(query, at);
      if (end <= at) return undefined;
      next = end + 1;
    }
  }
  return depth === 0 ? names : undefined;
}

/** The name in `with name as` or `, name as` before a bracket; one that is too far away is not seen. */
function cteBefore(query: string, from: number, bracket: number): string | undefined {
  let end = bracket - 1;
  while (end > from && query.charCodeAt(end) <= BLANK) end--;
  // The S of AS.
  if ((query.charCodeAt(end) | CASE_BIT) !== LETTER_S) return undefined;
  return CTE_HEAD.exec(query.slice(Math.max(from, end - LONGEST_HEAD), end + 1))?.[1];
}

/** The last character of the Jinja that begins at `at`; -1 or less than `at` if it does not end. */
function endOfJinja(query: string, at: number): number {
  return query.charCodeAt(at + 1) === BRACE ? query.indexOf('}}', at) + 1 : query.indexOf('}', at);
}

/** The text with blanks for comments; undefined if Jinja stands in one, where it may go on beyond the comment. */
function withoutComments(query: string): string | undefined {
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
const BLANK = 32;
const LETTER_S = 115;
/** Makes a small letter of a capital one. */
const CASE_BIT = 32;

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
