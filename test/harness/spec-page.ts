/**
 * Reads a rule's page as a list of test cases.
 *
 * Each `###` heading below `## Flagged`, `## Not flagged` or `## Edge cases` is a case. Its fenced blocks with `file=PATH` are
 * the project's files. A line of carets in a comment below a line draws a finding: columns of the carets are the span, `💡`
 * says that a fix is offered, then an optional severity with a colon, then the whole message:
 *
 *     select * from {{ ref('ordrs') }}
 *     --                    ^^^^^ 💡 error: There is no node named ordrs.
 *
 * `^12-17` names the columns where carets would collide with the comment sign. A block named `findings` lists findings of
 * files that hold no comments: `PATH:LINE:FROM-TO [💡] severity: message`, line from 1, columns from 0. A `fixed` block gives
 * a file as the fix of the first finding leaves it (`title="…"` names the fix). A block named `options` sets the rule's
 * options.
 */

export interface ExpectedFinding {
  readonly path: string;
  /** From 0. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly fixable: boolean;
  readonly severity: string | undefined;
  readonly message: string;
}

export interface SpecCase {
  readonly section: string;
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly ExpectedFinding[];
  readonly fixed: Readonly<Record<string, string>>;
  readonly fixTitle: string | undefined;
  /** YAML text of the rule's options. */
  readonly options: string | undefined;
}

const MARKER = /^(\s*(?:--|#|\/\/)\s*)(\^+(?:(\d+)-(\d+))?)\s*(💡\s*)?(?:(error|warning|information|hint):\s*)?(.*?)\s*$/u;
const SECTIONS = ['Flagged', 'Not flagged', 'Edge cases'];

/** All cases of a page. */
export function readSpecPage(page: string): SpecCase[] {
  const cases: SpecCase[] = [];
  let section = '';
  let current: MutableCase | undefined;
  const lines = page.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('## ')) {
      section = line.slice(3).trim();
      current = undefined;
    } else if (line.startsWith('### ') && SECTIONS.includes(section)) {
      current = { section, name: line.slice(4).trim(), files: {}, expected: [], fixed: {}, fixTitle: undefined, options: undefined };
      cases.push(current);
    } else if (/^`{3,}/.test(line)) {
      const fence = /^`+/.exec(line)?.[0] ?? '```';
      const body: string[] = [];
      for (i++; i < lines.length && lines[i] !== fence; i++) body.push(lines[i] ?? '');
      if (current !== undefined) readBlock(current, line.slice(fence.length).trim(), body);
    }
  }
  return cases;
}

interface MutableCase {
  readonly section: string;
  readonly name: string;
  readonly files: Record<string, string>;
  readonly expected: ExpectedFinding[];
  readonly fixed: Record<string, string>;
  fixTitle: string | undefined;
  options: string | undefined;
}

function readBlock(current: MutableCase, info: string, body: readonly string[]): void {
  const words = info.split(/\s+/);
  const path = /(?:^|\s)file=(\S+)/.exec(info)?.[1];
  if (words.includes('options')) current.options = body.join('\n');
  else if (words.includes('findings')) current.expected.push(...body.filter((line) => line.trim() !== '').map(readListed));
  else if (path !== undefined && words.includes('fixed')) {
    current.fixed[path] = withFinalNewline(body);
    current.fixTitle = /title="([^"]*)"/.exec(info)?.[1] ?? current.fixTitle;
  } else if (path !== undefined) {
    current.files[path] = withFinalNewline(stripMarkers(path, body, current.expected));
  }
}

function withFinalNewline(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function stripMarkers(path: string, body: readonly string[], expected: ExpectedFinding[]): string[] {
  const kept: string[] = [];
  for (const line of body) {
    const match = MARKER.exec(line);
    if (match === null) {
      kept.push(line);
      continue;
    }
    const [, before = '', carets = '', from, to, bulb, severity, message = ''] = match;
    expected.push({
      path,
      line: kept.length - 1,
      from: from === undefined ? before.length : Number(from),
      to: to === undefined ? before.length + carets.length : Number(to),
      fixable: bulb !== undefined,
      severity,
      message,
    });
  }
  return kept;
}

function readListed(line: string): ExpectedFinding {
  const match = /^(.*?):(\d+):(\d+)-(\d+)\s+(💡\s*)?(?:(error|warning|information|hint):\s*)?(.*?)\s*$/u.exec(line);
  if (match === null) throw new Error(`Not a finding: ${line}`);
  const [, path = '', lineNumber, from, to, bulb, severity, message = ''] = match;
  return {
    path,
    line: Number(lineNumber) - 1,
    from: Number(from),
    to: Number(to),
    fixable: bulb !== undefined,
    severity,
    message,
  };
}
