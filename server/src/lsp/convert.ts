/** Translates the engine's plain data into the protocol's: ranges, severities, diagnostics, workspace edits. */

import type {
  AnnotatedTextEdit,
  ChangeAnnotation,
  CreateFile,
  Diagnostic,
  Range,
  TextDocumentEdit,
  TextEdit as ProtocolEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver/node';
import type { FileId } from '../base/file-id.ts';
import type { LineIndex } from '../base/line-index.ts';
import type { Span } from '../base/span.ts';
import type { EditorDiagnostic } from '../features/editor-diagnostics.ts';
import { uriOfFileId } from '../host/file-id.ts';
import type { FileEdit, Severity } from '../rules/rule.ts';
import type { ClientFeatures } from './client-features.ts';
import type { OpenDocuments } from './documents.ts';

/** How files are spelled and measured for the client. */
export interface Places {
  uriOf(file: FileId): string;
  linesOf(file: FileId): LineIndex;
}

/** Places for a client: an open document keeps the spelling of its URI. */
export function createPlaces(documents: OpenDocuments, linesOf: (file: FileId) => LineIndex): Places {
  return { linesOf, uriOf: (file) => documents.get(file)?.uri ?? uriOfFileId(file) };
}

/** A span as lines and characters. */
export function rangeOf(lines: LineIndex, span: Span): Range {
  return { start: lines.positionAt(span.from), end: lines.positionAt(span.to) };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What a diagnostic carries for code actions. */
export interface DiagnosticData {
  readonly ruleId: string;
  readonly fingerprint: string;
}

/** The name under which all our diagnostics stand. */
export const SOURCE = 'dbt-readiness';

/** A diagnostic with no more than the client understands. Related messages go into the text where they cannot stand apart. */
export function diagnosticOf(diagnostic: EditorDiagnostic, file: FileId, places: Places, client: ClientFeatures['diagnostics']): Diagnostic {
  const { ruleId, related, fingerprint } = diagnostic;
  const data: DiagnosticData = { ruleId, fingerprint };
  const message =
    client.relatedInformation || related.length === 0
      ? diagnostic.message
      : [diagnostic.message, ...related.map((place) => `- ${place.message}`)].join('\n');
  return {
    range: rangeOf(places.linesOf(file), diagnostic.span),
    severity: SEVERITIES[diagnostic.severity],
    code: ruleId,
    source: SOURCE,
    message,
    ...(client.codeDescription ? { codeDescription: { href: rulePageUri(ruleId) } } : {}),
    ...(client.tags && diagnostic.isDeprecation ? { tags: [DiagnosticTag.Deprecated] } : {}),
    ...(client.relatedInformation && related.length > 0
      ? {
          relatedInformation: related.map((place) => ({
            location: { uri: places.uriOf(place.file), range: rangeOf(places.linesOf(place.file), place.span) },
            message: place.message,
          })),
        }
      : {}),
    ...(client.data ? { data } : {}),
  };
}

/** The address of a rule's page; the client has the text. */
export function rulePageUri(ruleId: string): string {
  return `dbt-readiness-rule:/${ruleId}.md`;
}

/** What an edit needs besides the edits themselves. */
export interface EditContext {
  readonly places: Places;
  readonly documents: OpenDocuments;
  readonly client: ClientFeatures['edits'];
  /** What the user is asked to confirm where several files change. */
  readonly title: string;
  /** True for fixes that a person should look at. */
  readonly needsConfirmation: boolean;
}

/** A workspace edit in the form that the client takes; undefined if it cannot make a file that the edit needs. */
export function workspaceEditOf(edits: readonly FileEdit[], context: EditContext): WorkspaceEdit | undefined {
  const { client } = context;
  if (!client.documentChanges) return edits.some((edit) => 'create' in edit) ? undefined : { changes: plainChanges(edits, context) };
  if (!client.create && edits.some((edit) => 'create' in edit)) return undefined;
  const isAnnotated = client.annotations && edits.length > 1;
  const annotation: ChangeAnnotation = { label: context.title, needsConfirmation: context.needsConfirmation };
  return {
    documentChanges: edits.flatMap((edit) => documentChanges(edit, context, isAnnotated)),
    ...(isAnnotated ? { changeAnnotations: { [ANNOTATION]: annotation } } : {}),
  };
}

const ANNOTATION = 'dbtReadiness';

function plainChanges(edits: readonly FileEdit[], { places }: EditContext): Record<string, ProtocolEdit[]> {
  const changes: Record<string, ProtocolEdit[]> = {};
  for (const edit of edits) {
    if ('edits' in edit) changes[places.uriOf(edit.file)] = textEdits(edit, places);
  }
  return changes;
}

function documentChanges(edit: FileEdit, { places, documents }: EditContext, isAnnotated: boolean): (CreateFile | TextDocumentEdit)[] {
  const uri = places.uriOf(edit.file);
  const annotate = (one: ProtocolEdit): ProtocolEdit | AnnotatedTextEdit => (isAnnotated ? { ...one, annotationId: ANNOTATION } : one);
  if ('create' in edit) {
    const start = { line: 0, character: 0 };
    return [
      { kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false }, ...(isAnnotated ? { annotationId: ANNOTATION } : {}) },
      { textDocument: { uri, version: null }, edits: [annotate({ range: { start, end: start }, newText: edit.create })] },
    ];
  }
  const version = documents.get(edit.file)?.synced.version ?? null;
  return [{ textDocument: { uri, version }, edits: textEdits(edit, places).map(annotate) }];
}

function textEdits(edit: Extract<FileEdit, { readonly edits: unknown }>, places: Places): ProtocolEdit[] {
  const lines = places.linesOf(edit.file);
  return edit.edits.map(({ from, to, text }) => ({ range: rangeOf(lines, { from, to }), newText: text }));
}
