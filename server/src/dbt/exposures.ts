/** The tags and meta of an exposure: dbt joins what the project, the entry and its config say (`schema_yaml_readers.py`). */

import type { PyDict } from '../base/python-values.ts';
import { isUnknown, type ConfigValue } from '../base/unknown.ts';
import { settled, type ConfigTree, type ConfigTreeValue, type EffectiveConfig } from './config-merge.ts';
import { comparePythonStrings } from './generic-test-names.ts';

/** The manifest's `tags` and `meta` of an exposure, which are its `config.tags` and `config.meta` as well. */
export interface ExposureAttributes {
  readonly tags: ConfigValue;
  readonly meta: ConfigValue;
}

/**
 * Joins the levels, from weak to strong: `tags` and `meta` without `+` at the root of the project's `exposures:`, the entry's own, and the
 * effective configuration (in which the `+` keys of the project stand).
 */
export function exposureAttributes(section: ConfigTree | undefined, entry: ConfigTree, config: EffectiveConfig): ExposureAttributes {
  const levels = (key: string): readonly ConfigValue[] =>
    [section?.get(key), entry.get(key), config.values.get(key)].map((value: ConfigTreeValue | undefined) => settled(value ?? null));
  return { tags: joinTags(levels('tags')), meta: joinMeta(levels('meta')) };
}

function joinTags(levels: readonly ConfigValue[]): ConfigValue {
  const tags = new Set<string>();
  for (const level of levels) {
    if (isUnknown(level)) return level;
    for (const tag of Array.isArray(level) ? level : [level]) if (typeof tag === 'string') tags.add(tag);
  }
  return [...tags].sort(comparePythonStrings);
}

function joinMeta(levels: readonly ConfigValue[]): ConfigValue {
  const meta: PyDict = new Map();
  for (const level of levels) {
    if (isUnknown(level)) return level;
    if (level instanceof Map) for (const [key, value] of level) meta.set(key, value);
  }
  return meta;
}
