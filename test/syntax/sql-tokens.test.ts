/** Tokens drawn under the text: the first code unit of each in upper case, by the letter of its kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlDialect } from '../../server/src/syntax/sql/dialect.ts';
import type { SqlTokenKind } from '../../server/src/syntax/sql/tokens.ts';
import { jinjaStatementName, sqlTokens } from '../../server/src/syntax/sql/tokens.ts';
import { trimBlock } from './drawn-spans.ts';

const LETTERS: Readonly<Record<SqlTokenKind, string>> = {
  word: 'w',
  'quoted-identifier': 'q',
  string: 's',
  number: 'n',
  punct: 'p',
  comment: 'c',
  'jinja-expression': 'e',
  'jinja-statement': 't',
  'jinja-comment': 'j',
};

/** Takes pairs of lines: text, and the tokens under it. */
function expectTokens(adapter: string | undefined, block: string): void {
  const lines = trimBlock(block).split('\n');
  const text = lines.filter((_, index) => index % 2 === 0).join('\n');
  const row = Array.from({ length: text.length }, () => ' ');
  for (const token of sqlTokens(text, sqlDialect(adapter))) {
    const letter = LETTERS[token.kind];
    for (let at = token.from; at < token.to; at++) row[at] = at === token.from ? letter.toUpperCase() : letter;
  }
  const drawn: string[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    drawn.push(line, row.slice(start, start + line.length).join('').trimEnd());
    start += line.length + 1;
  }
  expect(drawn.join('\n')).toBe(lines.map((line, index) => (index % 2 === 0 ? line : line.trimEnd())).join('\n'));
}

describe('sqlTokens', () => {
  it('tells words, numbers, strings and punctuation apart', () => {
    expectTokens(
      'postgres',
      `
      select a.b, 1.5e-3, 'it''s', .5 from t_1$x where n = 10::int
      Wwwwww WPWP NnnnnnP SssssssP Nn Wwww Wwwww Wwwww W P NnPPWww
      `,
    );
  });

  it('keeps a number and the letters that hang on it together', () => {
    expectTokens(
      'spark',
      `
      select 10L, 1st, t.1
      Wwwwww NnnP NnnP WPN
      `,
    );
  });

  it('keeps Jinja blocks whole, with strings and brackets that hold their end marks', () => {
    expectTokens(
      undefined,
      `
      {{ config(a='}}') }} {% set x = {'a': {}} %} {{ {'a': {'b': 1}} }} {# }} %} #} x
      Eeeeeeeeeeeeeeeeeeee Ttttttttttttttttttttttt Eeeeeeeeeeeeeeeeeeeee Jjjjjjjjjjj W
      `,
    );
  });

  it('takes a raw block for one expression', () => {
    expectTokens(
      undefined,
      `
      a {%- raw -%} {{ b }} ' {% endraw %} c
      W Eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee W
      `,
    );
  });

  it('keeps Jinja inside strings and quoted names', () => {
    expectTokens(
      'snowflake',
      `
      '{{ var("it's") }}' "{{ x['"'] }}" a
      Sssssssssssssssssss Qqqqqqqqqqqqqq W
      `,
    );
  });

  it('does not end a line comment inside a Jinja block', () => {
    expectTokens(
      undefined,
      `
      -- {{ f(
      Cccccccc
      1) }} b
      ccccccc
      c
      W
      `,
    );
  });

  it('does not open strings in comments, nor comments in strings', () => {
    expectTokens(
      undefined,
      `
      a -- it's \`b
      W Cccccccccc
      c /* it's */ '-- d' "/*"
      W Cccccccccc Ssssss Qqqq
      `,
    );
  });

  describe('by dialect', () => {
    it('nests block comments in Postgres', () => {
      expectTokens(
        'postgres',
        `
        /* a /* b */ c */ d
        Ccccccccccccccccc W
        `,
      );
    });

    it('does not nest them in Snowflake', () => {
      expectTokens(
        'snowflake',
        `
        /* a /* b */ c */ d
        Cccccccccccc W PP W
        `,
      );
    });

    it('ends a nested comment that is never closed at its first end', () => {
      expectTokens(
        'duckdb',
        `
        /* glob /* */ select 1
        Ccccccccccccc Wwwwww N
        `,
      );
    });

    it('reads // as a comment in Snowflake only', () => {
      expectTokens(
        'snowflake',
        `
        a // b's
        W Cccccc
        `,
      );
      expectTokens(
        'duckdb',
        `
        a // b
        W PP W
        `,
      );
    });

    it('reads # as a comment in BigQuery and MySQL only', () => {
      for (const adapter of ['bigquery', 'mysql']) {
        expectTokens(
          adapter,
          `
          a # it's
          W Cccccc
          `,
        );
      }
      expectTokens(
        'postgres',
        `
        a #> b
        W PP W
        `,
      );
    });

    it('asks for white space behind -- in MySQL', () => {
      expectTokens(
        'mysql',
        `
        5--3 -- x
        NPPN Cccc
        `,
      );
    });

    it('takes double quotes for strings in BigQuery and Spark, for names elsewhere', () => {
      for (const adapter of ['bigquery', 'spark', 'databricks', 'mysql']) {
        expectTokens(
          adapter,
          `
          "a" \`b\` 'c'
          Sss Qqq Sss
          `,
        );
      }
      for (const adapter of ['snowflake', 'postgres', 'duckdb', 'trino', undefined]) {
        expectTokens(
          adapter,
          `
          "a" \`b\` 'c'
          Qqq Qqq Sss
          `,
        );
      }
    });

    it('takes brackets for names in SQL Server only', () => {
      expectTokens(
        'sqlserver',
        `
        [a b].[c]
        QqqqqPQqq
        `,
      );
      expectTokens(
        'bigquery',
        `
        a[0]
        WPNP
        `,
      );
    });

    it('reads triple-quoted and raw strings in BigQuery', () => {
      expectTokens(
        'bigquery',
        `
        """a"b""" '''it's''' r'\\d\\'' rb"x" b'y' c
        Sssssssss Ssssssssss Sssssss Sssss Ssss W
        `,
      );
    });

    it('lets a backslash end a raw string in Spark', () => {
      expectTokens(
        'databricks',
        `
        r'a\\' b
        Sssss W
        `,
      );
    });

    it('reads dollar strings in Postgres and Snowflake, and leaves positional columns alone', () => {
      for (const adapter of ['postgres', 'snowflake']) {
        expectTokens(
          adapter,
          `
          $$ it's $$ $1 $t$ a $$ b $t$ c
          Ssssssssss PN Ssssssssssssss W
          `,
        );
      }
    });

    it('goes on after a dollar sign that opens nothing', () => {
      expectTokens(
        'snowflake',
        `
        $$ a
        PP W
        `,
      );
    });

    it('ends a string behind a backslash where the dialect has no escapes', () => {
      expectTokens(
        'postgres',
        `
        '\\' a E'\\'' b
        Sss W Sssss W
        `,
      );
      expectTokens(
        'snowflake',
        `
        '\\' a' b
        Ssssss W
        `,
      );
    });

    it('guesses for an unknown adapter from what follows the quote', () => {
      expectTokens(
        undefined,
        `
        f(x, '\\', 1) 'it\\'s' b
        WPWP SssP NP Sssssss W
        `,
      );
    });
  });

  describe('of broken text', () => {
    it('ends a string that is never closed at its line', () => {
      expectTokens(
        'postgres',
        `
        select 'abc
        Wwwwww Ssss
        from b
        Wwww W
        `,
      );
    });

    it('ends a Jinja block with an open bracket at the first end mark', () => {
      expectTokens(
        undefined,
        `
        {{ ref('a' }} from b
        Eeeeeeeeeeeee Wwww W
        `,
      );
    });

    it('takes the rest for a block that has no end', () => {
      expectTokens(
        undefined,
        `
        a {{ b
        W Eeee
        `,
      );
    });

    it('never throws, and gives ordered tokens with only white space between them', () => {
      const piece = fc.constantFrom(
        "'", '"', '`', '{{', '}}', '{%', '%}', '{#', '#}', '/*', '*/', '--', '//', '#', '$$', '$t$', '\\', '\n', '\r\n',
        ' ', '(', ')', '[', ']', "r'", "e'", 'b"', "'''", '{% raw %}', '{% endraw %}', 'select', '1.', '.5', 'é', '\u2028', '{',
      );
      const adapter = fc.constantFrom('bigquery', 'snowflake', 'postgres', 'databricks', 'sqlserver', 'mysql', undefined);
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 40 }), adapter, (pieces, name) => {
          const text = pieces.join('');
          let end = 0;
          for (const token of sqlTokens(text, sqlDialect(name))) {
            expect(text.slice(end, token.from)).toMatch(/^[\s\u200b]*$/);
            expect(token.to).toBeGreaterThan(token.from);
            end = token.to;
          }
          expect(end).toBeLessThanOrEqual(text.length);
          expect(text.slice(end)).toMatch(/^[\s\u200b]*$/);
        }),
        { numRuns: 3000 },
      );
    });

    it('stays linear on hostile text', () => {
      // Each of these makes a careless lexer search to the end of the text for every line.
      for (const line of ["\\'", '/* x', '$$a', '{{ (', "'\\'", '"', '$a$ ', '{% raw %', "r'\\'"]) {
        const text = `${line}\n`.repeat(200_000);
        for (const adapter of ['bigquery', 'snowflake', 'postgres', undefined]) {
          expect(sqlTokens(text, sqlDialect(adapter)).length).toBeGreaterThan(0);
        }
      }
    });
  });
});

describe('jinjaStatementName', () => {
  it('reads the word behind the opening, with or without trimming', () => {
    for (const text of ['{% if x %}', '{%- if x %}', '{%+if x%}', '{%\n  if\nx %}']) {
      expect(jinjaStatementName(text, { from: 0, to: text.length })).toBe('if');
    }
    expect(jinjaStatementName('{% %}', { from: 0, to: 5 })).toBe('');
  });
});
