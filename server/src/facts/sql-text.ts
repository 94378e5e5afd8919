/** What a SQL body says apart from Jinja: literal relations, output columns, comments. */

import type { Span } from '../base/span.ts';
import { sqlDialect } from '../syntax/sql-dialect.ts';
import { findHardCodedReferences } from '../syntax/sql-relations.ts';
import { addAnchor } from './anchors.ts';
import type { LiteralRelation, SqlText } from './file-facts.ts';

/** Reads a SQL text; adds the spans of its relations to `anchors`. */
export function readSqlText(text: string, adapter: string | undefined, anchors: Map<string, Span>): SqlText {
  const dialect = sqlDialect(adapter);
  const relations = findHardCodedReferences(text, dialect).map((found): LiteralRelation => {
    const name = found.parts.map((part) => part.name).join('.');
    const anchor = addAnchor(anchors, `relation:${name}`, found.span, 0);
    return { parts: found.parts, clause: found.clause, kind: found.kind, systemSchema: found.systemSchema, anchor };
  });
  return { relations, columns: [], columnsComplete: false, selectStar: false, isEmpty: false, leadingComment: '' };
}
