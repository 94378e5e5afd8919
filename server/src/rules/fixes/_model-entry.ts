/** Gives a model that no YAML file describes its entry: in the file where its folder keeps such entries, or in a new one. */

import type { FileId } from '../../base/file-id.ts';
import { baseName, extension, fileStem, isInside, joinPath, parentFolder, relativePath } from '../../base/file-id.ts';
import type { RelationNode } from '../../index/model.ts';
import type { YamlData } from '../../syntax/yaml/edit.ts';
import { appendSection, yamlSource } from '../../syntax/yaml/edit.ts';
import type { YamlMapping } from '../../syntax/yaml/node.ts';
import type { FileEdit, FixTools } from '../rule.ts';
import { knownColumns } from './_key-guess.ts';
import { combinationTest, testsKeyFor } from './_test-data.ts';
import { addToList, editableYaml, entryOf } from './_yaml-place.ts';

/** What the new entry says besides its name and columns. */
export interface EntryContent {
  /** Columns to test as the primary key. */
  readonly key?: readonly string[];
  /** Empty for the place to write one. */
  readonly description?: string;
}

/** The edit that adds the entry, with the columns of the model's final select. Undefined if no file takes it. */
export function addModelEntry(tools: FixTools, node: RelationNode, content: EntryContent): FileEdit | undefined {
  for (const file of filesForEntry(tools, node)) {
    if (!exists(tools, file)) {
      const create = newFile(tools, node, content);
      return create === undefined ? undefined : { file, create };
    }
    const source = editableYaml(tools, file);
    if (source === undefined) continue;
    const item = entryData(tools, node, content, source.root);
    const edits =
      entryOf(source.root, 'models') === undefined
        ? appendSection(source, 'models', [item])
        : addToList(source, source.root, 'models', [item]);
    if (edits !== undefined) return { file, edits };
  }
  return undefined;
}

function exists(tools: FixTools, file: FileId): boolean {
  return tools.project.hasFile(relativePath(tools.project.root, file)) || tools.text(file) !== undefined;
}

function newFile(tools: FixTools, node: RelationNode, content: EntryContent): string | undefined {
  const head = 'version: 2\n';
  const [edit] = appendSection(yamlSource(head), 'models', [entryData(tools, node, content, undefined)]) ?? [];
  if (edit === undefined) return undefined;
  return head.slice(0, edit.from) + edit.text + head.slice(edit.to);
}

function entryData({ project }: FixTools, node: RelationNode, content: EntryContent, root: YamlMapping | undefined): YamlData {
  const { key = [], description } = content;
  const testsKey = testsKeyFor(project, undefined, root);
  const selected = knownColumns(project, node).names;
  const [only] = key.length === 1 ? key : [];
  // The key may come in by `select *`.
  const names = only === undefined || selected.includes(only) ? selected : [only, ...selected];
  const columns = names.map((name) => (name === only ? { name, [testsKey]: ['unique', 'not_null'] } : { name }));
  return {
    name: node.name,
    ...(description === undefined ? {} : { description }),
    ...(key.length > 1 ? { [testsKey]: [combinationTest(project, key)] } : {}),
    ...(columns.length === 0 ? {} : { columns }),
  };
}

/** How a project names the file of an entry. */
type FileStyle = (folder: string, model: string) => string;

const STYLES: readonly FileStyle[] = [
  (folder) => `_${folder}__models`,
  (folder) => `_${folder}_models`,
  (folder) => `${folder}__models`,
  (folder) => `${folder}_models`,
  (folder) => `_${folder}`,
  (folder) => folder,
  (_folder, model) => `_${model}`,
  (_folder, model) => model,
];

/** Index in `STYLES` from which on each model has a file of its own. */
const FIRST_OWN_FILE = 6;

/**
 * Where the entry may go, best first: with the entries of models of the same folder, in a file of the folder that has other
 * entries, in a new file named as the project names such files.
 */
function filesForEntry(tools: FixTools, node: RelationNode): FileId[] {
  const { project } = tools;
  const folder = parentFolder(node.file);
  const described = project.models().filter((model) => model.patch !== undefined && model.uniqueId !== node.uniqueId);
  const siblings = described.filter((model) => parentFolder(model.file) === folder);
  const perModel = ownFileStyle(siblings.length > 0 ? siblings : described);
  if (perModel !== undefined) return [newFileFor(node, perModel, described)];
  const counts = new Map<FileId, number>();
  for (const { patch } of siblings) if (patch !== undefined) counts.set(patch.file, (counts.get(patch.file) ?? 0) + 1);
  const used = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([file]) => file);
  const central = siblings.length === 0 ? centralFile(described, folder) : undefined;
  const style = commonStyle(described);
  return [
    ...used,
    ...(central === undefined ? [] : [central]),
    ...(siblings.length > 0 ? [] : filesOfFolder(tools, folder)),
    newFileFor(node, style, described),
  ];
}

/** Files of the folder that have a section for models, or are named for it. */
function filesOfFolder(tools: FixTools, folder: FileId): readonly FileId[] {
  return tools.project.propertyFilesIn(folder, 'models').filter((file) => {
    const root = tools.yaml(file)?.root;
    return (root?.kind === 'mapping' && entryOf(root, 'models') !== undefined) || /[/_](?:models|schema)\.ya?ml$/.test(file);
  });
}

/** The file above the folder that describes most models, if it describes more than half of them: one file for all. */
function centralFile(described: readonly RelationNode[], folder: FileId): FileId | undefined {
  const counts = new Map<FileId, number>();
  for (const { patch } of described) if (patch !== undefined) counts.set(patch.file, (counts.get(patch.file) ?? 0) + 1);
  const found = [...counts].find(([, count]) => count > 1 && count * 2 > described.length)?.[0];
  return found !== undefined && isInside(parentFolder(found), `${folder}/x`) ? found : undefined;
}

/** The style by which most of the models have a file of their own. */
function ownFileStyle(models: readonly RelationNode[]): FileStyle | undefined {
  const perFile = new Map<FileId, number>();
  for (const { patch } of models) if (patch !== undefined) perFile.set(patch.file, (perFile.get(patch.file) ?? 0) + 1);
  for (const style of STYLES.slice(FIRST_OWN_FILE)) {
    const own = models.filter(({ patch, name, file }) => {
      return patch !== undefined && perFile.get(patch.file) === 1 && fileStem(patch.file) === style(folderName(file), name);
    });
    if (own.length * 2 > models.length) return style;
  }
  return undefined;
}

/** The name that most files of the project have, be it one name everywhere (`schema.yml`). */
function commonStyle(described: readonly RelationNode[]): FileStyle {
  const votes = new Map<FileStyle | string, number>();
  const files = new Map(described.flatMap((model) => (model.patch === undefined ? [] : [[model.patch.file, model] as const])));
  for (const [file, model] of files) {
    const stem = fileStem(file);
    const known = STYLES.slice(0, FIRST_OWN_FILE).find((style) => style(folderName(file), model.name) === stem);
    votes.set(known ?? stem, (votes.get(known ?? stem) ?? 0) + 1);
  }
  const [best] = [...votes].sort((a, b) => b[1] - a[1] || rankOf(a[0]) - rankOf(b[0]) || (String(a[0]) < String(b[0]) ? -1 : 1));
  const style = best?.[0];
  if (typeof style === 'function') return style;
  // One file of a chance name is no convention.
  const isConvention = style !== undefined && ((best?.[1] ?? 0) > 1 || /^_*(?:schema|models|properties)$/.test(style));
  return isConvention ? () => style : (folder) => `_${folder}__models`;
}

function rankOf(style: FileStyle | string): number {
  return typeof style === 'string' ? STYLES.length : STYLES.indexOf(style);
}

/** The file beside the model that the style names, whether it exists or not. */
function newFileFor(node: RelationNode, style: FileStyle, described: readonly RelationNode[]): FileId {
  const folder = parentFolder(node.file);
  const yaml = described.filter((model) => model.patch !== undefined && extension(model.patch.file) === '.yaml').length;
  return joinPath(folder, `${style(folderName(node.file), node.name)}${yaml * 2 > described.length ? '.yaml' : '.yml'}`);
}

/** A folder's name without the underscores that sort it to the top. */
function folderName(file: FileId): string {
  return baseName(parentFolder(file)).replace(/^_+/, '');
}
