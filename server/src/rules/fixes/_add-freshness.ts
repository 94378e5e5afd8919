/** The fix that gives a source a freshness limit, where dbt could measure it. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { hasFeature } from '../../dbt/dbt-version.ts';
import type { SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import type { YamlData } from '../../syntax/yaml/edit.ts';
import { setPath } from '../../syntax/yaml/edit.ts';
import type { Report, TextEdit } from '../rule.ts';
import { editableYaml, entryNode, entryOf, mappingAt } from './_yaml-place.ts';

/** Adapters that read the time of the last change from the warehouse's metadata (dbt 1.7 and later). */
const METADATA_ADAPTERS: ReadonlySet<string> = new Set(['snowflake', 'bigquery', 'redshift', 'databricks']);

/** Names that loaders give to the time of loading, the surest first. */
const LOADED_AT = /^_?(?:fivetran_synced|airbyte_extracted_at|airbyte_emitted_at|sdc_(?:batched|extracted|received)_at|(?:etl_|dlt_)?loaded_at|load_(?:ts|timestamp|datetime)|ingested_at|ingestion_(?:ts|timestamp|time)|extracted_at|synced_at|inserted_at)$/i;

const LIMITS: YamlData = { warn_after: { count: 12, period: 'hour' }, error_after: { count: 24, period: 'hour' } };

/**
 * `ofSource`: the limit is meant for the whole source. Undefined where a freshness is written already (but says nothing), or
 * where dbt would not know from which column to measure.
 */
export function addFreshness(project: ProjectView, node: SourceNode, ofSource: boolean): Report<string>['fix'] {
  const entry = project.entry(node.entry);
  const table = tableOf(entry, node);
  if ([entry, table].some((level) => hasKey(level, 'freshness'))) return undefined;
  const guess = node.columns.find(({ name }) => LOADED_AT.test(name))?.name;
  const isMeasured = node.loadedAtField !== null || node.loadedAtQuery !== null || METADATA_ADAPTERS.has(project.adapter() ?? '');
  if (!isMeasured && guess === undefined) return undefined;
  // The column of one table says nothing of the others.
  const isOfSource = ofSource && (METADATA_ADAPTERS.has(project.adapter() ?? '') || hasKey(entry, 'loaded_at_field') || hasKey(entry, 'loaded_at_query'));
  const loadedAt = isMeasured ? undefined : guess;
  return {
    kind: 'suggested',
    make(tools) {
      const source = editableYaml(tools, node.entry.file);
      const root = source === undefined ? undefined : entryNode(source.root, node.entry);
      const mapping = root === undefined || isOfSource ? root : mappingAt(root, node.tablePath);
      if (source === undefined || mapping === undefined) return undefined;
      const isNested = hasFeature(project.lowestDbtVersion(), 'config-freshness');
      const added: Record<string, YamlData> = loadedAt === undefined ? { freshness: LIMITS } : { freshness: LIMITS, loaded_at_field: loadedAt };
      const place = { after: ['name', 'description', 'database', 'schema', 'loader', 'identifier', 'loaded_at_field', 'config'] };
      const edits: TextEdit[] = [];
      if (isNested && entryOf(mapping, 'config') === undefined) {
        const made = setPath(source, mapping, ['config'], added, place);
        if (made === undefined) return undefined;
        edits.push(...made);
      } else {
        for (const [key, value] of Object.entries(added)) {
          const made = setPath(source, mapping, isNested ? ['config', key] : [key], value, place);
          if (made === undefined) return undefined;
          edits.push(...made);
        }
      }
      const name = isOfSource ? node.sourceName : `${node.sourceName}.${node.name}`;
      return { title: `Warn when ${name} is older than 12 hours`, kind: 'suggested', edits: [{ file: node.entry.file, edits: merged(edits) }] };
    },
  };
}

/** Insertions at one place as one edit, in order. */
function merged(edits: readonly TextEdit[]): TextEdit[] {
  const result: TextEdit[] = [];
  for (const edit of edits) {
    const last = result.at(-1);
    if (last?.from === edit.from && last.to === edit.to && edit.from === edit.to) {
      result[result.length - 1] = { ...last, text: last.text + edit.text };
    } else result.push(edit);
  }
  return result;
}

/** The raw table in its source's entry. */
function tableOf(entry: PyDict | undefined, node: SourceNode): PyDict | undefined {
  const tables: PyValue | undefined = entry?.get('tables');
  const [, index] = node.tablePath;
  const table = Array.isArray(tables) && typeof index === 'number' ? tables[index] : undefined;
  return isPyDict(table) ? table : undefined;
}

/** True if a source or table has a key, be it null, itself or under `config:`. */
export function hasKey(level: PyDict | undefined, key: string): boolean {
  const config = level?.get('config');
  return level?.has(key) === true || (isPyDict(config) && config.has(key));
}
