/** Patterns of ignored files, as the `pathspec` of Python reads and matches them: alike git's, but file by file, so that a pattern of its own brings back a file of an ignored folder. */

import { trimSpaceEnd } from './python-space.ts';

/** What a list of patterns says of paths. */
export interface IgnorePatterns {
  /** True if the last pattern that matches the path of a file does not begin with `!`. */
  ignores(path: string): boolean;
  /** True if every file below a folder is ignored, so that nobody need look into it. */
  ignoresAllOf(folder: string): boolean;
}

/** One character of a path, `many` of them, or any folders; `one` and `many` take the characters that `accepts` says. */
interface Step {
  readonly takes: 'one' | 'many' | 'folders';
  accepts(character: string): boolean;
}

interface Pattern {
  readonly isNegated: boolean;
  readonly steps: readonly Step[];
  /** What must follow what the steps have matched. */
  readonly end: 'folder' | 'folder or end' | 'anything';
}

const NOT_SLASH = (character: string): boolean => character !== '/';
const FOLDERS: Step = { takes: 'folders', accepts: () => true };
const ANY_ONE: Step = { takes: 'one', accepts: NOT_SLASH };
const ANY_MANY: Step = { takes: 'many', accepts: NOT_SLASH };

/** Reads the lines of a file of patterns. Lines that pathspec refuses ignore nothing. */
export function readIgnorePatterns(text: string): IgnorePatterns {
  const lines = text.split(/\r\n?|\n/);
  const patterns = lines.flatMap((line, at) => readPattern(line, at === lines.length - 1) ?? []);
  const lastNegated = patterns.findLastIndex(({ isNegated }) => isNegated);
  return {
    ignores(path) {
      const characters = Array.from(withoutRoot(path));
      return patterns.findLast((pattern) => isMatch(pattern, characters))?.isNegated === false;
    },
    ignoresAllOf(folder) {
      // What matches a folder with its slash matches all that lies in it, whatever the names.
      const characters = Array.from(withoutRoot(`${folder}/`));
      return patterns.findLastIndex((pattern) => isMatch(pattern, characters)) > lastNegated;
    },
  };
}

function withoutRoot(path: string): string {
  if (path.startsWith('/')) return path.slice(1);
  return path.startsWith('./') ? path.slice(2) : path;
}

/** A pattern; undefined for a line that has none, or none that can be read. */
function readPattern(line: string, isLast: boolean): Pattern | undefined {
  // The break that ends a line hides from pathspec that its last blank is escaped.
  const written = isLast && line.endsWith('\\ ') ? line : line.slice(0, trimSpaceEnd(line, 0, line.length));
  if (written === '' || written === '/' || written.startsWith('#')) return undefined;
  const isNegated = written.startsWith('!');
  const segments = (isNegated ? written.slice(1) : written).split('/');
  const isFolder = segments.at(-1) === '';
  if (segments[0] === '') segments.shift();
  else if (segments.length === 1 || (segments.length === 2 && isFolder)) segments.unshift('**');
  if (segments.length === 0) return undefined;
  if (segments.at(-1) === '') segments[segments.length - 1] = '**';
  const parts = segments.filter((segment, at) => segment !== '**' || segments[at - 1] !== '**');
  const whole = parts.join('/');
  if (whole === '**' || whole === '**/*') return { isNegated, steps: isFolder ? [ANY_MANY] : [], end: isFolder ? 'folder' : 'anything' };
  if (whole === '**/*/**') return { isNegated, steps: [ANY_MANY], end: 'folder' };
  const steps: Step[] = [];
  for (const [at, segment] of parts.entries()) {
    const isLast = at === parts.length - 1;
    if (segment === '**') {
      if (!isLast) steps.push(FOLDERS);
      continue;
    }
    const glob = segment === '*' ? [ANY_ONE, ANY_MANY] : readGlob(segment);
    if (glob === undefined) return undefined;
    steps.push(...glob);
    // What follows a last `**` is the end's business.
    if (!isLast && !(at === parts.length - 2 && parts[at + 1] === '**')) steps.push(literal('/'));
  }
  return { isNegated, steps, end: parts.at(-1) === '**' ? 'folder' : 'folder or end' };
}

function literal(wanted: string): Step {
  return { takes: 'one', accepts: (character) => character === wanted };
}

/** The steps of one segment; undefined where a backslash escapes nothing or a range runs backwards. */
function readGlob(segment: string): Step[] | undefined {
  const characters = Array.from(segment);
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '\\') {
      const escaped = characters[++at];
      if (escaped === undefined) return undefined;
      steps.push(literal(escaped));
    } else if (character === '*') {
      steps.push(ANY_MANY);
    } else if (character === '?') {
      steps.push(ANY_ONE);
    } else if (character === '[') {
      const isNegated = characters[at + 1] === '!' || characters[at + 1] === '^';
      const from = at + (isNegated ? 2 : 1);
      const to = characters.indexOf(']', from + 1);
      if (to < 0) {
        steps.push(literal('['));
        continue;
      }
      const ranges = readRanges(characters.slice(from, to));
      if (ranges === undefined) return undefined;
      steps.push({ takes: 'one', accepts: (one) => ranges.some(([low, high]) => low <= codeOf(one) && codeOf(one) <= high) !== isNegated });
      at = to;
    } else {
      steps.push(literal(character));
    }
  }
  return steps;
}

function readRanges(characters: readonly string[]): [number, number][] | undefined {
  const ranges: [number, number][] = [];
  for (let at = 0; at < characters.length; at++) {
    const low = codeOf(characters[at]);
    const isRange = characters[at + 1] === '-' && at + 2 < characters.length;
    const high = isRange ? codeOf(characters[at + 2]) : low;
    if (high < low) return undefined;
    ranges.push([low, high]);
    if (isRange) at += 2;
  }
  return ranges;
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0;
}

/** Follows all readings of the pattern at once, so that no pattern takes longer than its length times that of the path. */
function isMatch({ steps, end }: Pattern, path: readonly string[]): boolean {
  if (end === 'anything') return path.length > 0;
  // A reading is a step that is due; those within a `folders` step have its number and a half.
  let readings = new Set<number>();
  const add = (into: Set<number>, step: number): void => {
    into.add(step);
    const takes = steps[step]?.takes;
    if (takes === 'many' || takes === 'folders') add(into, step + 1);
  };
  add(readings, 0);
  for (const character of path) {
    if (readings.has(steps.length) && character === '/') return true;
    const next = new Set<number>();
    for (const reading of readings) {
      const at = Math.floor(reading);
      const step = steps[at];
      if (step?.accepts(character) !== true) continue;
      if (step.takes === 'folders') {
        next.add(at + 0.5);
        if (reading > at && character === '/') add(next, at + 1);
      } else add(next, step.takes === 'many' ? at : at + 1);
    }
    if (next.size === 0) return false;
    readings = next;
  }
  return end === 'folder or end' && readings.has(steps.length);
}
