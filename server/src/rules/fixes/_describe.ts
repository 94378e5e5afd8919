/** The fixes that give a node, source or column its description: a text that the project has already, or the place for one. */

import { valueAt } from '../../facts/value-spans.ts';
import type { EntryReference, NodeColumn, RelationNode } from '../../index/model.ts';
import { entryReferenceOf } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { setDescription } from '../../syntax/yaml/edit.ts';
import { isPlaceholder } from '../../syntax/suppressions.ts';
import type { Fix, FixTools, Report, TextEdit } from '../rule.ts';
import { addModelEntry } from './_model-entry.ts';
import { editableYaml, entryNode, entryOf, mappingAt } from './_yaml-place.ts';

type OfferedFix = Report<string>['fix'];

/**
 * The fix for a model without a description: the comment above its SQL if that is prose, else the place to write one.
 * Undefined if the place is there already.
 */
export function describeModel(project: ProjectView, node: RelationNode): OfferedFix {
  const comment = proseOf(project.sqlText(node)?.leadingComment ?? '');
  const kind = comment === undefined ? 'scaffold' : 'suggested';
  const title = comment === undefined ? `Add a description of ${node.name}` : `Take the comment above the SQL as description of ${node.name}`;
  if (node.patch === undefined) {
    return {
      kind,
      make(tools) {
        const added = addModelEntry(tools, node, { description: comment ?? '' });
        return added === undefined ? undefined : { title, kind, edits: [added] };
      },
    };
  }
  if (comment === undefined && project.entry(node.patch)?.has('description') === true) return undefined;
  const { patch } = node;
  return { kind, make: (tools) => describeEntry(tools, patch, [], comment ?? '', title, kind) };
}

/** The fix for a source without a description; undefined if the place for it is there already. */
export function describeSource(project: ProjectView, reference: EntryReference, name: string): OfferedFix {
  if (project.entry(reference)?.has('description') === true) return undefined;
  return { kind: 'scaffold', make: (tools) => describeEntry(tools, reference, [], '', `Add a description of ${name}`, 'scaffold') };
}

function describeEntry(
  tools: FixTools,
  reference: EntryReference,
  path: readonly (string | number)[],
  description: string,
  title: string,
  kind: Fix['kind'],
): Fix | undefined {
  const source = editableYaml(tools, reference.file);
  const entry = source === undefined ? undefined : entryNode(source.root, reference);
  const mapping = entry === undefined ? undefined : mappingAt(entry, path);
  if (source === undefined || mapping === undefined) return undefined;
  const edits = setDescription(source, mapping, description);
  return edits === undefined ? undefined : { title, kind, edits: [{ file: reference.file, edits }] };
}

/**
 * The fix for columns without a description. Where exactly one parent describes a column of the name, its words are copied; the
 * others get the place to write one.
 */
export function describeColumns(project: ProjectView, node: RelationNode, columns: readonly NodeColumn[]): OfferedFix {
  const { patch } = node;
  if (patch === undefined) return undefined;
  const entry = project.entry(patch);
  // Asked for again when the fix is made: kept texts of all columns of a large project would take megabytes.
  const hasWords = (column: NodeColumn): boolean => upstreamWords(project, node, column.name) !== undefined;
  // Every column has an empty description to fill already, and nobody upstream knows a text.
  const isOpen = columns.every((column) => valueAt(entry, [...column.path, 'description']) !== undefined) && !columns.some(hasWords);
  if (isOpen) return undefined;
  const isKnown = columns.every(hasWords);
  const kind = isKnown ? 'suggested' : 'scaffold';
  return {
    kind,
    make(tools) {
      const source = editableYaml(tools, patch.file);
      const root = source === undefined ? undefined : entryNode(source.root, patch);
      if (source === undefined || root === undefined) return undefined;
      const edits: TextEdit[] = [];
      for (const column of columns) {
        const mapping = mappingAt(root, column.path);
        const text = upstreamWords(tools.project, node, column.name);
        if (text === undefined && mapping !== undefined && entryOf(mapping, 'description') !== undefined) continue;
        const made = mapping === undefined ? undefined : setDescription(source, mapping, text ?? '');
        // A column that an alias brings in is written elsewhere; the others get their place all the same.
        if (made === undefined && isKnown) return undefined;
        edits.push(...(made ?? []));
      }
      const count = columns.length;
      const what = count === 1 ? `the column ${columns[0]?.name ?? ''}` : `${String(count)} columns`;
      const title = isKnown ? `Copy the upstream description of ${what}` : `Add descriptions to ${what}`;
      return edits.length === 0 ? undefined : { title, kind, edits: [{ file: patch.file, edits }] };
    },
  };
}

/** What the one parent that describes a column of this name says, as it is written there: `doc()` stays. */
function upstreamWords(project: ProjectView, node: RelationNode, name: string): string | undefined {
  const found: string[] = [];
  const wanted = name.toLowerCase();
  for (const id of project.parents(node.uniqueId)) {
    const parent = project.node(id);
    if (parent === undefined || !('columns' in parent)) continue;
    const column = parent.columns.find((one) => one.name.toLowerCase() === wanted);
    if (column === undefined || typeof column.description !== 'string' || isPlaceholder(column.description)) continue;
    const reference = entryReferenceOf(parent);
    const written = reference === undefined ? undefined : valueAt(project.entry(reference), [...column.path, 'description']);
    // A doc block of another package is found under another name here.
    if (typeof written !== 'string' || (parent.packageName !== node.packageName && written.includes('{{'))) return undefined;
    found.push(written.trim());
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Words that tell a note for tools, lawyers or later from a description. */
const NO_PROSE = /\{\{|\{%|;|\b(?:depends_on|sqlfluff|noqa|prettier|copyright|licen[cs]e|generated)\b|https?:\/\/|^\s*(?:select|with|from|where|join|insert|create|left|union)\b/im;

/** A comment as one line, if it reads as prose: three words or more, no code, not an essay. */
function proseOf(comment: string): string | undefined {
  const lines = comment.split('\n').map((line) => line.trim());
  const text = lines.filter((line) => /[\p{L}\p{N}]/u.test(line)).join(' ');
  const isProse = text.split(/\s+/).length >= 3 && text.length >= 15 && text.length <= 400 && /\p{L}/u.test(text);
  return !isProse || lines.some((line) => NO_PROSE.test(line)) || isPlaceholder(text) ? undefined : text;
}
