/** The project's own lint rules. */

/** An `as` hides a fact from the compiler, so the reader must be told the fact: a comment on its line or the line above. */
const assertionNeedsReason = {
  meta: {
    type: 'problem',
    docs: { description: 'Demands a comment that says why, on the line of an `as` or on the line above.' },
    messages: { missing: 'Say in a comment on this line or the line above why this `as` is right, or do without it.' },
    schema: [],
  },
  create(context) {
    const source = context.sourceCode;
    /** Lines that hold a comment which says something; lint directives say nothing about types. */
    const commentLines = new Set();
    for (const comment of source.getAllComments()) {
      if (/^\s*(eslint|@ts-)/.test(comment.value)) continue;
      if (comment.value.trim().length < 8) continue;
      for (let line = comment.loc.start.line; line <= comment.loc.end.line; line += 1) commentLines.add(line);
    }
    /** The first line of the statement that holds the node: a comment above a long expression counts as well. */
    const statementLine = (node) => {
      let at = node;
      while (at.parent && !/Statement$|Declaration$|^Property$|^SwitchCase$|^PropertyDefinition$/.test(at.type)) at = at.parent;
      return at.loc.start.line;
    };
    return {
      TSAsExpression(node) {
        const type = node.typeAnnotation;
        const isConst = type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const';
        if (isConst) return;
        const asLine = source.getTokenAfter(node.expression, (token) => token.value === 'as').loc.start.line;
        const lines = [asLine, asLine - 1, node.loc.start.line - 1, statementLine(node) - 1];
        if (lines.some((line) => commentLines.has(line))) return;
        context.report({ node, messageId: 'missing' });
      },
    };
  },
};

export const projectRules = { rules: { 'assertion-needs-reason': assertionNeedsReason } };
