/** Contexts for tests of the evaluator: a small project with macros, vars and a target. */

import type { ConfigValue, Unknown } from '../../server/src/base/unknown.ts';
import type { EvaluationContext, MacroDefinition, MacroSource } from '../../server/src/jinja/context.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';

/** Macros of one package by dbt's name. */
export function macrosOf(packageName: string, text: string): Map<string, MacroDefinition> {
  const macros = new Map<string, MacroDefinition>();
  for (const statement of parseJinja(text).body) {
    if (statement.kind !== 'macro') continue;
    const { macroName } = statement;
    macros.set(macroName, { uniqueId: `macro.${packageName}.${macroName}`, packageName, name: macroName, macro: statement });
  }
  return macros;
}

/** dbt's look-up for a node of `nodePackage`: its package, then the root project. */
export function macroSource(packages: ReadonlyMap<string, ReadonlyMap<string, MacroDefinition>>, nodePackage: string, root: string): MacroSource {
  return {
    find: (name) => packages.get(nodePackage)?.get(name) ?? packages.get(root)?.get(name),
    findIn: (packageName, name) => packages.get(packageName)?.get(name),
    packageState: (name) => (packages.has(name) ? 'installed' : 'none'),
  };
}

export interface TestContextOptions {
  readonly kind?: EvaluationContext['kind'];
  readonly name?: string;
  readonly macros?: MacroSource;
  readonly variables?: ReadonlyMap<string, ConfigValue>;
  readonly environment?: ReadonlyMap<string, string | Unknown>;
  readonly target?: ReadonlyMap<string, ConfigValue>;
  readonly isTargetComplete?: boolean;
  readonly adapterType?: string | undefined;
  readonly now?: number;
  readonly dispatch?: ReadonlyMap<string, readonly string[]>;
}

export const POSTGRES_TARGET: ReadonlyMap<string, ConfigValue> = new Map<string, ConfigValue>([
  ['name', 'dev'],
  ['profile_name', 'p'],
  ['target_name', 'dev'],
  ['type', 'postgres'],
  ['schema', 'sch'],
  ['database', 'db'],
  ['dbname', 'db'],
  ['threads', 1],
]);

export function testContext(options: TestContextOptions = {}): EvaluationContext {
  const name = options.name ?? 'm';
  return {
    kind: options.kind ?? 'node',
    node: {
      uniqueId: `model.p.${name}`,
      name,
      packageName: 'p',
      resourceType: 'model',
      path: `${name}.sql`,
      originalFilePath: `models/${name}.sql`,
    },
    projectName: 'p',
    macros: options.macros ?? macroSource(new Map(), 'p', 'p'),
    variable: (variable) => options.variables?.get(variable),
    environmentVariable: (variable) => options.environment?.get(variable),
    target: options.target ?? POSTGRES_TARGET,
    mayTargetHold: () => !(options.isTargetComplete ?? true),
    flags: new Map<string, ConfigValue>([['FULL_REFRESH', false]]),
    dispatchOrder: (namespace) => options.dispatch?.get(namespace),
    adapterType: 'adapterType' in options ? options.adapterType : 'postgres',
    dbtVersion: '1.12.3',
    now: options.now,
  };
}
