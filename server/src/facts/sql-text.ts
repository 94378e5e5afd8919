/** What a SQL body says apart from Jinja: literal relations, output columns, comments. */

import type { Span } from '../base/span.ts';
import { sqlDialect } from '../syntax/sql-dialect.ts';
import { readSqlParts } from '../syntax/sql-parts.ts';
import { hardCodedReferencesOf } from '../syntax/sql-relations.ts';
import { finalSelectColumnsOf, statementHeadOf } from '../syntax/sql-select.ts';
import { addAnchor } from './anchors.ts';
import type { LiteralRelation, SqlText } from './file-facts.ts';

/** Reads a SQL text; adds the spans of its relations to `anchors`. */
export function readSqlText(text: string, adapter: string | undefined, anchors: Map<string, Span>): SqlText {
  const parts = readSqlParts(text, sqlDialect(adapter));
  const relations = hardCodedReferencesOf(parts).map((found): LiteralRelation => {
    const name = found.parts.map((part) => part.name).join('.');
    const anchor = addAnchor(anchors, `relation:${name}`, found.span, 0);
    return { parts: found.parts, clause: found.clause, kind: found.kind, systemSchema: found.systemSchema, anchor };
  });
  const select = finalSelectColumnsOf(parts);
  const features = statementHeadOf(parts);
  return {
    relations,
    columns: select.columns.map((column) => column.name),
    columnsComplete: select.complete,
    selectStar: select.star,
    isEmpty: features.isEmpty,
    leadingComment: features.leadingComment,
  };
}
