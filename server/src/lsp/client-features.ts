/** What the client can do, read once from its capabilities: the rest of the shell asks these flags and nothing else. */

import type { InitializeParams } from 'vscode-languageserver/node';
import { MarkupKind } from 'vscode-languageserver/node';
import type { InitializationOptions } from '../protocol/protocol.ts';

/** What the client can do, as flat answers to what the server asks. */
export interface ClientFeatures {
  readonly diagnostics: {
    /** The client asked to be asked: diagnostics go out on request only. */
    readonly pull: boolean;
    /** The client can be told to ask again. */
    readonly refresh: boolean;
    readonly relatedInformation: boolean;
    readonly data: boolean;
    readonly codeDescription: boolean;
    readonly version: boolean;
    readonly tags: boolean;
  };
  readonly codeActions: {
    readonly literals: boolean;
    readonly resolveEdit: boolean;
    readonly isPreferred: boolean;
    readonly data: boolean;
  };
  readonly edits: {
    readonly apply: boolean;
    readonly documentChanges: boolean;
    readonly create: boolean;
    readonly annotations: boolean;
    readonly snippets: boolean;
  };
  readonly watching: { readonly dynamic: boolean; readonly relativePatterns: boolean };
  readonly workspaceFolders: boolean;
  readonly configuration: boolean;
  readonly dynamicConfiguration: boolean;
  readonly workDoneProgress: boolean;
  readonly definitionLinks: boolean;
  readonly markdownHover: boolean;
  /** The client opens rule pages (`dbt-readiness-rule:` and the command). */
  readonly rulePages: boolean;
}

/** Reads the flags; whatever a client does not say it can, it cannot. */
export function clientFeatures(params: InitializeParams, options: InitializationOptions): ClientFeatures {
  const { textDocument, workspace, window } = params.capabilities;
  const publish = textDocument?.publishDiagnostics;
  const pull = textDocument?.diagnostic !== undefined && options.pullDiagnostics === true;
  const shape = pull ? textDocument.diagnostic : publish;
  const action = textDocument?.codeAction;
  const edit = workspace?.workspaceEdit;
  const hover = textDocument?.hover?.contentFormat;
  return {
    diagnostics: {
      pull,
      refresh: workspace?.diagnostics?.refreshSupport === true,
      relatedInformation: shape?.relatedInformation === true,
      data: shape?.dataSupport === true,
      codeDescription: shape?.codeDescriptionSupport === true && options.rulePages === true,
      version: publish?.versionSupport === true,
      tags: shape?.tagSupport !== undefined,
    },
    codeActions: {
      literals: action?.codeActionLiteralSupport !== undefined,
      resolveEdit: action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
      isPreferred: action?.isPreferredSupport === true,
      data: action?.dataSupport === true,
    },
    edits: {
      apply: workspace?.applyEdit === true,
      documentChanges: edit?.documentChanges === true,
      create: edit?.documentChanges === true && edit.resourceOperations?.includes('create') === true,
      annotations: edit?.documentChanges === true && edit.changeAnnotationSupport !== undefined,
      snippets: edit?.documentChanges === true && edit.snippetEditSupport === true,
    },
    watching: {
      dynamic: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
      relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport === true,
    },
    workspaceFolders: workspace?.workspaceFolders === true,
    configuration: workspace?.configuration === true,
    dynamicConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    workDoneProgress: window?.workDoneProgress === true,
    definitionLinks: textDocument?.definition?.linkSupport === true,
    markdownHover: hover === undefined || hover.includes(MarkupKind.Markdown),
    rulePages: options.rulePages === true,
  };
}

/** `initializationOptions` as far as they have the right types; a client may send anything. */
export function readInitializationOptions(value: unknown): InitializationOptions {
  if (typeof value !== 'object' || value === null) return {};
  // Each key is looked at before it is used.
  const given = value as Readonly<Record<string, unknown>>;
  const { storagePath, diagnosticsScope, pullDiagnostics, rulePages, debounceMs } = given;
  return {
    ...(typeof storagePath === 'string' ? { storagePath } : {}),
    ...(diagnosticsScope === 'openFiles' || diagnosticsScope === 'workspace' ? { diagnosticsScope } : {}),
    ...(typeof pullDiagnostics === 'boolean' ? { pullDiagnostics } : {}),
    ...(typeof rulePages === 'boolean' ? { rulePages } : {}),
    ...(typeof debounceMs === 'number' && debounceMs >= 0 ? { debounceMs: Math.min(debounceMs, 10_000) } : {}),
  };
}
