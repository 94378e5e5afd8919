/** Light bulbs: the fix of a finding, all fixes of a rule in the file, waivers with a reason, the rule's page, and fix-all on save. */

import type { CodeAction, CodeActionParams, Command, Diagnostic, WorkspaceEdit } from 'vscode-languageserver/node';
import { CodeActionKind } from 'vscode-languageserver/node';
import type { FileId } from '../base/file-id.ts';
import { baseName } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { LocatedFinding } from '../features/analysis.ts';
import { fingerprintOf } from '../features/fingerprint.ts';
import { combineFixes } from '../features/fixing.ts';
import { lineSuppression } from '../features/line-suppression.ts';
import { nodeSuppression } from '../features/node-suppression.ts';
import { fileIdOfUri } from '../host/file-id.ts';
import { isReadOnly } from '../host/read-source.ts';
import type { FileEdit, FixKind } from '../rules/rule.ts';
import type { ClientFeatures } from './client-features.ts';
import type { Places } from './convert.ts';
import { rangeOf, SOURCE, workspaceEditOf } from './convert.ts';
import type { OpenDocuments } from './documents.ts';
import type { OpenProject } from './open-project.ts';
import type { Workspace } from './workspace.ts';

/** Our kind of `source.fixAll`: safe fixes alone. */
export const FIX_ALL_KIND = `${CodeActionKind.SourceFixAll}.dbtReadiness`;

/** The command by which clients without edits in code actions have one applied. */
export const APPLY_COMMAND = 'dbtReadiness.server.applyAction';

/** The client's command that opens a rule's page. */
export const OPEN_PAGE_COMMAND = 'dbtReadiness.openRulePage';

/** What an action is, so that it can be worked out again when it is chosen. */
export interface ActionData {
  readonly action: 'fix' | 'fix-rule-in-file' | 'fix-all' | 'disable-line' | 'disable-node';
  /** Root of the project; of all projects of the file for `fix-all`. */
  readonly root: FileId;
  readonly file: FileId;
  readonly ruleId: string;
  readonly fingerprint: string;
  /** Hashes of the texts that the offer was made from. */
  readonly hashes: Readonly<Record<FileId, string>>;
}

/** The outcome of working an action out: an edit, or why there is none, in words for the user. */
export type ActionEdit = { readonly edit: WorkspaceEdit } | { readonly refused: string };

/** Offers actions, and makes their edits when asked. */
export interface CodeActions {
  offer(params: CodeActionParams): (CodeAction | Command)[];
  /** Works out the edit of an action against the newest text; refused if the text is not that of the offer. */
  workOut(data: ActionData): ActionEdit;
}

/** What code actions stand on. */
export interface CodeActionsOptions {
  readonly workspace: Workspace;
  readonly documents: OpenDocuments;
  readonly client: ClientFeatures;
  readonly places: Places;
}

/** What an action would do, in the engine's terms. */
interface Plan {
  readonly title: string;
  readonly edits: readonly FileEdit[];
  /** The place of the cursor's placeholder in the only edit, for clients that take snippets. */
  readonly snippet?: string;
  readonly needsConfirmation: boolean;
}

/** An action on offer: its title is known, its edit perhaps not yet. */
interface Offer {
  readonly title: string;
  readonly kind: string;
  readonly data: ActionData;
  readonly isPreferred?: boolean;
  readonly diagnostics?: Diagnostic[];
}

const SAFE: ReadonlySet<FixKind> = new Set(['safe']);
const SAFE_AND_SUGGESTED: ReadonlySet<FixKind> = new Set(['safe', 'suggested']);

/** How long rules may run so that an answer speaks of the newest text. */
const HURRY = 50;

/** Makes the provider of code actions. */
export function createCodeActions({ workspace, documents, client, places }: CodeActionsOptions): CodeActions {
  function offer(params: CodeActionParams): (CodeAction | Command)[] {
    const file = fileIdOfUri(params.textDocument.uri);
    if (file === undefined) return [];
    workspace.hurry([file], HURRY);
    const { only } = params.context;
    const offers: Offer[] = [];
    if (wants(only, FIX_ALL_KIND, true)) offers.push(...offerFixAll(file));
    if (wants(only, CodeActionKind.QuickFix, false)) offers.push(...offerQuickFixes(file, params));
    const actions = offers.map(toAction).filter((action) => action !== undefined);
    if (wants(only, CodeActionKind.QuickFix, false)) actions.push(...offerPages(file, params));
    return actions;
  }

  function offerFixAll(file: FileId): Offer[] {
    return workspace
      .projectsOf(file)
      .filter((project) => combineFixes(project.analyzed, project.analyzed.findingsOfFile(file), SAFE).edits.length > 0)
      .map((project) => ({
        title: 'Apply all safe fixes of dbt Readiness',
        kind: FIX_ALL_KIND,
        data: { action: 'fix-all', root: project.root, file, ruleId: '', fingerprint: '', hashes: hashesOf([file]) },
      }));
  }

  function offerQuickFixes(file: FileId, params: CodeActionParams): Offer[] {
    const fixes: Offer[] = [];
    const rules = new Map<string, Offer>();
    const waivers: Offer[] = [];
    for (const project of workspace.projectsOf(file)) {
      for (const located of findingsIn(project, file, params)) {
        const { finding } = located;
        const diagnostics = matchingDiagnostics(project, located, params.context.diagnostics);
        const data = (action: ActionData['action'], files: readonly FileId[]): ActionData => ({
          action,
          root: project.root,
          file,
          ruleId: finding.ruleId,
          fingerprint: fingerprintOf(project.root, finding),
          hashes: hashesOf([file, ...files]),
        });
        const fix = planFix(project, located);
        if (fix !== undefined) {
          fixes.push({
            title: fix.title,
            kind: CodeActionKind.QuickFix,
            diagnostics,
            isPreferred: finding.fixKind === 'safe',
            data: data('fix', fix.edits.map((edit) => edit.file)),
          });
        }
        if (fixableInFile(project, file, finding.ruleId).length > 1) {
          rules.set(finding.ruleId, {
            title: `Fix all '${finding.ruleId}' in this file`,
            kind: CodeActionKind.QuickFix,
            diagnostics,
            data: data('fix-rule-in-file', []),
          });
        }
        for (const action of ['disable-line', 'disable-node'] as const) {
          const plan = action === 'disable-line' ? planLineWaiver(located) : planNodeWaiver(project, located);
          if (plan === undefined || waivers.some(({ title }) => title === plan.title)) continue;
          waivers.push({ title: plan.title, kind: CodeActionKind.QuickFix, diagnostics, data: data(action, plan.edits.map((edit) => edit.file)) });
        }
      }
    }
    return [...fixes, ...rules.values(), ...waivers];
  }

  function offerPages(file: FileId, params: CodeActionParams): (CodeAction | Command)[] {
    if (!client.rulePages) return [];
    const ruleIds = new Set<string>();
    for (const project of workspace.projectsOf(file)) {
      for (const { finding } of findingsIn(project, file, params)) ruleIds.add(finding.ruleId);
    }
    return [...ruleIds].map((ruleId) => {
      const title = `Open the page of '${ruleId}'`;
      const command: Command = { title, command: OPEN_PAGE_COMMAND, arguments: [ruleId] };
      return client.codeActions.literals ? { title, kind: CodeActionKind.QuickFix, command } : command;
    });
  }

  function findingsIn(project: OpenProject, file: FileId, { range }: CodeActionParams): LocatedFinding[] {
    const lines = places.linesOf(file);
    const from = lines.offsetAt(range.start);
    const to = lines.offsetAt(range.end);
    return project.analyzed
      .findingsOfFile(file)
      .filter(({ span, suppressedBy }) => suppressedBy === undefined && span.from <= to && from <= span.to);
  }

  function fixableInFile(project: OpenProject, file: FileId, ruleId: string): LocatedFinding[] {
    return project.analyzed
      .findingsOfFile(file)
      .filter(({ finding, suppressedBy }) => finding.ruleId === ruleId && suppressedBy === undefined && isFixable(finding.fixKind));
  }

  function isFixable(kind: FixKind | 'none'): boolean {
    return kind === 'safe' || kind === 'suggested';
  }

  /** The diagnostics of the request that speak of a finding, so that the client can tie the action to them. */
  function matchingDiagnostics(project: OpenProject, located: LocatedFinding, diagnostics: readonly Diagnostic[]): Diagnostic[] {
    const fingerprint = fingerprintOf(project.root, located.finding);
    const range = rangeOf(places.linesOf(located.file), located.span);
    return diagnostics.filter((diagnostic) => {
      if (diagnostic.source !== SOURCE) return false;
      const data: unknown = diagnostic.data;
      if (typeof data === 'object' && data !== null && 'fingerprint' in data && data.fingerprint === fingerprint) return true;
      // A diagnostic that stands for several findings covers their places.
      return JSON.stringify(diagnostic.range) === JSON.stringify(range);
    });
  }

  function hashesOf(files: readonly FileId[]): Record<FileId, string> {
    return Object.fromEntries([...new Set(files)].map((file) => [file, hashOf(file)]));
  }

  function hashOf(file: FileId): string {
    const text = workspace.readText(file);
    return text === undefined ? '' : fastHash(text);
  }

  /** An action in the shape that the client understands; undefined if the client cannot have it at all. */
  function toAction({ title, kind, data, isPreferred, diagnostics }: Offer): CodeAction | Command | undefined {
    if (!client.codeActions.literals) {
      return client.edits.apply ? { title, command: APPLY_COMMAND, arguments: [data] } : undefined;
    }
    const action: CodeAction = {
      title,
      kind,
      ...(diagnostics === undefined || diagnostics.length === 0 ? {} : { diagnostics }),
      ...(isPreferred === true && client.codeActions.isPreferred ? { isPreferred } : {}),
    };
    if (client.codeActions.resolveEdit) return { ...action, data };
    const worked = workOut(data);
    return 'edit' in worked ? { ...action, edit: worked.edit } : undefined;
  }

  function workOut(data: ActionData): ActionEdit {
    for (const [file, hash] of Object.entries(data.hashes)) {
      if (hashOf(file) !== hash) return { refused: `${baseName(file)} has changed since this was offered. Nothing was written; ask again.` };
    }
    const project = workspace.projects().find(({ root }) => root === data.root);
    const plan = project === undefined ? undefined : planFresh(project, data);
    if (plan === undefined || plan.edits.length === 0) return { refused: 'There is nothing left to change here.' };
    const locked = plan.edits.find(({ file }) => isReadOnly(file));
    if (locked !== undefined) return { refused: `${baseName(locked.file)} is read-only, so nothing was written. Make it writable and try again.` };
    const edit = workspaceEditOf(plan.edits, {
      places,
      documents,
      client: client.edits,
      title: plan.title,
      needsConfirmation: plan.needsConfirmation,
    });
    if (edit === undefined) return { refused: 'This needs a new file, which this editor does not let a language server make.' };
    return { edit: plan.snippet === undefined || !client.edits.snippets ? edit : withSnippet(edit, plan.snippet) };
  }

  /** The engine may know older texts of files that are not open: they are read again before anything is written to them. */
  function planFresh(project: OpenProject, data: ActionData): Plan | undefined {
    let plan = planOf(project, data);
    const closed = plan?.edits.map(({ file }) => file).filter((file) => documents.get(file) === undefined) ?? [];
    if (closed.length > 0 && workspace.refresh(closed)) {
      workspace.hurry([data.file, ...closed], HURRY);
      plan = planOf(project, data);
    }
    return plan;
  }

  function planOf(project: OpenProject, data: ActionData): Plan | undefined {
    const findings = project.analyzed.findingsOfFile(data.file);
    if (data.action === 'fix-all') {
      const { edits } = combineFixes(project.analyzed, findings, SAFE, isReadOnly);
      return { title: 'Apply all safe fixes of dbt Readiness', edits, needsConfirmation: false };
    }
    if (data.action === 'fix-rule-in-file') {
      const { edits } = combineFixes(project.analyzed, fixableInFile(project, data.file, data.ruleId), SAFE_AND_SUGGESTED, isReadOnly);
      return { title: `Fix all '${data.ruleId}' in this file`, edits, needsConfirmation: true };
    }
    const located = findings.find(({ finding }) => fingerprintOf(project.root, finding) === data.fingerprint);
    if (located === undefined) return undefined;
    if (data.action === 'fix') return planFix(project, located);
    return data.action === 'disable-line' ? planLineWaiver(located) : planNodeWaiver(project, located);
  }

  function planFix(project: OpenProject, { finding }: LocatedFinding): Plan | undefined {
    if (finding.fixKind === 'none') return undefined;
    const fix = project.analyzed.fix(finding);
    if (fix === undefined || (!client.edits.create && fix.edits.some((edit) => 'create' in edit))) return undefined;
    return { title: fix.title, edits: fix.edits, needsConfirmation: fix.kind !== 'safe' };
  }

  function planLineWaiver({ finding, file, span }: LocatedFinding): Plan | undefined {
    const text = workspace.readText(file);
    const waiver = text === undefined ? undefined : lineSuppression(file, text, span.from, finding.ruleId);
    if (waiver === undefined) return undefined;
    const { offset, before, reason, after } = waiver;
    return {
      title: `Disable '${finding.ruleId}' for this line with a reason`,
      edits: [{ file, edits: [{ from: offset, to: offset, text: before + reason + after }] }],
      snippet: snippetOf(before, reason, after),
      needsConfirmation: false,
    };
  }

  function planNodeWaiver(project: OpenProject, { finding }: LocatedFinding): Plan | undefined {
    const waiver = nodeSuppression(project.analyzed, finding, workspace.readText);
    if (waiver === undefined) return undefined;
    return {
      title: `Disable '${finding.ruleId}' for ${waiver.nodeName} with a reason`,
      edits: [{ file: waiver.file, edits: waiver.edits }],
      needsConfirmation: false,
    };
  }

  return { offer, workOut };
}

/** True if the client asks for a kind or one above it. Source actions come only when asked for by name. */
function wants(only: readonly string[] | undefined, kind: string, mustBeNamed: boolean): boolean {
  if (only === undefined || only.length === 0) return !mustBeNamed;
  return only.some((asked) => asked === '' || kind === asked || kind.startsWith(`${asked}.`));
}

function snippetOf(before: string, reason: string, after: string): string {
  const escape = (text: string): string => text.replace(/[\\$}]/g, String.raw`\$&`);
  return `${escape(before)}\${1:${escape(reason)}}${escape(after)}`;
}

/** Puts a snippet in the place of the text of the only edit. */
function withSnippet(edit: WorkspaceEdit, value: string): WorkspaceEdit {
  const [change] = edit.documentChanges ?? [];
  if (change === undefined || !('textDocument' in change)) return edit;
  const [first] = change.edits;
  if (first === undefined) return edit;
  return { ...edit, documentChanges: [{ ...change, edits: [{ range: first.range, snippet: { kind: 'snippet', value } }] }] };
}

/** The data of an action as it comes back from the client, if it is ours. */
export function readActionData(value: unknown): ActionData | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  // Each key is looked at before it is used.
  const given = value as Readonly<Record<string, unknown>>;
  const { action, root, file, ruleId, fingerprint, hashes } = given;
  if (!isAction(action) || typeof root !== 'string' || typeof file !== 'string') return undefined;
  if (typeof ruleId !== 'string' || typeof fingerprint !== 'string' || typeof hashes !== 'object' || hashes === null) return undefined;
  const texts = Object.entries(hashes).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { action, root, file, ruleId, fingerprint, hashes: Object.fromEntries(texts) };
}

const ACTIONS: readonly ActionData['action'][] = ['fix', 'fix-rule-in-file', 'fix-all', 'disable-line', 'disable-node'];

function isAction(value: unknown): value is ActionData['action'] {
  return ACTIONS.some((action) => action === value);
}
