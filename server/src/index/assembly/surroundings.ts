/** What lies around the `dbt_project.yml` of a package and decides on it. */

import type { ProjectFileSurroundings } from '../../dbt/project-file.ts';
import type { PackageState } from '../project-index.ts';
import type { AssemblyContext } from './shared.ts';

/** The surroundings of one of the packages of a context. */
export function surroundingsOf({ rootPackage, render }: AssemblyContext, state: PackageState): ProjectFileSurroundings {
  const flags = rootPackage.projectTree.get('flags');
  return {
    isRoot: state === rootPackage,
    dbtVersion: render.runningVersion(),
    checksVersion: !(flags instanceof Map && flags.get('version_check') === false),
  };
}
