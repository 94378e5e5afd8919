/** The relation that a snapshot in YAML or a foreign key names: a literal call of ref() or source(), which dbt reads without rendering it. */

import type { PyValue } from '../base/python-values.ts';
import { pyRepr, pyStr } from './python-repr.ts';
import type { StaticCapture } from '../syntax/jinja/static.ts';
import { scanStaticTemplate } from '../syntax/jinja/static.ts';

/** The call, or why dbt refuses the value (`statically_parse_ref_or_source`); neither where the scan cannot tell. */
export interface RelationCall {
  readonly call?: Extract<StaticCapture, { kind: 'ref' | 'source' }>;
  readonly fault?: string;
}

/** Versions of which dbt's extractor takes more spellings than the scan: zero, the empty text, leading zeros. */
const ODD_VERSION = /\bv(?:ersion)?\s*=\s*[-\d'"]/;

/** Reads the value of `relation:` or `to:`. */
export function relationCallOf(value: PyValue): RelationCall {
  // dbt puts whatever stands there between braces, as Python writes it.
  const text = typeof value === 'string' ? value : pyRepr(value);
  const scan = scanStaticTemplate(`{{ ${text} }}`);
  if (scan?.staticallyParsedByDbt !== true) return ODD_VERSION.test(text) ? {} : { fault: `Invalid jinja expression: ${text}` };
  const calls = scan.captures.filter((capture) => capture.kind !== 'config');
  const call = calls.find(({ kind }) => kind === 'ref') ?? calls[0];
  return call === undefined ? { fault: `Invalid ref or source expression: ${pyStr(value)}` } : { call };
}
