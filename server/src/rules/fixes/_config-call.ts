/** Adds a setting to a model's SQL: into its config() call if it has one, else as a call of its own at the top. */

import type { FileId } from '../../base/file-id.ts';
import type { Fix, FixKind, FixTools, TextEdit } from '../rule.ts';

/** A fix that sets `key` to `literal` (Jinja text, quotes included) in a SQL file; undefined for files it cannot edit safely. */
export function addConfigSetting(
  tools: FixTools,
  file: FileId,
  kind: FixKind,
  key: string,
  literal: string,
): Fix | undefined {
  const text = tools.text(file);
  if (text === undefined || file.endsWith('.py')) return undefined;
  const edit = insertIntoCall(tools, file, text, key, literal) ?? insertCall(text, `${key}=${literal}`);
  return { title: `Set ${key}=${literal}`, kind, edits: [{ file, edits: [edit] }] };
}

/** Into the brackets of the call, or into the dict that it is given; undefined if the call leaves no room for a keyword. */
function insertIntoCall(tools: FixTools, file: FileId, text: string, key: string, literal: string): TextEdit | undefined {
  const call = tools.locate({ kind: 'text', file, name: 'config#0' });
  if (call === undefined || !/^config\s*\(/.test(text.slice(call.from, call.to)) || text[call.to - 1] !== ')') return undefined;
  const open = text.indexOf('(', call.from);
  const close = call.to - 1;
  const written = text.slice(open + 1, close);
  const dict = /^\s*\{\s*(['"]?)[^]*\}\s*$/.exec(written);
  if (dict !== null) {
    const quote = dict[1] === '' || dict[1] === undefined ? "'" : dict[1];
    return insertLast(text, text.indexOf('{', open), text.lastIndexOf('}', close), `${quote}${key}${quote}: ${literal}`);
  }
  const isKeywords = /^\s*(?:\w+\s*=|$)/.test(written) && !/,\s*\*\*/.test(written);
  return isKeywords ? insertLast(text, open, close, `${key}=${literal}`) : undefined;
}

/** Puts an item behind the last one between two brackets, in the manner of the others. */
function insertLast(text: string, open: number, close: number, argument: string): TextEdit {
  let last = close - 1;
  while (last > open && /\s/.test(text[last] ?? '')) last--;
  if (last === open) return { from: open + 1, to: open + 1, text: argument };
  const hasComma = text[last] === ',';
  const lineStart = text.lastIndexOf('\n', last) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const isMultiline = text.slice(open, last).includes('\n');
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = isMultiline ? `${newline}${indent}` : ' ';
  return { from: last + 1, to: last + 1, text: `${hasComma ? '' : ','}${separator}${argument}${hasComma ? ',' : ''}` };
}

function insertCall(text: string, argument: string): TextEdit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return { from: 0, to: 0, text: `{{ config(${argument}) }}${newline}${newline}` };
}
