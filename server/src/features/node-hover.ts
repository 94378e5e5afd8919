/** What a hover tells of a node: what it is, what it means, and what is tested. */

import { isUnknown } from '../base/unknown.ts';
import type { DbtNode, TestNode } from '../index/model.ts';
import type { AnalyzedProject } from './analysis.ts';
import { escapeMarkdown } from './markdown.ts';

/** A longer description is cut: a hover is for a glance. */
const MAX_DESCRIPTION = 1200;

/** Longer lists of tests are counted. */
const MAX_TESTS = 12;

/** Markdown about a node. */
export function nodeHover(project: AnalyzedProject, node: DbtNode): string {
  const parts = [`**${escapeMarkdown(fullName(node))}** · ${kindOf(node)}`];
  const description = descriptionOf(node);
  if (description !== undefined) parts.push(description);
  const tests = testLines(project, node);
  if (tests.length > 0) parts.push(`Tests:\n${tests.join('\n')}`);
  else if (hasTests(node)) parts.push('No tests.');
  return parts.join('\n\n');
}

function fullName(node: DbtNode): string {
  return node.resourceType === 'source' ? `${node.sourceName}.${node.name}` : node.name;
}

function kindOf(node: DbtNode): string {
  const kind = node.resourceType.replaceAll('_', ' ');
  if (node.resourceType !== 'model' || isUnknown(node.materialized)) return kind;
  return `${node.materialized} ${kind}`;
}

function descriptionOf(node: DbtNode): string | undefined {
  const { description } = node;
  if (description === null || isUnknown(description) || description.trim() === '') return undefined;
  const text = description.trim();
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION)}…`;
}

function hasTests(node: DbtNode): boolean {
  return ['model', 'seed', 'snapshot', 'source'].includes(node.resourceType);
}

function testLines(project: AnalyzedProject, node: DbtNode): string[] {
  const tests = project.view.testsOf(node.uniqueId);
  const lines = [...new Set(tests.map(testLine))].sort();
  if (lines.length <= MAX_TESTS) return lines;
  return [...lines.slice(0, MAX_TESTS), `- and ${lines.length - MAX_TESTS} more`];
}

function testLine(test: TestNode): string {
  if (test.generic === undefined) return `- ${escapeMarkdown(test.name)}`;
  const { namespace, testName, columnName } = test.generic;
  const name = namespace === null ? testName : `${namespace}.${testName}`;
  return `- \`${name}\`${columnName === null ? '' : ` on \`${columnName}\``}`;
}
