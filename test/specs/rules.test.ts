/** Runs every rule's page as its test: exactly the drawn findings, the drawn fixes, and what every fix must keep. */

import { describe, expect, test } from 'vitest';
import { lineIndex } from '../../server/src/base/line-index.ts';
import type { LocatedFinding } from '../../server/src/features/analysis.ts';
import { wordsOf } from '../../server/src/features/words.ts';
import { RULE_PAGES } from '../../server/src/rules/pages.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { AnyRule, Fix } from '../../server/src/rules/rule.ts';
import { parseYaml } from '../../server/src/syntax/yaml/parse.ts';
import type { FixtureFiles, ProjectFixture } from '../harness/project.ts';
import { fixturePath, openFixture } from '../harness/project.ts';
import type { ExpectedFinding, SpecCase } from '../harness/spec-page.ts';
import { readSpecPage } from '../harness/spec-page.ts';

for (const rule of ALL_RULES) {
  describe(rule.meta.id, () => {
    const cases = readSpecPage(RULE_PAGES[rule.meta.id] ?? '');

    test('the page shows flagged and not flagged code', () => {
      expect(cases.filter(({ section }) => section === 'Flagged').length).toBeGreaterThan(0);
      expect(cases.filter(({ section }) => section === 'Not flagged').length).toBeGreaterThan(0);
      const names = cases.map(({ section, name }) => `${section}: ${name}`);
      expect(new Set(names).size).toBe(names.length);
    });

    for (const spec of cases) {
      test(`${spec.section}: ${spec.name}`, () => {
        if (spec.section === 'Flagged') expect(spec.expected.length, 'a flagged case draws a finding').toBeGreaterThan(0);
        if (spec.section === 'Not flagged') expect(spec.expected).toEqual([]);
        const files = withOptions(rule, spec);
        expect(drawn(rule, openFixture(files, [rule]))).toEqual(sorted(spec.expected));
        expect(drawn(rule, openFixture(reversed(files), [rule])), 'with the files in reverse order').toEqual(sorted(spec.expected));
        expect(drawn(rule, openFixture(withCrlf(files), [rule])), 'with CRLF').toEqual(sorted(spec.expected));
        checkFixes(rule, files, spec);
        // A new file has bare line feeds, whatever the others have.
        const created = Object.fromEntries(Object.entries(spec.fixed).filter(([path]) => spec.files[path] === undefined));
        checkFixes(rule, withCrlf(files), { ...spec, fixed: { ...withCrlf(spec.fixed), ...created } });
      });
    }
  });
}

function withOptions(rule: AnyRule, spec: SpecCase): FixtureFiles {
  // A rule that the recommended preset leaves out is switched on by its own page.
  const lines = ['rules:', `  ${rule.meta.id}:`, '    severity: on'];
  if (spec.options !== undefined) lines.push('    options:', ...spec.options.split('\n').map((line) => `      ${line}`));
  if (spec.files['dbt-readiness.yml'] !== undefined) return spec.files;
  return { ...spec.files, 'dbt-readiness.yml': `${lines.join('\n')}\n` };
}

function drawn(rule: AnyRule, project: ProjectFixture): ExpectedFinding[] {
  return sorted(
    project
      .findings()
      .filter(({ suppressedBy }) => suppressedBy === undefined)
      .map((located) => drawOne(rule, project, located)),
  );
}

function drawOne(rule: AnyRule, project: ProjectFixture, { finding, file, span }: LocatedFinding): ExpectedFinding {
  const path = fixturePath(file);
  const lines = lineIndex(project.files.get(path) ?? '');
  const start = lines.positionAt(span.from);
  const end = lines.positionAt(span.to);
  return {
    path,
    line: start.line,
    from: start.character,
    to: end.line === start.line ? end.character : -1,
    fixable: finding.fixKind !== 'none',
    severity: finding.severity === rule.meta.severity ? undefined : finding.severity,
    message: wordsOf(rule, finding.messageId, finding.data),
  };
}

function sorted(findings: readonly ExpectedFinding[]): ExpectedFinding[] {
  return [...findings].sort(
    (a, b) => a.path.localeCompare(b.path) || a.line - b.line || a.from - b.from || a.message.localeCompare(b.message),
  );
}

function reversed(files: FixtureFiles): FixtureFiles {
  return Object.fromEntries(Object.entries(files).reverse());
}

function withCrlf(files: FixtureFiles): FixtureFiles {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
}

function checkFixes(rule: AnyRule, files: FixtureFiles, spec: SpecCase): void {
  const count = openFixture(files, [rule]).findings().length;
  for (let i = 0; i < count; i++) {
    const project = openFixture(files, [rule]);
    const located = project.findings()[i];
    if (located === undefined || located.finding.fixKind === 'none') continue;
    const fix = project.fix(located.finding);
    expect(fix, 'a finding that offers a fix has one').toBeDefined();
    if (fix === undefined) continue;
    expect(fix.kind).toBe(located.finding.fixKind);
    const before = new Map(project.files);
    const after = applyFix(project, fix);
    if (i === 0 && Object.keys(spec.fixed).length > 0) {
      expect(after).toEqual(spec.fixed);
      if (spec.fixTitle !== undefined) expect(fix.title).toBe(spec.fixTitle);
    }
    for (const [path, text] of Object.entries(after)) {
      if (/\.ya?ml$/.test(path)) expect(parseYaml(text, 'dbt').problems, `${path} still parses`).toEqual([]);
      expectCommentsKept(path, before.get(path) ?? '', text);
      expectLineEndingsKept(before.get(path), text);
    }
    if (fix.kind === 'scaffold') continue;
    const left = project.findings();
    expect(left.length, 'the finding is gone').toBeLessThan(count);
    const key = (one: LocatedFinding): string => JSON.stringify([one.finding.ruleId, one.finding.uniqueId, one.finding.data, one.finding.at]);
    expect(left.map(key)).not.toContain(key(located));
  }
}

function applyFix(project: ProjectFixture, fix: Fix): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const edit of fix.edits) {
    const path = fixturePath(edit.file);
    if ('create' in edit) {
      expect(project.files.has(path), `${path} is not overwritten`).toBe(false);
      changes[path] = edit.create;
      continue;
    }
    let text = project.files.get(path) ?? '';
    for (const { from, to, text: inserted } of [...edit.edits].sort((a, b) => b.from - a.from)) {
      text = text.slice(0, from) + inserted + text.slice(to);
    }
    changes[path] = text;
  }
  project.edit(changes);
  return changes;
}

function expectCommentsKept(path: string, before: string, after: string): void {
  const comments = path.endsWith('.sql') ? /(?:--|\{#)[^\r\n]*/g : /#[^\r\n]*/g;
  for (const [comment] of before.matchAll(comments)) {
    if (!comment.includes('{{') && !comment.includes('#}')) expect(after).toContain(comment);
  }
}

function expectLineEndingsKept(before: string | undefined, after: string): void {
  if (before?.includes('\r\n') !== true) return;
  expect(after.replaceAll('\r\n', ''), 'no bare line feed came in').not.toContain('\n');
}

