/** The types of generate-project.mjs, for the bench. */

/** What was written; see the script. */
export interface GeneratedProject {
  readonly directory: string;
  readonly models: number;
  readonly files: number;
  readonly bytes: number;
  readonly bigYaml: string;
  readonly smallYaml: string;
  readonly smallSql: string;
}

/** The project in `directory`, written again only if it is not there in this size and by this version of the script. */
export function ensureProject(options: { readonly count: number; readonly directory: string }): GeneratedProject;
