/** What a SQL body says apart from Jinja: literal relations, output columns, comments. */

import type { Span } from '../base/span.ts';
import { sqlDialect } from '../syntax/sql/dialect.ts';
import { readSqlParts } from '../syntax/sql/parts.ts';
import { hardCodedReferencesOf } from '../syntax/sql/relations.ts';
import { isPlainQuery } from '../syntax/sql/quick.ts';
import { finalSelectColumns, statementHeadOf } from '../syntax/sql/select.ts';
import { addAnchor } from './anchors.ts';
import type { LiteralRelation, SelectedColumns, SqlText } from './file-facts.ts';

/** Reads a SQL text that begins at `offset` of its file; adds the spans of its relations to `anchors`. */
export function readSqlText(text: string, adapter: string | undefined, anchors: Map<string, Span>, offset = 0): SqlText {
  if (isPlainQuery(text)) return PLAIN;
  const parts = readSqlParts(text, sqlDialect(adapter));
  const relations = hardCodedReferencesOf(parts).map((found): LiteralRelation => {
    const name = found.parts.map((part) => part.name).join('.');
    const anchor = addAnchor(anchors, `relation:${name}`, found.span, offset);
    return { parts: found.parts, clause: found.clause, kind: found.kind, systemSchema: found.systemSchema, anchor };
  });
  return { relations, ...statementHeadOf(parts) };
}

const PLAIN: SqlText = { relations: [], isEmpty: false, leadingComment: '' };

/** The output columns of a model's SQL; of interest for few models, and then for a fix. */
export function readSelectedColumns(text: string, adapter: string | undefined): SelectedColumns {
  const { columns, complete, star } = finalSelectColumns(text, sqlDialect(adapter));
  return { names: columns.map(({ name }) => name), complete, star };
}
