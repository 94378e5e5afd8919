/** Paths into values: keys of mappings and places in lists. */

/** Leads from a value to one inside of it: `['columns', 3, 'name']`. */
export type ValuePath = readonly (string | number)[];

/**
 * A path one step longer, in a list of just its size: a spread leaves room for more, and paths are many. Spelled out for short ones, since
 * `concat` costs several times as much as the list.
 */
export function below(path: ValuePath, step: string | number): ValuePath {
  const first = path[0];
  const second = path[1];
  const third = path[2];
  const fourth = path[3];
  if (first === undefined) return [step];
  if (second === undefined) return [first, step];
  if (third === undefined) return [first, second, step];
  if (fourth === undefined) return [first, second, third, step];
  return path.concat(step);
}
