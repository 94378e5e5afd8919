/** Reads what the inputs of a unit test name: dbt looks them up when it builds the test, not while it parses. */

import { isPyDict } from '../../base/python-values.ts';
import type { Anchor, DbtNode, DeclaredNode, RefUse, SourceUse } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { scanStaticTemplate } from '../../syntax/jinja/static.ts';
import { versionItemsOf } from '../fixes/_versions.ts';

/** The refs and sources under `given:`. */
export interface UnitTestInputs {
  readonly refs: readonly RefUse[];
  readonly sources: readonly SourceUse[];
}

const NONE: UnitTestInputs = { refs: [], sources: [] };

/** True for a unit test. */
export function isUnitTest(node: DbtNode): node is DeclaredNode & { readonly resourceType: 'unit_test' } {
  return node.resourceType === 'unit_test';
}

/**
 * The literal inputs of a unit test (dbt-core `parser/unit_tests.py`, `_get_original_input_node`); `this` is none. A test of several
 * versions of a model is written once: its inputs are those of the first version alone.
 */
export function unitTestInputs(project: ProjectView, node: DeclaredNode): UnitTestInputs {
  const given = node.declaration.get('given');
  if (!Array.isArray(given) || !isOfFirstVersion(project, node)) return NONE;
  const refs: RefUse[] = [];
  const sources: SourceUse[] = [];
  for (const [index, item] of given.entries()) {
    const input = isPyDict(item) ? item.get('input') : undefined;
    if (typeof input !== 'string') continue;
    const { file, entry } = node.entry;
    const at: Anchor = { kind: 'yaml', file, entry, path: ['given', index, 'input'], part: 'value' };
    const [capture] = scanStaticTemplate(`{{ ${input} }}`)?.captures ?? [];
    if (capture?.kind === 'source') sources.push({ source: capture.source, table: capture.table, conditional: false, at });
    if (capture?.kind !== 'ref') continue;
    const { name, version } = capture;
    const isVersion = typeof version === 'string' || typeof version === 'number';
    refs.push({ name, package: capture.package ?? null, version: isVersion ? version : null, conditional: false, at });
  }
  return { refs, sources };
}

function isOfFirstVersion(project: ProjectView, node: DeclaredNode): boolean {
  const [tested] = node.refs;
  if (node.version === null || tested === undefined) return true;
  const found = project.resolveRef(node, tested);
  const model = found.kind === 'found' ? project.node(found.uniqueId) : undefined;
  if (model?.resourceType !== 'model' || model.patch === undefined) return true;
  const stem = node.uniqueId.slice(0, -String(node.version).length);
  const first = versionItemsOf(project.entry(model.patch)).find(({ v }) => project.node(`${stem}${v}`) !== undefined);
  return first === undefined || first.v === String(node.version);
}
