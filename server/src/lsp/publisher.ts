/** Keeps what the client was told of each file, and tells or answers only what is new: no stale and no doubled diagnostic. */

import type {
  Diagnostic,
  DocumentDiagnosticReport,
  PublishDiagnosticsParams,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { DocumentDiagnosticReportKind } from 'vscode-languageserver/node';
import type { FileId } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { DiagnosticsScope } from '../features/editor-diagnostics.ts';
import { editorDiagnostics } from '../features/editor-diagnostics.ts';
import type { AnyRule } from '../rules/rule.ts';
import type { ClientFeatures } from './client-features.ts';
import type { Places } from './convert.ts';
import { diagnosticOf } from './convert.ts';
import type { OpenDocuments } from './documents.ts';
import type { Workspace } from './workspace.ts';

/** Brings diagnostics to the client, pushed or pulled, never both. */
export interface Publisher {
  /** Findings in these files changed. In push mode sends what is new; in pull mode asks the client to ask. */
  changed(files: ReadonlySet<FileId> | 'all'): void;
  setScope(scope: DiagnosticsScope): void;
  /** Answer to `textDocument/diagnostic`. */
  document(file: FileId, previousResultId: string | undefined): DocumentDiagnosticReport;
  /** Answer to `workspace/diagnostic`: every file that has diagnostics, and those that the client still believes to have some. */
  workspace(previous: ReadonlyMap<FileId, string>): WorkspaceDocumentDiagnosticReport[];
}

/** What publishing stands on. */
export interface PublisherOptions {
  readonly workspace: Workspace;
  readonly documents: OpenDocuments;
  readonly rules: ReadonlyMap<string, AnyRule>;
  readonly client: ClientFeatures['diagnostics'];
  readonly places: Places;
  readonly scope: DiagnosticsScope;
  send(params: PublishDiagnosticsParams): void;
  /** Asks the client to pull again. */
  refresh(): void;
}

/** Makes a publisher that has told nothing yet. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { workspace, documents, rules, client, places } = options;
  let { scope } = options;
  /** The last that was sent of each file that has diagnostics, as text, with the URI it went to. */
  const sent = new Map<FileId, { readonly content: string; readonly uri: string }>();
  /** Files whose diagnostics point into a file. */
  const pointingTo = new Map<FileId, Set<FileId>>();

  function diagnosticsOf(file: FileId): Diagnostic[] {
    const isOpen = documents.get(file) !== undefined;
    const seen = new Set<string>();
    const found: Diagnostic[] = [];
    const owners = [...workspace.projects()].filter(({ analyzed }) => analyzed.index.owns(file));
    for (const project of owners) {
      for (const diagnostic of editorDiagnostics(project.analyzed, file, rules, { isOpen, scope })) {
        // A file around several projects (CI, profiles.yml) is judged by each of them, but the fault is one.
        if (owners.length > 1) {
          const key = JSON.stringify([diagnostic.ruleId, diagnostic.span, diagnostic.message]);
          if (seen.has(key)) continue;
          seen.add(key);
        }
        for (const { file: other } of diagnostic.related) notePointer(other, file);
        found.push(diagnosticOf(diagnostic, file, places, client));
      }
    }
    return found;
  }

  function notePointer(target: FileId, from: FileId): void {
    if (target === from) return;
    const known = pointingTo.get(target);
    if (known === undefined) pointingTo.set(target, new Set([from]));
    else known.add(from);
  }

  /** All files that have or had something to show. */
  function everyFile(): Set<FileId> {
    const files = new Set<FileId>([...sent.keys(), ...documents.files()]);
    for (const project of workspace.projects()) for (const file of project.filesWithFindings()) files.add(file);
    return files;
  }

  function withPointers(files: ReadonlySet<FileId>): Set<FileId> {
    const all = new Set(files);
    for (const file of files) for (const from of pointingTo.get(file) ?? []) all.add(from);
    return all;
  }

  function push(file: FileId): void {
    const diagnostics = diagnosticsOf(file);
    const uri = places.uriOf(file);
    const content = JSON.stringify(diagnostics);
    const before = sent.get(file);
    if (before !== undefined && before.uri !== uri) {
      options.send({ uri: before.uri, diagnostics: [] });
      sent.delete(file);
    } else if (before === undefined ? diagnostics.length === 0 : before.content === content) return;
    if (diagnostics.length === 0) sent.delete(file);
    else sent.set(file, { content, uri });
    const version = documents.get(file)?.synced.version;
    options.send({ uri, diagnostics, ...(client.version && version !== undefined ? { version } : {}) });
  }

  function changed(files: ReadonlySet<FileId> | 'all'): void {
    if (client.pull) options.refresh();
    else for (const file of files === 'all' ? everyFile() : withPointers(files)) push(file);
  }

  return {
    changed,
    setScope(next) {
      if (next === scope) return;
      scope = next;
      changed('all');
    },
    document(file, previousResultId) {
      const items = diagnosticsOf(file);
      const resultId = fastHash(JSON.stringify(items));
      if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
      return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
    },
    workspace(previous) {
      const reports: WorkspaceDocumentDiagnosticReport[] = [];
      const files = new Set([...everyFile(), ...previous.keys()]);
      for (const file of [...files].sort()) {
        const items = diagnosticsOf(file);
        const resultId = fastHash(JSON.stringify(items));
        const known = previous.get(file);
        const common = { uri: places.uriOf(file), version: documents.get(file)?.synced.version ?? null, resultId };
        if (known === resultId) reports.push({ ...common, kind: DocumentDiagnosticReportKind.Unchanged });
        else if (items.length > 0 || known !== undefined) reports.push({ ...common, kind: DocumentDiagnosticReportKind.Full, items });
      }
      return reports;
    },
  };
}
