/** Reads the header of a seed: the columns that dbt's CSV reader would give it. */

import type { Span, SyntaxProblem } from '../base/span.ts';

/** A column of a seed; `span` is the header cell as written, quotes included. */
export interface SeedColumn {
  readonly name: string;
  readonly span: Span;
}

/** The first line of a seed. */
export interface SeedHeader {
  readonly columns: readonly SeedColumn[];
  /**
   * `csv-delimiter` (not one character), `csv-header-too-long`, `csv-empty-header`, `csv-unnamed-column` and `csv-duplicate-column`
   * (agate renames those).
   */
  readonly problems: readonly SyntaxProblem[];
}

/** Of a seed no more than this is read, in UTF-16 code units. */
export const SEED_READ_LIMIT = 65_536;

/**
 * The columns of a seed from the beginning of its text, as Python's `csv` and agate read them: quotes double inside quotes and may hold
 * line breaks, a byte order mark is skipped, an empty name becomes the letter of its column, a repeated one gets `_2`. Never throws.
 */
export function readSeedHeader(text: string, delimiter = ','): SeedHeader {
  if (delimiter.length !== 1 || delimiter === '"' || delimiter === '\n' || delimiter === '\r') {
    return {
      columns: [],
      problems: [{ code: 'csv-delimiter', message: 'The delimiter of a seed must be one character.', span: { from: 0, to: 0 } }],
    };
  }
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const limit = Math.min(text.length, SEED_READ_LIMIT);
  const cells: { value: string; span: Span }[] = [];
  let value = '';
  let from = start;
  let state: 'start' | 'plain' | 'quoted' | 'quote-in-quoted' = 'start';
  let at = start;
  let isEnded = false;
  const endCell = (): void => {
    cells.push({ value, span: { from, to: at } });
    value = '';
    from = at + 1;
    state = 'start';
  };
  for (; at < limit; at++) {
    const char = text.charAt(at);
    if (state === 'quoted') {
      if (char === '"') state = 'quote-in-quoted';
      // dbt opens seeds with universal line ends.
      else if (char === '\r') value += text.charAt(at + 1) === '\n' ? '' : '\n';
      else value += char;
    } else if (char === '\n' || char === '\r') {
      isEnded = true;
      break;
    } else if (char === delimiter) {
      endCell();
    } else if (char === '"' && state === 'start') state = 'quoted';
    else if (char === '"' && state === 'quote-in-quoted') {
      value += '"';
      state = 'quoted';
    } else {
      value += char;
      state = 'plain';
    }
  }
  if (!isEnded && limit < text.length) {
    const span = { from: start, to: limit };
    return { columns: [], problems: [{ code: 'csv-header-too-long', message: 'The first line of this seed is too long to be a header.', span }] };
  }
  const isBlank = cells.length === 0 && at === start;
  if (isBlank) {
    const span = { from: start, to: start };
    return { columns: [], problems: [{ code: 'csv-empty-header', message: 'The first line of this seed is empty.', span }] };
  }
  endCell();
  return namedColumns(cells);
}

/** The column names alone; empty if the header cannot be read. */
export function readCsvHeader(text: string, delimiter = ','): string[] {
  return readSeedHeader(text, delimiter).columns.map((column) => column.name);
}

/**
 * The rows of a CSV as Python's `csv.DictReader` gives them: blank lines are none, cells beyond the header are left out, missing ones are
 * null. Of two columns with one name the last counts.
 */
export function readCsvRows(text: string): ReadonlyMap<string, string | null>[] {
  const [header, ...rows] = csvLines(text);
  if (header === undefined) return [];
  return rows.map((cells) => new Map(header.map((name, index) => [name, cells[index] ?? null])));
}

/** Lines with their cells; quotes may hold line breaks. */
function csvLines(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let value = '';
  let state: 'start' | 'plain' | 'quoted' | 'quote-in-quoted' = 'start';
  const endLine = (): void => {
    if (cells.length > 0 || state !== 'start') lines.push([...cells, value]);
    cells = [];
    value = '';
    state = 'start';
  };
  for (const char of text.replace(/\r\n?/g, '\n')) {
    if (state === 'quoted') {
      if (char === '"') state = 'quote-in-quoted';
      else value += char;
    } else if (char === '\n') endLine();
    else if (char === ',') {
      cells.push(value);
      value = '';
      state = 'start';
    } else if (char === '"' && state === 'start') state = 'quoted';
    else if (char === '"' && state === 'quote-in-quoted') {
      value += '"';
      state = 'quoted';
    } else {
      value += char;
      state = 'plain';
    }
  }
  endLine();
  return lines;
}

/** agate's `deduplicate` and `letter_name`. */
function namedColumns(cells: readonly { value: string; span: Span }[]): SeedHeader {
  const columns: SeedColumn[] = [];
  const problems: SyntaxProblem[] = [];
  const taken = new Set<string>();
  const nextNumber = new Map<string, number>();
  cells.forEach(({ value, span }, index) => {
    const wanted = value === '' ? letterName(index) : value;
    if (value === '') problems.push({ code: 'csv-unnamed-column', message: `This column has no name; dbt calls it \`${wanted}\`.`, span });
    let name = wanted;
    // The number is remembered, since names are taken for good: a header of equal names stays linear.
    for (let number = nextNumber.get(wanted) ?? 2; taken.has(name); number++) {
      name = `${wanted}_${number}`;
      nextNumber.set(wanted, number + 1);
    }
    if (name !== wanted) problems.push({ code: 'csv-duplicate-column', message: `The name \`${wanted}\` is taken; dbt calls this column \`${name}\`.`, span });
    taken.add(name);
    columns.push({ name, span });
  });
  return { columns, problems };
}

function letterName(index: number): string {
  return String.fromCharCode(97 + (index % 26)).repeat(Math.floor(index / 26) + 1);
}
