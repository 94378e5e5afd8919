/** Text to facts: which reader reads which kind of file. */

import { fastHash } from '../base/hash.ts';
import type { FileId } from '../base/file-id.ts';
import { findSuppressions } from '../syntax/suppressions.ts';
import { readBlockFile, readNodeFile, readPythonFile } from './body-facts.ts';
import { readDocsFile } from './docs-facts.ts';
import type { FactsData, FileFacts, FileKind } from './file-facts.ts';
import { readProfilesFile } from './profiles-facts.ts';
import { readPropertyFile, readValueFile } from './property-facts.ts';
import { readSeedFile } from './seed-facts.ts';
import { withoutUnexpectedBlocks } from '../syntax/jinja/blocks.ts';

/** What the readers give; what is left out is empty. */
export interface Reading {
  readonly data: FactsData;
  readonly anchors?: FileFacts['anchors'];
  readonly problems?: FileFacts['problems'];
  readonly duplicateKeys?: FileFacts['duplicateKeys'];
}

const NO_ANCHORS: FileFacts['anchors'] = new Map();

/** Reads a file as what dbt takes it for; the adapter decides how SQL is spelled. Never throws: faults of the text become problems. */
export function readFile(
  kind: FileKind,
  file: FileId,
  text: string,
  adapter: string | undefined,
  { once = false }: { /** No later text will be compared with this one, so that no hash is needed. */ readonly once?: boolean } = {},
): FileFacts {
  const reading = readKind(kind, file, text, adapter);
  const found = findSuppressions(text, languageOf(kind));
  const problems = [...(reading.problems ?? []), ...found.problems];
  return {
    hash: once ? '' : fastHash(text),
    data: reading.data,
    anchors: withFaults(reading.anchors ?? NO_ANCHORS, problems, reading.duplicateKeys ?? []),
    problems,
    suppressions: found.suppressions,
    duplicateKeys: reading.duplicateKeys ?? [],
  };
}

/** Each fault has an anchor of its own, `problem:<index>` or `duplicate-key:<index>`, by which a finding can stand on it. */
function withFaults(
  anchors: FileFacts['anchors'],
  problems: FileFacts['problems'],
  duplicateKeys: FileFacts['duplicateKeys'],
): FileFacts['anchors'] {
  if (problems.length === 0 && duplicateKeys.length === 0) return anchors;
  const all = new Map(anchors);
  for (const [index, { span }] of duplicateKeys.entries()) all.set(`duplicate-key:${String(index)}`, span);
  for (const [index, problem] of problems.entries()) all.set(`problem:${String(index)}`, problem.span);
  return all;
}

/** Facts of a file that exists but cannot be used. */
export function unreadableFile(source: { readonly code: string; readonly message: string }): FileFacts {
  return {
    hash: source.code,
    data: { kind: 'other' },
    anchors: NO_ANCHORS,
    problems: [{ code: source.code, message: source.message, span: { from: 0, to: 0 } }],
    suppressions: [],
    duplicateKeys: [],
  };
}

/** dbt asks of a function's file none of what it asks of a Python model. */
function readPythonFunction(text: string): Reading {
  const reading = readPythonFile(text);
  return { ...reading, problems: (reading.problems ?? []).filter(({ code }) => code === 'python-syntax') };
}

function readKind(kind: FileKind, file: FileId, text: string, adapter: string | undefined): Reading {
  switch (kind) {
    case 'properties':
      return readPropertyFile(text);
    case 'project':
    case 'packages':
    case 'package-lock':
    case 'dependencies':
    case 'selectors':
    case 'vars':
      return readValueFile(text, 'dbt');
    case 'settings':
      return readValueFile(text, 'core-1.2');
    case 'profiles':
      return readProfilesFile(text);
    case 'model':
    case 'analysis':
    case 'singular-test':
      return readNodeFile(text, adapter);
    case 'function':
      return file.endsWith('.sql') ? readNodeFile(text, adapter) : readPythonFunction(text);
    case 'python-model':
      return readPythonFile(text);
    case 'macro':
      return readBlockFile(text, ['macro', 'materialization', 'test', 'data_test'], adapter);
    case 'generic-test': {
      const reading = readBlockFile(text, ['test', 'data_test'], adapter);
      return { ...reading, problems: withoutUnexpectedBlocks(reading.problems ?? []) };
    }
    case 'snapshot':
      return readBlockFile(text, ['snapshot'], adapter);
    case 'docs':
      return readDocsFile(text);
    case 'seed':
      return readSeedFile(text);
    case 'fixture':
    case 'automation':
    case 'other':
      return { data: { kind: 'other' } };
  }
}

function languageOf(kind: FileKind): 'yaml' | 'sql' | 'python' | 'markdown' {
  switch (kind) {
    case 'model':
    case 'snapshot':
    case 'analysis':
    case 'singular-test':
    case 'macro':
    case 'generic-test':
    case 'function':
    case 'seed':
    case 'fixture':
      return 'sql';
    case 'python-model':
      return 'python';
    case 'docs':
      return 'markdown';
    default:
      return 'yaml';
  }
}
