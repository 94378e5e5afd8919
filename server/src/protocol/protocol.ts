/**
 * What server and clients say to each other beyond the Language Server Protocol. Types and method names only: the client
 * imports this file, and nothing else of the server. Positions are LSP's: lines from 0, characters in UTF-16 code units.
 */

import type { Range, TextDocumentIdentifier, WorkspaceEdit } from 'vscode-languageserver-protocol';

/** How grave a finding is, worst first. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What kind of fix a finding has. */
export type FixKind = 'safe' | 'suggested' | 'scaffold' | 'none';

/** Numbers of findings; suppressed ones and judgements that could not be made are apart. */
export interface Counts {
  readonly error: number;
  readonly warning: number;
  readonly information: number;
  readonly hint: number;
  readonly suppressed: number;
  readonly unknown: number;
}

/** What own, enabled models have; each number says of how many. Unknown counts as not covered. */
export interface Coverage {
  readonly models: number;
  readonly described: number;
  readonly tested: number;
  /** Declared columns of models. */
  readonly columns: number;
  readonly columnsDescribed: number;
}

/** What every shell shows of a project. Parts that a later version fills are null. */
export interface ReadinessSummary {
  /** Folder of dbt_project.yml as a URI (in the command line: relative to the checked folder). */
  readonly root: string;
  readonly name: string;
  readonly adapter: string | null;
  readonly counts: Counts;
  readonly coverage: Coverage;
  /** How many rules judged the project. */
  readonly rules: number;
  readonly verdict: Verdict | null;
  readonly score: number | null;
  readonly trend: number | null;
  readonly baseline: number | null;
}

/** `production-ready`: no finding of Warning or above. `development-ready`: no Error. `not-ready`: an Error. */
export type Verdict = 'production-ready' | 'development-ready' | 'not-ready';

/** One finding for the readiness tree. */
export interface FindingItem {
  readonly ruleId: string;
  readonly messageId: string;
  readonly category: string;
  readonly severity: Severity;
  readonly message: string;
  readonly uri: string;
  readonly range: Range;
  readonly uniqueId: string | null;
  readonly fix: FixKind;
}

/** One project's findings and sums. */
export interface ProjectFindings {
  readonly summary: ReadinessSummary;
  /** Sorted by path, place and rule; suppressed ones left out. */
  readonly findings: readonly FindingItem[];
}

/** Asks what has changed since an earlier answer. */
export interface ChangedFindingsParams {
  /** `revision` of the answer that the client has kept; absent if it has none. */
  readonly since?: number;
}

/** All findings, or those of the files whose findings are not as the earlier answer had them. */
export interface ChangedFindings {
  /** Names this answer in the next question. */
  readonly revision: number;
  /** False if files that are not named are as in the earlier answer. */
  readonly isWhole: boolean;
  /** All projects, sorted by root. */
  readonly projects: readonly {
    readonly summary: ReadinessSummary;
    /** By URI; a file without findings may be named. */
    readonly files: readonly { readonly uri: string; readonly findings: readonly FindingItem[] }[];
  }[];
}

/** A node in the lineage tree. */
export interface LineageNode {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  /** Where it is defined; null for nodes of packages without a file in the workspace. */
  readonly uri: string | null;
  readonly range: Range | null;
  /** The gravest finding on the node, null if there is none. */
  readonly state: Severity | null;
  /** True if the edge to the node that was asked about depends on what files cannot tell. */
  readonly conditional: boolean;
  readonly hasParents: boolean;
  readonly hasChildren: boolean;
}

/** A node with its nearest relatives. */
export interface Lineage {
  /** URI of the project's root, for further questions by id. */
  readonly root: string;
  readonly node: LineageNode;
  readonly parents: readonly LineageNode[];
  readonly children: readonly LineageNode[];
}

/** State of the server, sent when it changes. `done`/`total` count files while indexing, units while checking. */
export interface StatusParams {
  readonly state: 'indexing' | 'checking' | 'ready' | 'failed';
  readonly projects: number;
  readonly done: number;
  readonly total: number;
  /** For `failed`: what to do. For `ready`: empty, or what was left out (a rule that failed, a file too large). */
  readonly message: string;
}

/** Names of requests and notifications. */
export const methods = {
  /** Request, no parameters → `ProjectFindings[]`. */
  findings: 'dbtReadiness/findings',
  /** Request `ChangedFindingsParams` → `ChangedFindings`: the same for views that follow, without what they know already. */
  changedFindings: 'dbtReadiness/changedFindings',
  /** Request, no parameters → `ReadinessSummary[]`: the same without the findings, which may be many. */
  summaries: 'dbtReadiness/summaries',
  /** Request `LineageParams` → `Lineage | null`. */
  lineage: 'dbtReadiness/lineage',
  /** Request `FixAllParams` → `FixAllResult`. */
  fixAll: 'dbtReadiness/fixAll',
  /** Request `{ruleId}` → Markdown text of the rule's page, or null. */
  rulePage: 'dbtReadiness/rulePage',
  /** Request `{root}` → Markdown report. */
  report: 'dbtReadiness/report',
  /** Request, no parameters: reads the disk again and checks all; answers when done. */
  check: 'dbtReadiness/check',
  /** Notification `StatusParams`. */
  status: 'dbtReadiness/status',
  /** Notification without parameters: findings, counts or lineage changed. At most one each 200 ms. */
  changed: 'dbtReadiness/changed',
} as const;

/** By document (the node it defines, or the entry under the position) or by id. */
export type LineageParams =
  | { readonly textDocument: TextDocumentIdentifier; readonly line?: number }
  | { readonly uniqueId: string; readonly root: string };

/** Which findings of a project to mend at once. */
export interface FixAllParams {
  /** URI of the project's root. */
  readonly root: string;
  /** Only this rule, or all. */
  readonly ruleId?: string;
  /** Only the findings of `ruleId` that stand exactly here, in the text that the server knows. */
  readonly at?: { readonly uri: string; readonly range: Range };
  /** `safe` alone, or `safe` and `suggested`. */
  readonly kinds: 'safe' | 'suggested';
}

/** What was mended. */
export interface FixAllResult {
  readonly edit: WorkspaceEdit | null;
  readonly fixed: number;
  /** Findings whose fix overlaps another one, would change a read-only file or could not be made. */
  readonly left: number;
  /** URIs of read-only files that the fixes would have changed. */
  readonly readOnly: readonly string[];
}

/** `initializationOptions` of the client. */
export interface InitializationOptions {
  /** Folder for caches; the server writes nowhere else. */
  readonly storagePath?: string;
  /** Presentation only: no setting changes which findings exist. */
  readonly diagnosticsScope?: 'openFiles' | 'workspace';
  /** The client asks for diagnostics (`textDocument/diagnostic`) instead of being told. Never both. */
  readonly pullDiagnostics?: boolean;
  /** The client opens URIs of the scheme `dbt-readiness-rule` and has the command `dbtReadiness.openRulePage` (argument: the rule's id). */
  readonly rulePages?: boolean;
  /** Milliseconds of quiet after a keystroke before findings are looked for; 150 if absent. */
  readonly debounceMs?: number;
}
