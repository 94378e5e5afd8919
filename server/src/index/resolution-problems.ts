/** References that lead nowhere, to something disabled, to several things, or where access rules forbid it. */

import { relativePath } from '../base/file-id.ts';
import { isUnknown } from '../base/unknown.ts';
import { accessBroken, ambiguousRef, missingTarget } from '../dbt/messages.ts';
import { brokenAccess } from '../dbt/resolve-ref.ts';
import type { Anchor, DbtNode, Resolution } from './model.ts';
import type { IndexProblem } from './problems.ts';
import type { ProjectIndex } from './project-index.ts';
import { isTakenForGranted, resolveDeclared, resolveRef, resolveSource } from './resolution.ts';

/** What dbt says of a node's references; only certain ones count. */
export function resolutionProblems(index: ProjectIndex, node: DbtNode): IndexProblem[] {
  const { nodes, rootPackage } = index;
  const problems: IndexProblem[] = [];
  const missing = (resolution: Resolution, targetKind: string, targetName: string, at: Anchor, extra: object): void => {
    if (resolution.kind !== 'missing' && resolution.kind !== 'disabled') return;
    const state = index.packages.get(node.packageName);
    const { code, message, dbt } = missingTarget({
      resourceType: node.resourceType,
      uniqueId: node.uniqueId,
      file: state === undefined ? node.originalFilePath : relativePath(state.root, node.file),
      targetKind,
      targetName,
      isDisabled: resolution.kind === 'disabled',
      ...extra,
    });
    problems.push({ code, message, dbt, at });
  };
  for (const use of node.refs) {
    if (use.conditional || node.resourceType === 'unit_test') continue;
    const found = resolveRef(nodes, rootPackage, node.packageName, use);
    missing(found, 'node', use.name, use.at, { targetPackage: use.package, targetVersion: use.version });
    if (found.kind === 'ambiguous') {
      const { code, message, dbt } = ambiguousRef(use.name, found.uniqueIds);
      problems.push({ code, message, dbt, at: use.at });
    }
    const forbidden = found.kind === 'found' ? accessProblem(index, node, found.uniqueId, use.at) : undefined;
    if (forbidden !== undefined) problems.push(forbidden);
  }
  for (const use of node.sources) {
    if (use.conditional) continue;
    missing(resolveSource(nodes, rootPackage, node.packageName, use), 'source', `${use.source}.${use.table}`, use.at, {});
  }
  if ('dependsOnDeclared' in node && 'entry' in node) {
    const at: Anchor = { kind: 'yaml', file: node.entry.file, entry: node.entry.entry, path: ['name'], part: 'value' };
    for (const wanted of node.dependsOnDeclared) {
      const [kind = '', name = ''] = wanted.split(/:(.*)/s);
      if (isTakenForGranted(node, wanted)) continue;
      missing(resolveDeclared(nodes, rootPackage, node.packageName, wanted), kind, name, at, {});
    }
  }
  return problems;
}

/** What dbt says of a reference that access rules forbid; undefined if they allow it, or if files cannot tell. */
export function accessProblem(index: ProjectIndex, node: DbtNode, targetId: string, at: Anchor): IndexProblem | undefined {
  const target = index.nodes.active(targetId);
  if (target?.resourceType !== 'model') return undefined;
  const group = 'group' in node ? node.group : groupOfConfig(node);
  const restrictsAccess = index.packages.get(target.packageName)?.project.get('restrict-access') === true;
  const broken = brokenAccess({
    from: { resourceType: node.resourceType, packageName: node.packageName, group },
    target: { resourceType: 'model', packageName: target.packageName, access: target.access, group: target.group, restrictsAccess },
  });
  if (broken === null) return undefined;
  if ((node.configUnknown !== null && group === null) || target.configUnknown !== null || isUnknown(node.enabled)) return undefined;
  const scope = broken === 'private' ? (target.group ?? '') : target.packageName;
  return { ...accessBroken(node.uniqueId, targetId, broken, scope), at };
}

function groupOfConfig(node: DbtNode): string | null {
  const group = node.config.get('group');
  return typeof group === 'string' ? group : null;
}
