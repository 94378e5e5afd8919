/** Guesses the primary key of a model or source table from its column names; no guess rather than a wrong one. */

import type { RelationNode, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { primaryKeyGuess } from '../../syntax/sql/select.ts';

/** One column, or several that are a key together. */
export interface KeyGuess {
  readonly columns: readonly string[];
}

const KEY_LIKE = /(?:^|_)(?:id|key|sk|hk|pk)$/i;

/** Models that select everything from one another are followed so far. */
const MAX_DEPTH = 5;

/**
 * The columns of a node as far as files tell, in the spelling of its entry where it declares them. What `select *` takes from
 * the only parent is among them, without a claim to be complete.
 */
export function knownColumns(project: ProjectView, node: RelationNode | SourceNode, depth = 0): { readonly names: readonly string[]; readonly complete: boolean } {
  const declared = node.columns.map(({ name }) => name);
  const text = node.resourceType === 'model' ? project.selectedColumns(node.file) : undefined;
  if (text === undefined) return { names: declared, complete: false };
  const spelling = new Map(declared.map((name) => [name.toLowerCase(), name]));
  const selected = text.names.map((name) => spelling.get(name.toLowerCase()) ?? name);
  if (text.complete && selected.length > 0) return { names: selected, complete: true };
  const [parentId, ...otherParents] = text.star ? project.parents(node.uniqueId) : [];
  const parent = parentId === undefined || otherParents.length > 0 || depth >= MAX_DEPTH ? undefined : project.node(parentId);
  const inherited = parent !== undefined && 'columns' in parent ? knownColumns(project, parent, depth + 1).names : [];
  return { names: [...new Set([...selected, ...declared, ...inherited])], complete: false };
}

/**
 * The key by its name (`order_id` of orders, `id`), or the first column if the model's name ends with it (`user_id` of
 * `auth_user`). Of several other keys none is the key by itself; those of a bridge are its key together, if dbt_utils is there to
 * test that.
 */
export function guessKey(project: ProjectView, node: RelationNode | SourceNode): KeyGuess | undefined {
  const { names, complete } = knownColumns(project, node);
  const guess = primaryKeyGuess(node.name, names);
  if (guess !== undefined && isNamedAfter(node.name, guess)) return { columns: [guess] };
  const [first] = names;
  if (first !== undefined && KEY_LIKE.test(first) && endsWithEntity(node.name, first)) return { columns: [first] };
  const keys = names.filter((name) => KEY_LIKE.test(name));
  const isBridge = keys.length === names.length || /(?:^|_)(?:bridge|xref|link|x)_/i.test(node.name);
  const canCombine = complete && keys.length === 2 && isBridge && project.packages().installed.includes('dbt_utils');
  return canCombine && node.resourceType === 'model' ? { columns: keys } : undefined;
}

/** True if the guess goes by its name, not by its place: it stays the same before and behind another key. */
function isNamedAfter(nodeName: string, guess: string): boolean {
  const other = 'zz_other_id';
  return primaryKeyGuess(nodeName, [other, guess]) === guess && primaryKeyGuess(nodeName, [guess, other]) === guess;
}

/** True for `user_id` and `auth_user`, `users`, `auth_users`. */
function endsWithEntity(nodeName: string, key: string): boolean {
  const entity = key.toLowerCase().replace(/_[a-z]+$/, '');
  const words = nodeName.toLowerCase();
  return [entity, `${entity}s`, `${entity}es`, entity.replace(/y$/, 'ies')].some((ending) => words === ending || words.endsWith(`_${ending}`));
}
