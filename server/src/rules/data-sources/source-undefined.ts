/** Flags source() calls that no property file declares: dbt refuses the whole project over one of them. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { baseName, joinPath, parentFolder, relativePath } from '../../base/file-id.ts';
import type { DbtNode, SourceNode, SourceUse } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { appendItem, appendSection, setKey, yamlSource } from '../../syntax/yaml/edit.ts';
import { isYamlMapping, isYamlSequence, mappingValue, yamlString } from '../../syntax/yaml/parse.ts';
import type { YamlMapping, YamlNode } from '../../syntax/yaml/node.ts';
import type { Fix, FixTools } from '../rule.ts';
import { defineRule } from '../rule.ts';
import { severityOfBrokenReference } from './_broken-reference.ts';
import { isUnitTest, unitTestInputs } from './_unit-test-inputs.ts';

export const sourceUndefined = defineRule({
  meta: {
    id: 'source-undefined',
    category: 'data-sources',
    summary: 'Flags a source() that no property file declares.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1],
    checklistItems: ['INF1', 'DQ1'],
    messages: {
      table: "Source '{source}' has no table '{table}'; dbt stops on this source().",
      source: "No source is named '{source}'; dbt stops on this source().",
      test: "No source declares the table '{source}.{table}'; dbt warns and leaves this test out.",
      input: "No source declares the table '{source}.{table}'; dbt stops on this unit test.",
      disabled: "Source table '{source}.{table}' is disabled; dbt stops on this source().",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'test', 'exposure', 'operation', 'function', 'unit_test'] },
  check(node, { project, report, unknown }) {
    const seen = new Set<string>();
    for (const use of isUnitTest(node) ? unitTestInputs(project, node).sources : node.sources) {
      const found = project.resolveSource(node, use);
      if (found.kind === 'unknown') unknown(`source('${use.source}', '${use.table}'): ${found.reason}`);
      if (use.conditional || (found.kind !== 'missing' && found.kind !== 'disabled')) continue;
      // dbt merely disables a test whose source is disabled.
      if (found.kind === 'disabled' && node.resourceType === 'test') continue;
      const data = { source: use.source, table: use.table };
      // The same table twice in one file is one fault.
      const key = `${use.source}.${use.table}`;
      if (seen.has(key)) continue;
      seen.add(key);
      // What is itself perhaps disabled may well be disabled together with what it reads.
      if (found.kind === 'disabled' && isUnknown(node.enabled)) {
        unknown(node.enabled.reason);
        continue;
      }
      if (found.kind === 'disabled') {
        report({ at: use.at, message: 'disabled', data });
        continue;
      }
      const sibling = declaredSource(project, use.source);
      const isTest = node.resourceType === 'test';
      report({
        at: use.at,
        message: isTest ? 'test' : isUnitTest(node) ? 'input' : sibling === undefined ? 'source' : 'table',
        severity: severityOfBrokenReference(node),
        data,
        // Beside dbt_project.yml, where hooks stand, dbt reads no property files.
        ...(node.resourceType === 'operation' && sibling === undefined ? {} : { fix: { kind: 'suggested' as const, make: (tools: FixTools) => declare(tools, node, use) } }),
      });
    }
  },
});

/** A table of the project's own that stands under the same source name. */
function declaredSource(project: ProjectView, name: string): SourceNode | undefined {
  return project.sources().find((source) => source.sourceName === name);
}

function declare(tools: FixTools, node: DbtNode, use: SourceUse): Fix | undefined {
  const sibling = declaredSource(tools.project, use.source);
  return sibling === undefined ? addSource(tools, node, use) : addTable(tools, sibling, use);
}

function addTable(tools: FixTools, sibling: SourceNode, use: SourceUse): Fix | undefined {
  const text = tools.text(sibling.file);
  if (text === undefined) return undefined;
  const source = yamlSource(text);
  const entry = sourceEntry(source.root, use.source);
  if (entry === undefined) return undefined;
  const tables = mappingValue(entry, 'tables');
  const item = { name: use.table };
  const edits = isYamlSequence(tables) ? appendItem(source, tables, item) : setKey(source, entry, 'tables', [item]);
  if (edits === undefined) return undefined;
  return { title: `Declare table ${use.table} in source ${use.source}`, kind: 'suggested', edits: [{ file: sibling.file, edits }] };
}

function sourceEntry(root: YamlNode | undefined, name: string): YamlMapping | undefined {
  const sources = mappingValue(root, 'sources');
  if (!isYamlSequence(sources)) return undefined;
  return sources.items.filter(isYamlMapping).find((item) => yamlString(mappingValue(item, 'name')) === name);
}

function addSource(tools: FixTools, node: DbtNode, use: SourceUse): Fix | undefined {
  const { project } = tools;
  const folder = parentFolder(node.file);
  const title = `Declare source ${use.source} with table ${use.table}`;
  const item = { name: use.source, tables: [{ name: use.table }] };
  const [existing] = project.propertyFilesIn(folder, 'sources').filter((file) => /source/i.test(baseName(file)));
  if (existing !== undefined) {
    const text = tools.text(existing);
    if (text === undefined) return undefined;
    const source = yamlSource(text);
    const listed = mappingValue(source.root, 'sources');
    const edits = isYamlSequence(listed) ? appendItem(source, listed, item) : appendSection(source, 'sources', [item]);
    return edits === undefined ? undefined : { title, kind: 'suggested', edits: [{ file: existing, edits }] };
  }
  const file = joinPath(folder, `_${use.source}__sources.yml`);
  if (project.hasFile(relativePath(project.root, file))) return undefined;
  const created = appendSection(yamlSource('version: 2\n'), 'sources', [item]);
  const [edit] = created ?? [];
  if (edit === undefined) return undefined;
  const text = 'version: 2\n';
  return { title, kind: 'suggested', edits: [{ file, create: text.slice(0, edit.from) + edit.text + text.slice(edit.to) }] };
}
