/** Finds relations that a model names by hand after FROM and JOIN, where dbt wants ref() or source(). */

import type { Span } from '../../base/span.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlPart } from './parts.ts';
import { readSqlParts } from './parts.ts';
import type { SqlParts } from './parts.ts';
import type { SqlToken } from './tokens.ts';

/** One part of a relation's name. */
export interface RelationPart {
  /** Without quotes, in the case it is written in; empty between the dots of `db..t`. */
  readonly name: string;
  readonly quoted: boolean;
}

/**
 * A relation named in the text. Of kind `relation`, `parts` are database, schema and identifier as far as given; a single part is
 * no CTE in scope. Of kind `var-expression` (`from {{ var('x') }}`), the one part is the variable's name.
 */
export interface HardCodedReference {
  readonly parts: readonly RelationPart[];
  readonly span: Span;
  /** What stands before it: FROM, a JOIN, or the comma of a list after FROM. */
  readonly clause: 'from' | 'join' | 'comma';
  readonly kind: 'relation' | 'var-expression';
  /** True for the warehouse's own views: `information_schema`, `account_usage`, `pg_catalog`, … */
  readonly systemSchema: boolean;
}

/**
 * The literal relations of a text, in order. Comments, strings and Jinja are skipped; so are CTEs, aliases and arrays of rows
 * that they name, functions and UDTFs, stages, VALUES, names that Jinja builds in part, FROM inside
 * function calls and in IS DISTINCT FROM, and what DELETE, COPY, REVOKE and SHOW are about. Where Jinja may define CTEs, single
 * names are left out.
 */
export function findHardCodedReferences(text: string, dialect: SqlDialect): HardCodedReference[] {
  return hardCodedReferencesOf(readSqlParts(text, dialect));
}

/** The same for a text that was read already. */
export function hardCodedReferencesOf(parts: SqlParts): HardCodedReference[] {
  const scans = [parts.main, ...parts.captured].map((part) => new RelationScan(parts, part).run());
  const everywhere = new Set<string>();
  for (const scan of scans) for (const name of scan.groups[0]?.ctes ?? []) everywhere.add(name);
  const anywhere = new Set<string>();
  for (const scan of scans) for (const group of scan.groups) for (const name of group.ctes ?? []) anywhere.add(name);

  const found: HardCodedReference[] = [];
  scans.forEach((scan, index) => {
    // Captured text is put to use at a place that we do not know, so any CTE of the file may be in scope there.
    const outer = index === 0 ? everywhere : anywhere;
    const isOuterUncertain = scans.some((other) => other.groups[0]?.mayHoldUnseenCtes === true);
    for (const candidate of scan.candidates) {
      if (!isInScope(candidate, scan.groups, outer, isOuterUncertain, parts.dialect)) found.push(candidate.reference);
    }
  });
  return found.sort((a, b) => a.span.from - b.span.from);
}

/** A pair of brackets, or the whole part; names defined inside are known inside. */
interface Group {
  readonly parent: number;
  // Made when first needed: most brackets are those of calls.
  ctes: Set<string> | undefined;
  aliases: Map<string, Alias> | undefined;
  /** True if Jinja stands where a WITH list could be, so that there may be CTEs that we do not see. */
  mayHoldUnseenCtes: boolean;
}

/** Where a name first stands for the rows of a relation, as token numbers; infinite if never. */
interface Alias {
  /** As an alias, or as the bare name of a relation. */
  readonly explicit: number;
  /** As the last part of a qualified name or the name in a ref(): only some dialects let rows be read by it. */
  readonly implicit: number;
}

interface Candidate {
  readonly reference: HardCodedReference;
  readonly group: number;
  readonly token: number;
}

function isInScope(
  candidate: Candidate,
  groups: readonly Group[],
  outer: ReadonlySet<string>,
  isOuterUncertain: boolean,
  dialect: SqlDialect,
): boolean {
  const { parts, kind } = candidate.reference;
  const first = parts[0]?.name.toLowerCase() ?? '';
  if (kind === 'var-expression') return false;
  const isSingle = parts.length === 1;
  if (isSingle && (outer.has(first) || isOuterUncertain)) return true;
  for (let at = candidate.group; at !== -1; at = groups[at]?.parent ?? -1) {
    const group = groups[at];
    if (group === undefined) break;
    const isOwn = at === candidate.group;
    const alias = group.aliases?.get(first);
    if (isSingle) {
      if (group.mayHoldUnseenCtes || group.ctes?.has(first) === true) return true;
      if (!isOwn && alias !== undefined && alias.explicit !== Infinity) return true;
      continue;
    }
    const since = alias === undefined ? Infinity : dialect.correlatedPaths ? Math.min(alias.explicit, alias.implicit) : alias.explicit;
    if (since < (isOwn ? candidate.token : Infinity)) return true;
  }
  return false;
}

/** What is known at one bracket level while the tokens go by. */
interface Frame {
  readonly group: number;
  readonly bracket: '(' | '[' | '';
  /** True for the brackets of a call: a FROM in them without SELECT belongs to the function (`extract(day from x)`). */
  readonly isCall: boolean;
  /** True if the brackets stand where a relation is named, so that an alias may follow. */
  readonly isRelation: boolean;
  hasSelect: boolean;
  hasJinja: boolean;
  isEmpty: boolean;
  /** First word of the statement. */
  verb: string;
  /** `relation`: the next thing names a relation; `list`: inside FROM, where a comma brings the next one. */
  state: 'outside' | 'relation' | 'list';
  clause: HardCodedReference['clause'];
}

class RelationScan {
  readonly groups: Group[] = [];
  readonly candidates: Candidate[] = [];
  readonly #text: string;
  readonly #dialect: SqlDialect;
  readonly #tokens: readonly SqlToken[];
  readonly #words: readonly string[];
  readonly #stack: Frame[] = [];
  #top: Frame;

  constructor(parts: SqlParts, part: SqlPart) {
    this.#text = parts.text;
    this.#dialect = parts.dialect;
    this.#tokens = part.tokens;
    this.#words = part.words;
    this.#top = this.#openFrame('', false, false, -1);
  }

  run(): this {
    // What was open when a Jinja branch began; its alternatives begin there again.
    const branches: { depth: number; frame: Frame }[] = [];
    for (let at = 0; at < this.#tokens.length; ) {
      const token = this.#tokens[at];
      if (token === undefined) break;
      if (token.kind === 'jinja-statement') {
        this.#branch(this.#words[at] ?? '', branches);
        at++;
        continue;
      }
      at = this.#step(token, at);
      this.#top.isEmpty = false;
    }
    return this;
  }

  #branch(name: string, branches: { depth: number; frame: Frame }[]): void {
    if (name === 'if' || name === 'for') {
      branches.push({ depth: this.#stack.length, frame: { ...this.#top } });
    } else if (name === 'elif' || name === 'else') {
      const start = branches.at(-1);
      if (start === undefined || this.#stack.length < start.depth) return;
      this.#stack.length = start.depth;
      this.#top = { ...start.frame };
      this.#stack[start.depth - 1] = this.#top;
    } else if (name === 'endif' || name === 'endfor') branches.pop();
  }

  /** Looks at one token and says where to go on. */
  #step(token: SqlToken, at: number): number {
    const frame = this.#top;
    switch (token.kind) {
      case 'punct':
        return this.#punctuation(at);
      case 'word':
        return this.#word(at);
      case 'jinja-expression':
        if (frame.state === 'relation') return this.#relation(at);
        if (!frame.hasSelect && !this.#isConfigCall(token)) this.#mayHoldCtes(frame);
        frame.hasJinja = true;
        return at + 1;
      case 'quoted-identifier':
        return frame.state === 'relation' ? this.#relation(at) : at + 1;
      default:
        // A string or number in place of a relation: a file, a stage, a placeholder.
        if (frame.state === 'relation') frame.state = 'list';
        return at + 1;
    }
  }

  #punctuation(at: number): number {
    const frame = this.#top;
    switch (this.#words[at]) {
      case '(': {
        this.#noteCte(at);
        const namesRelation = frame.state === 'relation';
        if (namesRelation) frame.state = 'list';
        this.#push('(', !namesRelation && this.#isCall(at), namesRelation || this.#followsTableFunction(at));
        if (namesRelation) {
          this.#top.state = 'relation';
          this.#top.clause = frame.clause;
        }
        return at + 1;
      }
      case '[':
        if (frame.state === 'relation') frame.state = 'list';
        this.#push('[', true, false);
        return at + 1;
      case ')':
        if (this.#top.bracket === '[') this.#pop();
        if (this.#top.bracket === '(') {
          const closed = this.#top;
          this.#pop();
          if (closed.isRelation) this.#noteAlias(at + 1, true, undefined);
        }
        return at + 1;
      case ']':
        if (this.#top.bracket === '[') this.#pop();
        return at + 1;
      case ',':
        if (frame.state === 'list') {
          frame.state = 'relation';
          frame.clause = 'comma';
        }
        return at + 1;
      case ';':
        if (this.#stack.length === 1) {
          frame.state = 'outside';
          frame.hasSelect = false;
          frame.verb = '';
        }
        return at + 1;
      default:
        // `@stage`, `$1`, `:name`, `?`: not a name that we could judge. The words of a stage's path are no aliases either.
        if (frame.state === 'relation') {
          frame.state = 'list';
          if (this.#words[at] === '@') return this.#endOfStage(at);
        }
        return at + 1;
    }
  }

  #word(at: number): number {
    const frame = this.#top;
    const word = this.#words[at] ?? '';
    if (frame.verb === '') frame.verb = word;
    // Members of a path are no keywords: `t.from`, and `payload:from` of a semi-structured column.
    if (this.#words[at - 1] === '.' || this.#words[at - 1] === ':') return at + 1;
    switch (word) {
      case 'select':
        frame.hasSelect = true;
        frame.state = 'outside';
        return at + 1;
      case 'with':
        // `unnest(x) with offset` goes on in the list.
        if (frame.state === 'relation') frame.state = 'outside';
        return at + 1;
      case 'from':
        // A column may be called so: `select input.from as from, …`.
        if (!this.#isRelationalFrom(at) || (frame.hasSelect && this.#words[at - 1] === 'as')) return at + 1;
        frame.state = 'relation';
        frame.clause = 'from';
        return at + 1;
      case 'join':
      case 'straight_join':
        // ClickHouse's ARRAY JOIN names an array of the row.
        frame.state = this.#words[at - 1] === 'array' ? 'outside' : 'relation';
        frame.clause = 'join';
        return at + 1;
      case 'apply':
        if (this.#words[at - 1] !== 'cross' && this.#words[at - 1] !== 'outer') break;
        frame.state = 'relation';
        frame.clause = 'join';
        return at + 1;
      case 'union':
      case 'intersect':
      case 'except':
      case 'minus':
        if (frame.state === 'relation') break;
        frame.state = 'outside';
        frame.hasSelect = false;
        return at + 1;
      case 'lateral':
        // Hive's LATERAL VIEW names functions and columns only, and ends the list of relations.
        if (this.#words[at + 1] === 'view') frame.state = 'outside';
        return at + 1;
      default:
    }
    if (frame.state === 'relation') {
      if (word === 'values' || ENDS_FROM.has(word) || ENDS_RELATION.has(word)) {
        frame.state = 'outside';
        return at + 1;
      }
      return this.#relation(at);
    }
    if (frame.state === 'list' && ENDS_FROM.has(word) && this.#words[at - 1] !== 'as' && this.#words[at - 1] !== 'with') {
      frame.state = 'outside';
    }
    return at + 1;
  }

  /** Is the FROM at `at` one that names relations? */
  #isRelationalFrom(at: number): boolean {
    const frame = this.#top;
    const before = this.#words[at - 1] ?? '';
    const beforeThat = this.#words[at - 2] ?? '';
    if (before === 'distinct' && (beforeThat === 'is' || beforeThat === 'not')) return false;
    if (before === 'delete' || NO_QUERY_VERBS.has(frame.verb)) return false;
    const after = this.#words[at + 1] ?? '';
    // `nth_value(x, 2) from last over (…)`.
    if ((after === 'first' || after === 'last') && FOLLOWS_FROM_FIRST.has(this.#words[at + 2] ?? '')) return false;
    if (frame.hasSelect) return true;
    if (frame.bracket === '') return true;
    return !frame.isCall && (frame.isEmpty || frame.hasJinja);
  }

  /** Reads the name that begins at `at`, where a relation is expected. */
  #relation(start: number): number {
    const frame = this.#top;
    let at = start;
    let isLateral = this.#words[at - 1] === 'lateral';
    if (this.#words[at] === 'only' && this.#startsName(at + 1)) at++;
    const first = this.#tokens[at];
    if (first === undefined) return at;
    const parts: RelationPart[] = [];
    let isLiteral = true;
    let end = first.to;
    for (;;) {
      const name = this.#namePart(at, parts.length === 0);
      if (name === undefined) {
        isLateral = true; // A dot with nothing behind it: text that is being typed.
        break;
      }
      isLiteral &&= name.isLiteral;
      parts.push(...name.parts);
      at = name.next;
      end = this.#tokens[at - 1]?.to ?? end;
      if (this.#words[at] !== '.') break;
      at++;
      if (this.#words[at] === '.') {
        parts.push({ name: '', quoted: false });
        at++;
      }
    }
    frame.state = 'list';
    const isJinjaAlone = first.kind === 'jinja-expression' && at === start + 1;
    if (this.#words[at] === '(') return at;
    const jinjaName = isJinjaAlone ? LAST_STRING.exec(this.#text.slice(first.from, first.to))?.[2] : undefined;
    this.#noteAlias(at, false, isLiteral ? parts : jinjaName === undefined ? undefined : [{ name: jinjaName, quoted: false }]);
    if (isLateral || this.#words[at] === 'import') return at;
    if (isJinjaAlone) {
      const variable = VAR_CALL.exec(this.#text.slice(first.from, first.to))?.[2];
      if (variable !== undefined) {
        this.#add({
          parts: [{ name: variable, quoted: false }],
          span: { from: first.from, to: first.to },
          clause: frame.clause,
          kind: 'var-expression',
          systemSchema: false,
        }, start);
      }
      return at;
    }
    if (!isLiteral || parts.some((part) => part.name.includes('{{'))) return at;
    if (HOLDS_NOTHING.has(parts.map((part) => part.name.toLowerCase()).join('.'))) return at;
    this.#add({
      parts,
      span: { from: first.from, to: end },
      clause: frame.clause,
      kind: 'relation',
      systemSchema: isSystemRelation(parts, this.#dialect),
    }, start);
    return at;
  }

  #add(reference: HardCodedReference, token: number): void {
    this.candidates.push({ reference, group: this.#top.group, token });
  }

  /** One part of a dotted name with all that is glued to it; undefined if there is no name at `start`. */
  #namePart(start: number, isFirst: boolean): { parts: RelationPart[]; isLiteral: boolean; next: number } | undefined {
    const token = this.#tokens[start];
    if (token === undefined) return undefined;
    if (token.kind !== 'word' && token.kind !== 'quoted-identifier' && token.kind !== 'jinja-expression' && token.kind !== 'number') {
      return this.#words[start] === '*' ? { parts: [{ name: '*', quoted: false }], isLiteral: true, next: start + 1 } : undefined;
    }
    let isLiteral = token.kind !== 'jinja-expression';
    let at = start + 1;
    let end = token.to;
    for (;;) {
      const next = this.#tokens[at];
      if (next?.from !== end) break;
      if (next.kind === 'jinja-expression' || (next.kind === 'jinja-statement' && this.#continuesName(next, at))) {
        isLiteral = false;
      } else if (next.kind === 'punct') {
        // `my-project.dataset.t`, `events_*`.
        const character = this.#words[at];
        const following = this.#tokens[at + 1];
        const isDash = character === '-' && isFirst && following?.from === next.to && (following.kind === 'word' || following.kind === 'number');
        if (!this.#dialect.projectPaths || !(isDash || (character === '*' && following?.from !== next.to))) break;
      } else if (next.kind !== 'word' && next.kind !== 'number' && next.kind !== 'quoted-identifier') break;
      else if (token.kind === 'quoted-identifier' && isLiteral) break;
      end = next.to;
      at++;
    }
    const text = this.#text.slice(token.from, end);
    if (token.kind !== 'quoted-identifier') {
      // A number token may have swallowed the dot behind it: `project-1.dataset`.
      const names = text.split('.').filter((name) => name !== '');
      return { parts: names.map((name) => ({ name, quoted: false })), isLiteral, next: at };
    }
    if (/\{[{%]/.test(text)) isLiteral = false;
    const name = unquote(text);
    const names = this.#dialect.projectPaths && text.startsWith('`') ? name.split('.') : [name];
    return { parts: names.map((part) => ({ name: part, quoted: true })), isLiteral, next: at };
  }

  /** True if a name goes on behind a Jinja statement that is glued to it: `raw_{% if x %}a{% endif %}`. */
  #continuesName(statement: SqlToken, at: number): boolean {
    const name = this.#words[at];
    if (name !== 'if' && name !== 'for') return false;
    const next = this.#tokens[at + 1];
    return next?.from === statement.to && next.kind !== 'punct';
  }

  #startsName(at: number): boolean {
    const token = this.#tokens[at];
    if (token === undefined) return false;
    if (token.kind === 'word') return !ENDS_FROM.has(this.#words[at] ?? '') && !ENDS_RELATION.has(this.#words[at] ?? '');
    return token.kind === 'quoted-identifier' || token.kind === 'jinja-expression';
  }

  /** Notes the alias that stands at `at`, or the name that the relation has without one. */
  #noteAlias(at: number, isDerived: boolean, parts: readonly RelationPart[] | undefined): void {
    const aliasAt = this.#words[at] === 'as' ? at + 1 : at;
    const token = this.#tokens[aliasAt];
    const word = this.#words[aliasAt] ?? '';
    const isWord = token?.kind === 'word' && (aliasAt > at || (!ENDS_FROM.has(word) && !ENDS_RELATION.has(word)));
    if (token !== undefined && (isWord || token.kind === 'quoted-identifier')) {
      this.#addAlias(unquote(this.#text.slice(token.from, token.to)), at, true);
      return;
    }
    const last = parts?.at(-1);
    if (last === undefined || isDerived) return;
    const isSingleName = parts?.length === 1 && this.#tokens[at - 1]?.kind !== 'jinja-expression';
    this.#addAlias(last.name, at, isSingleName);
  }

  #addAlias(name: string, token: number, isExplicit: boolean): void {
    const group = this.groups[this.#top.group];
    if (group === undefined) return;
    const aliases = (group.aliases ??= new Map<string, Alias>());
    const known = aliases.get(name.toLowerCase()) ?? { explicit: Infinity, implicit: Infinity };
    aliases.set(name.toLowerCase(), {
      explicit: isExplicit ? Math.min(known.explicit, token) : known.explicit,
      implicit: isExplicit ? known.implicit : Math.min(known.implicit, token),
    });
  }

  /** If the bracket at `open` opens the body of a CTE, notes the CTE's name. */
  #noteCte(open: number): void {
    let at = open - 1;
    if (this.#words[at] === 'materialized') at--;
    if (this.#words[at] === 'not') at--;
    if (this.#words[at] !== 'as') return;
    const first = this.#words[open + 1] ?? '';
    const firstKind = this.#tokens[open + 1]?.kind;
    if (!STARTS_QUERY.has(first) && firstKind !== 'jinja-expression' && firstKind !== 'jinja-statement') return;
    at--;
    if (this.#words[at] === ')') at = this.#openingOf(at) - 1;
    const token = this.#tokens[at];
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted-identifier')) return;
    const before = this.#tokens[at - 1];
    const beforeWord = this.#words[at - 1] ?? '';
    const isListed = before === undefined || ['with', 'recursive', ',', ')'].includes(beforeWord) || before.kind.startsWith('jinja');
    if (!isListed) return;
    const isBuilt = before?.kind === 'jinja-expression' && before.to === token.from;
    const group = this.groups[this.#top.group];
    if (group === undefined) return;
    if (isBuilt) group.mayHoldUnseenCtes = true;
    else (group.ctes ??= new Set()).add(unquote(this.#text.slice(token.from, token.to)).toLowerCase());
  }

  /** The bracket that the `)` at `close` closes, if it is near: column lists are short. */
  #openingOf(close: number): number {
    let depth = 0;
    for (let at = close; at >= 0 && at > close - 2000; at--) {
      if (this.#words[at] === ')') depth++;
      else if (this.#words[at] === '(' && --depth === 0) return at;
    }
    return 0;
  }

  #mayHoldCtes(frame: Frame): void {
    const group = this.groups[frame.group];
    if (group !== undefined) group.mayHoldUnseenCtes = true;
  }

  #isConfigCall(token: SqlToken): boolean {
    return CONFIG_CALL.test(this.#text.slice(token.from, Math.min(token.to, token.from + 40)));
  }

  /** Does the bracket at `open` belong to a call? */
  #isCall(open: number): boolean {
    const before = this.#tokens[open - 1];
    if (before === undefined) return false;
    if (before.kind === 'word') return !NO_FUNCTIONS.has(this.#words[open - 1] ?? '');
    return before.kind === 'quoted-identifier' || (before.kind === 'jinja-expression' && before.to === this.#tokens[open]?.from);
  }

  /** True for the bracket of a function in the list of relations. */
  #followsTableFunction(open: number): boolean {
    return this.#top.state === 'list' && this.#isCall(open);
  }

  #endOfStage(start: number): number {
    let at = start + 1;
    let end = this.#tokens[start]?.to;
    for (; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      const word = this.#words[at];
      if (token === undefined || token.from !== end || word === '(' || word === ')' || word === ',' || word === ';') break;
      end = token.to;
    }
    return at;
  }

  #openFrame(bracket: Frame['bracket'], isCall: boolean, isRelation: boolean, parent: number): Frame {
    // Scopes nested deeper than people write share one, so that looking names up stays cheap on hostile text.
    const group =
      this.#stack.length > MAX_SCOPES
        ? parent
        : this.groups.push({ parent, ctes: undefined, aliases: undefined, mayHoldUnseenCtes: false }) - 1;
    const frame: Frame = {
      group,
      bracket,
      isCall,
      isRelation,
      hasSelect: false,
      hasJinja: false,
      isEmpty: true,
      verb: '',
      state: 'outside',
      clause: 'from',
    };
    this.#stack.push(frame);
    return frame;
  }

  #push(bracket: '(' | '[', isCall: boolean, isRelation: boolean): void {
    this.#top.isEmpty = false;
    this.#top = this.#openFrame(bracket, isCall, isRelation, this.#top.group);
  }

  #pop(): void {
    this.#stack.pop();
    this.#top = this.#stack.at(-1) ?? this.#top;
  }
}

const MAX_SCOPES = 200;

/** Words that end the list of relations after FROM. */
const ENDS_FROM: ReadonlySet<string> = new Set([
  'where', 'group', 'having', 'qualify', 'window', 'order', 'limit', 'offset', 'fetch', 'connect', 'start', 'set',
  'returning', 'when', 'cluster', 'distribute', 'sort', 'values', 'prewhere', 'union', 'intersect', 'except', 'minus', 'for',
]);

/** Words that stand behind a relation or between two, hence are no alias. */
const ENDS_RELATION: ReadonlySet<string> = new Set([
  'on', 'using', 'join', 'inner', 'left', 'right', 'full', 'outer', 'cross', 'natural', 'anti', 'semi', 'asof', 'any', 'global',
  'lateral', 'tablesample', 'sample', 'pivot', 'unpivot', 'match_recognize', 'at', 'before', 'changes', 'with', 'array', 'final',
  'as', 'and', 'or', 'not', 'is', 'in', 'select', 'from', 'straight_join', 'positional', 'then', 'else', 'end', 'case', 'settings',
]);

/** Statements whose FROM is not that of a query. */
const NO_QUERY_VERBS: ReadonlySet<string> = new Set(['revoke', 'show', 'describe', 'copy', 'unload', 'list', 'ls', 'delete']);

/** Words before a bracket that call no function. */
const NO_FUNCTIONS: ReadonlySet<string> = new Set([
  'in', 'exists', 'any', 'all', 'some', 'as', 'from', 'join', 'on', 'and', 'or', 'not', 'union', 'intersect', 'except', 'minus',
  'select', 'where', 'with', 'by', 'when', 'then', 'else', 'lateral', 'using', 'over', 'having', 'distinct', 'materialized',
  'between', 'is', 'like', 'ilike', 'case', 'limit', 'qualify', 'apply', 'recursive', 'return', 'into',
]);

const FOLLOWS_FROM_FIRST: ReadonlySet<string> = new Set(['over', 'respect', 'ignore']);

const STARTS_QUERY: ReadonlySet<string> = new Set(['select', 'with', 'values', 'from', 'table', '(']);

const VAR_CALL = /^\{\{[-+]?\s*var\(\s*(['"])([^'"]*)\1\s*(?:,[^]*)?\)\s*[-+]?\}\}$/;
const CONFIG_CALL = /^\{\{[-+]?\s*config\s*\(/;
const LAST_STRING = /^[^]*(['"])([^'"]*)\1[^'"]*$/;

/** Relations that only stand there because FROM wants one, and ClickHouse's generators of numbers. */
const HOLDS_NOTHING: ReadonlySet<string> = new Set(['dual', 'sys.dual', 'system.one', 'system.numbers', 'system.numbers_mt', 'system.zeros', 'system.zeros_mt']);

/** Schemas and databases that hold views on the warehouse itself, in any dialect. */
const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set([
  'information_schema', 'account_usage', 'organization_usage', 'reader_account_usage', 'data_sharing_usage', 'pg_catalog',
  'performance_schema',
]);

function isSystemRelation(parts: readonly RelationPart[], dialect: SqlDialect): boolean {
  const names = parts.map((part) => part.name.toLowerCase());
  const last = names.at(-1) ?? '';
  const qualifiers = names.slice(0, -1);
  if (qualifiers.some((name) => SYSTEM_SCHEMAS.has(name) || dialect.systemSchemas.includes(name))) return true;
  // Snowflake's own database; BigQuery's and Redshift's views without a schema of their own.
  if (names.length === 3 && names[0] === 'snowflake') return true;
  return last === '__tables__' || /^(?:svv|svl|stl|stv|sys)_/.test(last) && dialect.adapter === 'redshift' || /^pg_(?:class|namespace|attribute|tables|views|stat_\w+|database|roles|user)$/.test(last);
}

/** A quoted name without its quotes, doubled quotes made single; other text as it is. */
export function unquote(text: string): string {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== '`' && quote !== '[') return text;
  const close = quote === '[' ? ']' : quote;
  const body = text.endsWith(close) && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  return body.replaceAll(close + close, close);
}
