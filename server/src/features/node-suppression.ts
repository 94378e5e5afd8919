/** The waiver of a rule for a whole node: an item of `meta.dbt_readiness.skip` in its property entry. */

import type { FileId } from '../base/file-id.ts';
import { entryReferenceOf } from '../index/model.ts';
import type { Finding } from '../rules/finding.ts';
import { editableYaml, entryNode, entryOf, mappingAt } from '../rules/fixes/_yaml-place.ts';
import type { FixTools, TextEdit } from '../rules/rule.ts';
import { appendItem, setPath } from '../syntax/yaml/edit.ts';
import type { YamlEdits, YamlSource } from '../syntax/yaml/edit.ts';
import type { YamlMapping } from '../syntax/yaml/node.ts';
import { parseYaml } from '../syntax/yaml/parse.ts';
import type { AnalyzedProject } from './analysis.ts';

/** What it takes to waive a rule on a node: where its entry stands, and what would be written. */
export interface NodeSuppression {
  readonly file: FileId;
  readonly nodeName: string;
  readonly edits: readonly TextEdit[];
}

/** A placeholder: the finding stays until somebody writes a reason. */
const PLACEHOLDER = 'TODO say why';

/** The edit of the node's property entry; undefined for findings without a node, and for nodes without an entry that can be edited. */
export function nodeSuppression(
  project: AnalyzedProject,
  finding: Finding,
  readText: (file: FileId) => string | undefined,
): NodeSuppression | undefined {
  const node = finding.uniqueId === null ? undefined : project.index.nodes.active(finding.uniqueId);
  if (node === undefined || node.resourceType === 'test') return undefined;
  const reference = entryReferenceOf(node);
  if (reference === undefined) return undefined;
  const tools: FixTools = {
    project: project.view,
    text: readText,
    yaml(file) {
      const text = readText(file);
      return text === undefined ? undefined : parseYaml(text, 'dbt');
    },
    locate: (anchor) => project.index.locate(anchor),
  };
  const source = editableYaml(tools, reference.file);
  const entry = source === undefined ? undefined : entryNode(source.root, reference);
  const target = entry !== undefined && node.resourceType === 'source' ? mappingAt(entry, node.tablePath) : entry;
  if (source === undefined || target === undefined) return undefined;
  const edits = addSkip(source, target, finding.ruleId, metaPath(target, project.view.lowestDbtVersion()));
  return edits === undefined ? undefined : { file: reference.file, nodeName: node.name, edits };
}

/** Where the entry keeps its meta already; else under `config` where every allowed dbt wants it there (1.10), and on top before. */
function metaPath(entry: YamlMapping, lowestVersion: string | undefined): readonly string[] {
  const config = entryOf(entry, 'config')?.value;
  if (config?.kind === 'mapping' && entryOf(config, 'meta') !== undefined) return ['config', 'meta'];
  if (entryOf(entry, 'meta') !== undefined) return ['meta'];
  const version = lowestVersion === undefined ? undefined : /^(\d+)\.(\d+)/.exec(lowestVersion);
  const isNew = version !== undefined && version !== null && (Number(version[1]) > 1 || Number(version[2]) >= 10);
  return isNew ? ['config', 'meta'] : ['meta'];
}

function addSkip(source: YamlSource, entry: YamlMapping, ruleId: string, path: readonly string[]): YamlEdits {
  const item = { rule: ruleId, reason: PLACEHOLDER };
  const own = mappingAt(entry, [...path, 'dbt_readiness']);
  const list = own === undefined ? undefined : entryOf(own, 'skip')?.value;
  if (list?.kind === 'sequence') return appendItem(source, list, item);
  return setPath(source, entry, [...path, 'dbt_readiness', 'skip'], [item]);
}
