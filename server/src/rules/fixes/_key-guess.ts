/** Guesses the primary key of a model or source table from its column names; no guess rather than a wrong one. */

import type { RelationNode, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { primaryKeyGuess } from '../../syntax/sql-select.ts';

/** One column, or several that are a key together. */
export interface KeyGuess {
  readonly columns: readonly string[];
}

const KEY_LIKE = /(?:^|_)(?:id|key|sk|hk|pk)$/i;

/** The columns of a node as far as files tell, in the spelling of its entry where it declares them. */
export function knownColumns(project: ProjectView, node: RelationNode | SourceNode): { readonly names: readonly string[]; readonly complete: boolean } {
  const declared = node.columns.map(({ name }) => name);
  const text = node.resourceType === 'model' ? project.sqlText(node.file) : undefined;
  if (text === undefined || text.columns.length === 0) return { names: declared, complete: false };
  const spelling = new Map(declared.map((name) => [name.toLowerCase(), name]));
  const selected = text.columns.map((name) => spelling.get(name.toLowerCase()) ?? name);
  if (text.columnsComplete) return { names: selected, complete: true };
  return { names: [...new Set([...selected, ...declared])], complete: false };
}

/**
 * The key by its name (`order_id` of orders, `id`), or the only column that is named like one. Of several such columns none is
 * the key by itself; two that are all the keys of a model are its key together, if dbt_utils is there to test that.
 */
export function guessKey(project: ProjectView, node: RelationNode | SourceNode): KeyGuess | undefined {
  const { names, complete } = knownColumns(project, node);
  const guess = primaryKeyGuess(node.name, names);
  if (guess === undefined) return undefined;
  // A guess that hangs on the order of the columns took the first that looks like a key.
  if (primaryKeyGuess(node.name, [...names].reverse()) === guess) {
    const isOnly = names.filter((name) => KEY_LIKE.test(name)).length === 1;
    // The only key among columns that are not all known may be a foreign one.
    return isOnly && !complete && !isNamedAfter(node.name, guess) ? undefined : { columns: [guess] };
  }
  const keys = names.filter((name) => KEY_LIKE.test(name));
  const canCombine = complete && keys.length === 2 && project.packages().installed.includes('dbt_utils');
  return canCombine && node.resourceType === 'model' ? { columns: keys } : undefined;
}

/** True if the guess does not need its competitors to be known: it stays the same among other keys. */
function isNamedAfter(nodeName: string, guess: string): boolean {
  return primaryKeyGuess(nodeName, ['zz_other_id', guess]) === guess && primaryKeyGuess(nodeName, [guess, 'zz_other_id']) === guess;
}
