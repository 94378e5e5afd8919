/** Reads the `versions:` list of a model's entry. */

import type { PyDict } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { versionOf } from '../../dbt/versions.ts';

/** One version as written; `index` is its place in the list, `v` is spelled as in unique ids. */
export interface VersionItem {
  readonly index: number;
  readonly item: PyDict;
  readonly v: string;
}

/** The versions that dbt can read, in order; empty if there are none. */
export function versionItemsOf(entry: PyDict | undefined): readonly VersionItem[] {
  const versions = entry?.get('versions');
  if (!Array.isArray(versions)) return [];
  return versions.flatMap((item, index) => {
    const v = isPyDict(item) ? versionOf(item.get('v')) : undefined;
    return isPyDict(item) && v !== undefined ? [{ index, item, v: String(v) }] : [];
  });
}
