/** Assembles the operations of a package: one node for each `on-run-start` and `on-run-end` statement. */

import { relativePath } from '../../base/file-id.ts';
import type { RelationNode } from '../model.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { effectiveConfig, enabledOf, listOf, metaOf, tagsOf, textOf } from './config.ts';
import { namedEdges, reportReading, withHooks } from './shared.ts';

/** `hooks|<package>|`. */
export function assembleHooks(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner } = context;
  for (const kind of ['on-run-start', 'on-run-end'] as const) {
    const value = owner.project.get(kind);
    const statements = typeof value === 'string' ? [value] : listOf(value);
    for (const [index, sql] of statements.entries()) {
      if (typeof sql !== 'string') continue;
      const name = `${owner.name}-${kind}-${String(index)}`;
      const uniqueId = `operation.${owner.name}.${name}`;
      const fqn = [owner.name, 'hooks', name];
      const at = { kind: 'yaml', file: owner.projectFile, entry: '', path: typeof value === 'string' ? [kind] : [kind, index], part: 'value' } as const;
      const reading = context.render.hook(context, sql, uniqueId, name, at);
      reportReading(output, reading);
      const config = effectiveConfig(context, 'operation', fqn, undefined, reading.configs);
      // Operations have the configuration of models, and with it their hooks.
      const hooks = context.render.hooks(context, config, { uniqueId, name, resourceType: 'operation', fqn }, owner.projectFile);
      const node: RelationNode = {
        resourceType: 'operation',
        uniqueId,
        name,
        packageName: owner.name,
        file: owner.projectFile,
        originalFilePath: `./${relativePath(owner.root, owner.projectFile)}`,
        path: `hooks/${name}.sql`,
        fqn,
        enabled: enabledOf(config),
        config: config.values,
        configUnknown: config.otherKeys,
        tags: [...new Set([kind, ...tagsOf(config)])].sort(),
        meta: metaOf(config),
        description: null,
        ...withHooks(reading, hooks),
        language: 'sql',
        materialized: textOf(config, 'materialized') ?? 'view',
        alias: context.render.alias(context, config.values.get('alias'), name, { uniqueId, name, resourceType: 'operation', fqn }),
        columns: [],
        patch: undefined,
        version: null,
        latestVersion: null,
        access: 'protected',
        group: null,
        constraints: [],
        primaryKey: [],
        docBlocks: [],
        functions: reading.functions,
        ...namedEdges(reading),
        rawCode: sql,
      };
      output.nodes.push(node);
    }
  }
}
