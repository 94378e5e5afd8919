/** Reads the `versions:` list of a model's entry. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict, isPyFloat } from '../../base/python-values.ts';

/** One version as written; `index` is its place in the list. */
export interface VersionItem {
  readonly index: number;
  readonly item: PyDict;
  readonly v: PyValue;
}

/** The versions that are dicts, in order; empty if there are none. */
export function versionItemsOf(entry: PyDict | undefined): readonly VersionItem[] {
  const versions = entry?.get('versions');
  if (!Array.isArray(versions)) return [];
  return versions.flatMap((item, index) => {
    if (!isPyDict(item)) return [];
    const v = item.get('v') ?? null;
    return [{ index, item, v: isPyFloat(v) ? v.value : v }];
  });
}
