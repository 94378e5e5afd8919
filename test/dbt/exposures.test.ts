/** Exposures join tags and meta as dbt does. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict } from '../../server/src/base/python-values.ts';
import { calculateConfig, fqnConfigWalk, layerOfDict } from '../../server/src/dbt/config-merge.ts';
import { exposureAttributes } from '../../server/src/dbt/exposures.ts';
import { pyRepr } from '../../server/src/dbt/python-repr.ts';
import { plainJson } from './plain-json.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly section: TaggedValue;
  readonly entry: TaggedValue;
  readonly fqn: readonly string[];
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly configTags: readonly string[];
  readonly configMeta: Readonly<Record<string, unknown>>;
}

// The file is written by oracle/exposures.py and has this shape.
const rows = (JSON.parse(readFileSync(new URL('oracle/exposures.json', import.meta.url), 'utf8')) as readonly Row[])
  .map((row) => ({ ...row, label: `${row.fqn.join('.')} under ${pyRepr(valueOfTagged(row.section))}` }));

function dictOf(tagged: TaggedValue): PyDict {
  const value = valueOfTagged(tagged);
  if (!(value instanceof Map)) throw new Error('not a dict');
  return value;
}

describe('tags and meta of exposures, compared with dbt 1.12.3', () => {
  it.each(rows)('$label', (row) => {
    const section = dictOf(row.section);
    const entry = dictOf(row.entry);
    const own = entry.get('config');
    const config = calculateConfig({
      type: 'exposure', adapterType: 'postgres', project: fqnConfigWalk(section, row.fqn),
      properties: own instanceof Map ? layerOfDict(own) : null, calls: [], rootProject: [],
    });
    const { tags, meta } = exposureAttributes(section, entry, config);
    expect(plainJson(tags)).toEqual(row.tags);
    expect(plainJson(meta)).toEqual(row.meta);
    expect(row.configTags).toEqual(row.tags);
    expect(row.configMeta).toEqual(row.meta);
  });
});
