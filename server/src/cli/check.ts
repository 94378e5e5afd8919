/** `dbt-readiness check`: finds the projects of a folder, judges each, prints the result. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileId } from '../base/file-id.ts';
import { analyzeProject } from '../features/analysis.ts';
import { discoverProjects } from '../host/discover.ts';
import { fileIdOfPath, pathOfFileId } from '../host/file-id.ts';
import { loadProject } from '../host/load-project.ts';
import { readSource } from '../host/read-source.ts';
import type { Severity } from '../protocol/protocol.ts';
import { ALL_RULES } from '../rules/registry.ts';
import type { Command, FailOn } from './arguments.ts';
import type { CheckedProject } from './checked.ts';
import { checkedProject } from './checked.ts';
import { formatResult } from './formats.ts';
import type { CommandResult } from './output.ts';

/** Runs `check`. Never throws for what a folder may hold. */
export function runCheck(command: Extract<Command, { readonly name: 'check' }>, version: string): CommandResult {
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
  for (const root of roots) projects.push(checkRoot(root, directory, today, complaints));
  return {
    exitCode: exceeds(projects, command.failOn) ? 1 : 0,
    stdout: formatResult(command.format, projects, ALL_RULES, version),
    stderr: complaints.map((line) => `${line}\n`).join(''),
  };
}

function checkRoot(root: FileId, directory: FileId, today: string, complaints: string[]): CheckedProject {
  const input = loadProject(root);
  const texts = new Map<FileId, string>();
  for (const source of input.files) {
    if (source.state === 'text') texts.set(source.file, source.text);
    if (source.state === 'unreadable') complaints.push(`${source.file}: ${source.message}`);
  }
  const readText = (file: FileId): string | undefined => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const source = readSource(file);
    return source.state === 'text' ? source.text : undefined;
  };
  const project = analyzeProject(input, { rules: ALL_RULES, readText, today, once: true });
  project.checkAll();
  return checkedProject(project, directory, ALL_RULES, readText);
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
