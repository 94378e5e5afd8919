/** Suppression comments: what counts, what it covers, and what is reported instead. */
import { describe, expect, it } from 'vitest';
import type { CommentLanguage } from '../../server/src/syntax/suppressions.ts';
import { findSuppressions, isPlaceholder } from '../../server/src/syntax/suppressions.ts';

/** Each suppression as [rules, reason, until, text of the comment, text of the line that it covers]. */
function found(text: string, language: CommentLanguage): unknown[] {
  return findSuppressions(text, language).suppressions.map(({ rules, reason, until, span, covers }) => [
    rules.join(' '), reason, until, text.slice(span.from, span.to), text.slice(covers.from, covers.to),
  ]);
}

function codes(text: string, language: CommentLanguage): string[] {
  return findSuppressions(text, language).problems.map(({ code, span }) => `${code} ${text.slice(span.from, span.to)}`);
}

describe('findSuppressions', () => {
  it('reads a comment in YAML and covers the next line', () => {
    const text = 'models:\r\n  # dbt-readiness: disable-next-line model-without-tests -- legacy, goes away until 2030-01-31\r\n  - name: a\r\n  - name: b\r\n';
    expect(found(text, 'yaml')).toEqual([
      ['model-without-tests', 'legacy, goes away', '2030-01-31', '# dbt-readiness: disable-next-line model-without-tests -- legacy, goes away until 2030-01-31', '  - name: a'],
    ]);
  });

  it('reads each form of comment in SQL', () => {
    const body = 'dbt-readiness: disable-next-line a, b-c -- why';
    for (const comment of [`-- ${body}`, `--${body}`, `/* ${body} */`, `/*\n${body}\n*/`, `{# ${body} #}`, `{#- ${body} -#}`]) {
      expect(found(`${comment}\nselect 1`, 'sql')).toEqual([['a b-c', 'why', undefined, comment, 'select 1']]);
    }
  });

  it('reads Jinja and HTML comments in Markdown, and hash comments in Python', () => {
    expect(found('{# dbt-readiness: disable-next-line a -- why #}\n# Title\n', 'markdown')).toEqual([['a', 'why', undefined, '{# dbt-readiness: disable-next-line a -- why #}', '# Title']]);
    expect(found('<!-- dbt-readiness: disable-next-line a -- why -->\nx', 'markdown')).toHaveLength(1);
    expect(found('# dbt-readiness: disable-next-line a -- why\nx = 1\n', 'python')).toEqual([['a', 'why', undefined, '# dbt-readiness: disable-next-line a -- why', 'x = 1']]);
  });

  it('skips blank lines and comments to find the line that is covered', () => {
    const text = '# dbt-readiness: disable-next-line a -- why\n# dbt-readiness: disable-next-line b -- why\n\n  # note\n- name: x\n';
    expect(found(text, 'yaml').map((item) => (item as unknown[])[4])).toEqual(['- name: x', '- name: x']); // Rows are lists.
  });

  it('covers nothing at the end of a text', () => {
    const text = 'select 1 -- dbt-readiness: disable-next-line a -- why';
    expect(findSuppressions(text, 'sql').suppressions[0]?.covers).toEqual({ from: text.length, to: text.length });
  });

  it('keeps dashes within the reason', () => {
    expect(found('-- dbt-readiness: disable-next-line a -- one -- two\nx', 'sql')[0]).toEqual(['a', 'one -- two', undefined, '-- dbt-readiness: disable-next-line a -- one -- two', 'x']);
  });

  it.each(['', ' --', ' -- ', ' -- TODO', ' -- todo: explain', ' -- <reason>', ' -- ...', ' -- until 2030-01-01'])('does not count `a%s`, which gives no reason', (rest) => {
    const comment = `-- dbt-readiness: disable-next-line a${rest}`;
    expect(found(`${comment}\nselect 1`, 'sql')).toEqual([]);
    expect(codes(`${comment}\nselect 1`, 'sql')).toEqual([`suppression-without-reason ${comment}`]);
  });

  it.each(['disable', 'disable-line a -- why', 'disable-next-line', 'disable-next-line -- why', 'disable-next-line a b -- why', 'disable-next-line a,, b -- why', 'disable-next-line A -- why', 'disable-next-line a -- why until 2030-02-30'])(
    'reports `%s` as malformed',
    (body) => {
      expect(found(`# dbt-readiness: ${body}\nx: 1`, 'yaml')).toEqual([]);
      expect(codes(`# dbt-readiness: ${body}\nx: 1`, 'yaml')).toEqual([`suppression-malformed # dbt-readiness: ${body}`]);
    },
  );

  it('passes over the words outside comments', () => {
    const body = 'dbt-readiness: disable-next-line a -- why';
    for (const text of [`a: "x # ${body}"\nb: 1`, `a: |\n  # ${body}\n  text\nb: 1`, `a: x#${body}\nb: 1`, `${body}\n`]) {
      expect(findSuppressions(text, 'yaml')).toEqual({ suppressions: [], problems: [] });
    }
    expect(findSuppressions(`select '${body}'`, 'sql')).toEqual({ suppressions: [], problems: [] });
    expect(findSuppressions(`Write \`${body}\` here.`, 'markdown')).toEqual({ suppressions: [], problems: [] });
  });
});

describe('isPlaceholder', () => {
  it.each(['', '  ', 'TODO', 'todo: later', 'TBD.', '<reason>', '< why >', '...', '-', '?', 'FIXME'])('takes `%s` for one', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });
  it.each(['legacy', 'todos are tracked', 'see <https://x.y> for why', 'Gemäß Vertrag', '日本', '42', 'a < b'])('takes `%s` for text', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});
