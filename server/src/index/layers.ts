/** The layer of a model by its name's prefix, else by its deepest telling folder (rules.md B.0). */

import type { DbtNode } from './model.ts';
import type { Layer } from './project-view.ts';

const PREFIXES: readonly (readonly [string, Layer])[] = [
  ['base_', 'staging'],
  ['stg_', 'staging'],
  ['int_', 'intermediate'],
  ['fct_', 'marts'],
  ['dim_', 'marts'],
  ['rpt_', 'marts'],
  ['mart_', 'marts'],
  ['bronze_', 'staging'],
  ['silver_', 'intermediate'],
  ['gold_', 'marts'],
];

const FOLDERS: ReadonlyMap<string, Layer> = new Map([
  ['base', 'staging'],
  ['staging', 'staging'],
  ['bronze', 'staging'],
  ['intermediate', 'intermediate'],
  ['silver', 'intermediate'],
  ['marts', 'marts'],
  ['mart', 'marts'],
  ['gold', 'marts'],
  ['reports', 'marts'],
  ['reporting', 'marts'],
]);

/** `fqn` holds the package first and the name last; the folders stand between. */
export function layerOfModel(name: string, fqn: readonly string[]): Layer {
  const lower = name.toLowerCase();
  for (const [prefix, layer] of PREFIXES) if (lower.startsWith(prefix)) return layer;
  for (const folder of fqn.slice(1, -1).reverse()) {
    const layer = FOLDERS.get(folder.toLowerCase());
    if (layer !== undefined) return layer;
  }
  return 'other';
}

/** True if more than half of the models have a layer. */
export function mostHaveLayers(models: readonly (DbtNode | undefined)[]): boolean {
  let layered = 0;
  for (const model of models) if (model !== undefined && layerOfModel(model.name, model.fqn) !== 'other') layered++;
  return layered * 2 > models.length;
}
