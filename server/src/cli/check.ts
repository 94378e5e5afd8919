/** `dbt-readiness check`: finds the projects of a folder, judges each, prints the result. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileId } from '../base/file-id.ts';
import type { AnalyzedProject } from '../features/analysis.ts';
import { analyzeProject } from '../features/analysis.ts';
import { openSnapshot, packProject } from '../features/snapshot.ts';
import { isProjectWide } from '../facts/project-layout.ts';
import { discoverProjects } from '../host/discover.ts';
import { fileIdOfPath, pathOfFileId } from '../host/file-id.ts';
import { loadProject, textReader } from '../host/load-project.ts';
import type { FileStamps, ProjectCache } from '../host/project-cache.ts';
import { isAsStamped, openProjectCache, stampFiles } from '../host/project-cache.ts';
import type { Severity } from '../protocol/protocol.ts';
import { ALL_RULES } from '../rules/registry.ts';
import type { Command, FailOn } from './arguments.ts';
import type { CheckedProject } from './checked.ts';
import { checkedProject } from './checked.ts';
import { formatResult } from './formats.ts';
import { limitNewSpace } from './heap.ts';
import type { CommandResult } from './output.ts';

/** Runs `check`. Never throws for what a folder may hold. */
export function runCheck(
  command: Extract<Command, { readonly name: 'check' }>,
  { version, build }: { readonly version: string; /** See `openProjectCache`. */ readonly build: string },
): CommandResult {
  const directory = fileIdOfPath(resolve(command.directory));
  const fault = directoryFault(directory, command.directory);
  if (fault !== undefined) return { exitCode: 2, stdout: [], stderr: `${fault}\n` };
  const roots = discoverProjects([directory]);
  if (roots.length === 0) {
    const stderr = `${command.directory}: there is no dbt_project.yml in this folder or below it; give the folder of a dbt project.\n`;
    return { exitCode: 2, stdout: [], stderr };
  }
  const today = (command.now === undefined ? new Date() : new Date(command.now)).toISOString().slice(0, 10);
  const projects: CheckedProject[] = [];
  const complaints: string[] = [];
  const cache = command.cache === undefined ? undefined : openProjectCache(resolve(command.cache), build);
  const toKeep: (() => string | undefined)[] = [];
  for (const root of roots) {
    const { project, keep } = checkRoot(root, directory, today, complaints, cache);
    projects.push(project);
    if (keep !== undefined) toKeep.push(keep);
  }
  return {
    exitCode: exceeds(projects, command.failOn) ? 1 : 0,
    stdout: formatResult(command.format, projects, ALL_RULES, version),
    stderr: complaints.map((line) => `${line}\n`).join(''),
    afterwards: () => toKeep.flatMap((keep) => keep() ?? []).map((line) => `${line}\n`).join(''),
  };
}

/** A project with its findings, and what is left to do for the next check. */
interface Checked {
  readonly project: CheckedProject;
  /** Undefined if the cache already holds it, or if there is none. */
  readonly keep: (() => string | undefined) | undefined;
}

function checkRoot(root: FileId, directory: FileId, today: string, complaints: string[], cache: ProjectCache | undefined): Checked {
  const cached = cache?.read(root);
  const snapshot = cached === undefined ? undefined : openSnapshot(cached.sections);
  const stamps: FileStamps = cached?.stamps ?? new Map();
  const input = loadProject(root, snapshot === undefined ? {} : { isUnchanged: (file) => isAsStamped(file, stamps) }, limitNewSpace);
  for (const source of input.files) if (source.state === 'unreadable') complaints.push(`${source.file}: ${source.message}`);
  const readText = textReader(input);
  const project = analyzeProject(input, {
    rules: ALL_RULES,
    readText,
    today,
    // What is kept must be able to take changes.
    once: cache === undefined,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  project.checkAll();
  // Texts that were read although nothing has changed have no stamp that holds.
  const isKept = project.index.caughtUp !== undefined && input.files.every(({ file, state }) => state !== 'text' || isProjectWide(file));
  return {
    project: checkedProject(project, directory, ALL_RULES, readText),
    keep: cache === undefined || isKept ? undefined : () => keepProject(project, cache, stamps),
  };
}

/** One sentence if it could not be kept. */
function keepProject(project: AnalyzedProject, cache: ProjectCache, before: FileStamps): string | undefined {
  const sections = finish(packProject(project));
  if (sections === undefined) return `${project.root} is not kept in the cache, since its files hold a secret, or values of an environment.`;
  return finish(cache.write(project.root, sections, finish(stampFiles(project.index.hashes(), before))));
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function directoryFault(directory: FileId, asked: string): string | undefined {
  try {
    if (statSync(pathOfFileId(directory)).isDirectory()) return undefined;
    return `${asked}: this is a file; give the folder that holds dbt_project.yml.`;
  } catch {
    return `${asked}: there is no such folder, or it cannot be read.`;
  }
}

const FROM_GRAVEST: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

function exceeds(projects: readonly CheckedProject[], bar: FailOn): boolean {
  if (bar === 'never') return false;
  const grave = FROM_GRAVEST.slice(0, FROM_GRAVEST.indexOf(bar) + 1);
  return projects.some(({ summary }) => grave.some((severity) => summary.counts[severity] > 0));
}
