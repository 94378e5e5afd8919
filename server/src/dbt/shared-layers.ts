/** One layer of configuration for all `config()` calls that say the same, and which configurations several nodes have: what follows is found once. */

import type { ConfigLayer } from './config-merge.ts';
import type { ConfigValue, Unknown } from '../base/unknown.ts';

const layersByText = new Map<string, ConfigLayer>();
const layers = new Set<unknown>();

/** More than any project has; a server that lives on keeps no more of them. */
const MOST_LAYERS = 4096;

/** The layer that stands for all those with the same keys and values in the same order; the layer itself if it holds more than scalars and lists of texts. */
export function sharedLayer(layer: ConfigLayer): ConfigLayer {
  for (const value of layer.values()) if (!isPlain(value)) return layer;
  const text = JSON.stringify([...layer]);
  const known = layersByText.get(text);
  if (known !== undefined) return known;
  if (layersByText.size >= MOST_LAYERS) return layer;
  layersByText.set(text, layer);
  layers.add(layer);
  return layer;
}

/** True for what `sharedLayer` lets stand for others. */
export function isSharedLayer(layer: ConfigLayer | Unknown): boolean {
  return layers.has(layer);
}

/** Values that JSON tells apart. */
function isPlain(value: ConfigValue): boolean {
  if (value === null || typeof value !== 'object') return typeof value !== 'bigint';
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

const sharedConfigs = new WeakSet<ReadonlyMap<string, ConfigValue>>();

/** Marks the values of a configuration that several nodes have. */
export function markShared(config: ReadonlyMap<string, ConfigValue>): void {
  sharedConfigs.add(config);
}

/** True for what was marked. */
export function isSharedConfig(config: ReadonlyMap<string, ConfigValue>): boolean {
  return sharedConfigs.has(config);
}
