/** Answers to our own requests: what the readiness view, the lineage view and the commands of a client ask for. */

import type { Position, WorkspaceEdit } from 'vscode-languageserver/node';
import type { FileId } from '../base/file-id.ts';
import type { LocatedFinding } from '../features/analysis.ts';
import { messageOf } from '../features/editor-diagnostics.ts';
import { combineFixes } from '../features/fixing.ts';
import type { LineageStep } from '../features/lineage.ts';
import { lineageOf } from '../features/lineage.ts';
import { nodeAt } from '../features/nodes-in-file.ts';
import { readinessReport } from '../features/readiness-report.ts';
import { fileIdOfUri, uriOfFileId } from '../host/file-id.ts';
import { isReadOnly } from '../host/read-source.ts';
import type { ChangedFindings, ChangedFindingsParams, FindingItem, FixAllParams, FixAllResult, Lineage, LineageNode, LineageParams, ProjectFindings, ReadinessSummary } from '../protocol/protocol.ts';
import type { RunningSummary } from '../readiness/summary.ts';
import { createRunningSummary } from '../readiness/summary.ts';
import type { AnyRule, FixKind } from '../rules/rule.ts';
import type { ClientFeatures } from './client-features.ts';
import type { Places } from './convert.ts';
import { rangeOf, workspaceEditOf } from './convert.ts';
import type { OpenDocuments } from './documents.ts';
import type { OpenProject } from './open-project.ts';
import type { Workspace } from './workspace.ts';

/** Answers to the requests that the protocol adds to LSP. */
export interface Requests {
  findings(): ProjectFindings[];
  changedFindings(params: ChangedFindingsParams): ChangedFindings;
  summaries(): ReadinessSummary[];
  lineage(params: LineageParams): Lineage | null;
  fixAll(params: FixAllParams): FixAllResult;
  rulePage(ruleId: string): string | null;
  report(root: string): string;
  /** Forgets what was made of files whose findings changed. */
  changed(files: ReadonlySet<FileId> | 'all'): void;
}

/** What the answers stand on. */
export interface RequestsOptions {
  readonly workspace: Workspace;
  readonly documents: OpenDocuments;
  readonly places: Places;
  readonly rules: ReadonlyMap<string, AnyRule>;
  readonly pages: Readonly<Record<string, string>>;
  readonly client: ClientFeatures;
}

/** What was made of a project: making the items of a file reads it. */
interface Kept {
  readonly items: Map<FileId, readonly FindingItem[]>;
  readonly running: RunningSummary;
}

const KINDS: Readonly<Record<FixAllParams['kinds'], ReadonlySet<FixKind>>> = {
  safe: new Set(['safe']),
  suggested: new Set(['safe', 'suggested']),
};

/** Makes the answers. */
export function createRequests({ workspace, documents, places, rules, pages, client }: RequestsOptions): Requests {
  /** Views ask often, and little changes between. */
  const kept = new WeakMap<OpenProject, Kept>();
  /** What the last answer to `changedFindings` is called, and what has changed since. */
  let revision: number | undefined;
  let changedSince: Set<FileId> | 'all' = 'all';

  function keptOf(project: OpenProject): Kept {
    const known = kept.get(project) ?? { items: new Map<FileId, readonly FindingItem[]>(), running: createRunningSummary(project.analyzed) };
    kept.set(project, known);
    return known;
  }

  function itemsOfFile(project: OpenProject, file: FileId): readonly FindingItem[] {
    const known = keptOf(project).items;
    const items = known.get(file);
    if (items !== undefined) return items;
    const fresh = project.analyzed
      .findingsOfFile(file)
      .filter(({ suppressedBy }) => suppressedBy === undefined)
      .map(({ finding, span }): FindingItem => ({
        ruleId: finding.ruleId,
        messageId: finding.messageId,
        category: finding.category,
        severity: finding.severity,
        message: messageOf(rules, finding.ruleId, finding.messageId, finding.data),
        uri: places.uriOf(file),
        range: rangeOf(places.linesOf(file), span),
        uniqueId: finding.uniqueId,
        fix: finding.fixKind,
      }));
    known.set(file, fresh);
    return fresh;
  }

  function sortedProjects(): OpenProject[] {
    return [...workspace.projects()].sort((a, b) => (a.root < b.root ? -1 : 1));
  }

  function projectOf(rootUri: string): OpenProject | undefined {
    const root = fileIdOfUri(rootUri);
    return workspace.projects().find((project) => project.root === root);
  }

  function summaryOf(project: OpenProject): ReadinessSummary {
    const active = [...rules.values()].filter((rule) => project.analyzed.configuration.isOn(rule)).length;
    return keptOf(project).running.summary(uriOfFileId(project.root), active);
  }

  function lineageNode({ place, ...step }: LineageStep): LineageNode {
    return { ...step, uri: places.uriOf(place.file), range: rangeOf(places.linesOf(place.file), place.span) };
  }

  function standsAt({ file, span }: LocatedFinding, at: NonNullable<FixAllParams['at']>): boolean {
    if (fileIdOfUri(at.uri) !== file) return false;
    const { start, end } = rangeOf(places.linesOf(file), span);
    const isSame = (one: Position, other: Position): boolean => one.line === other.line && one.character === other.character;
    return isSame(start, at.range.start) && isSame(end, at.range.end);
  }

  function askedNode(params: LineageParams): { project: OpenProject; uniqueId: string } | undefined {
    if ('uniqueId' in params) {
      const project = projectOf(params.root);
      return project === undefined ? undefined : { project, uniqueId: params.uniqueId };
    }
    const file = fileIdOfUri(params.textDocument.uri);
    if (file === undefined) return undefined;
    const offset = params.line === undefined ? undefined : places.linesOf(file).lineEnd(params.line);
    for (const project of workspace.projectsOf(file)) {
      const node = nodeAt(project.analyzed, file, project.nodesOf(file), offset);
      if (node !== undefined) return { project, uniqueId: node.uniqueId };
    }
    return undefined;
  }

  return {
    findings() {
      return sortedProjects().map((project) => {
        const files = [...project.filesWithFindings()].sort();
        return { summary: summaryOf(project), findings: files.flatMap((file) => itemsOfFile(project, file)) };
      });
    },
    changedFindings({ since }) {
      const changed = since !== undefined && since === revision ? changedSince : 'all';
      revision = (revision ?? 0) + 1;
      changedSince = new Set();
      const answers = sortedProjects().map((project) => {
        const files = changed === 'all' ? [...project.filesWithFindings()].sort() : [...changed];
        return { summary: summaryOf(project), files: files.map((file) => ({ uri: places.uriOf(file), findings: itemsOfFile(project, file) })) };
      });
      return { revision, isWhole: changed === 'all', projects: answers };
    },
    summaries: () => sortedProjects().map(summaryOf),
    lineage(params) {
      const asked = askedNode(params);
      const found = asked === undefined ? undefined : lineageOf(asked.project.analyzed, asked.uniqueId);
      if (asked === undefined || found === undefined) return null;
      return { root: uriOfFileId(asked.project.root), node: lineageNode(found.node), parents: found.parents.map(lineageNode), children: found.children.map(lineageNode) };
    },
    fixAll({ root, ruleId, at, kinds }) {
      const project = projectOf(root);
      if (project === undefined) return { edit: null, fixed: 0, left: 0, readOnly: [] };
      // What stands on the disk may be newer than what the engine was told.
      workspace.refresh([...project.filesWithFindings()]);
      const findings = project.analyzed
        .findings()
        .filter((located) => (ruleId === undefined || located.finding.ruleId === ruleId) && (at === undefined || standsAt(located, at)));
      const { edits, fixed, left, locked } = combineFixes(project.analyzed, findings, KINDS[kinds], isReadOnly);
      const readOnly = locked.map((file) => places.uriOf(file));
      if (edits.length === 0) return { edit: null, fixed: 0, left, readOnly };
      const title = ruleId === undefined ? 'Apply the fixes of dbt Readiness' : `Fix all '${ruleId}'`;
      const edit: WorkspaceEdit | undefined = workspaceEditOf(edits, { places, documents, client: client.edits, title, needsConfirmation: false });
      return edit === undefined ? { edit: null, fixed: 0, left: left + fixed, readOnly } : { edit, fixed, left, readOnly };
    },
    rulePage(ruleId) {
      const id = rules.get(ruleId)?.meta.id ?? ruleId;
      return Object.hasOwn(pages, id) ? (pages[id] ?? null) : null;
    },
    report(root) {
      const project = projectOf(root);
      return project === undefined ? '' : readinessReport(summaryOf(project), project.analyzed, rules);
    },
    changed(files) {
      if (files === 'all') changedSince = 'all';
      else if (changedSince !== 'all') for (const file of files) changedSince.add(file);
      for (const project of workspace.projects()) {
        const known = kept.get(project);
        known?.running.changed(files);
        if (files === 'all') known?.items.clear();
        else for (const file of files) known?.items.delete(file);
      }
    },
  };
}
