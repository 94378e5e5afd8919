/** Positions must be those of the protocol's own text document, whatever the line ends. */
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, it } from 'vitest';
import { lineIndex } from '../../server/src/base/line-index.ts';

const anyText = fc.array(fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', ' ', 'select'), { maxLength: 30 }).map((parts) => parts.join(''));

function asDocument(text: string): TextDocument {
  return TextDocument.create('file:///a.sql', 'sql', 1, text);
}

describe('lineIndex', () => {
  it('gives the positions that vscode-languageserver-textdocument gives', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: -2, max: 80 }), (text, offset) => {
        expect(lineIndex(text).positionAt(offset)).toEqual(asDocument(text).positionAt(offset));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the offsets that vscode-languageserver-textdocument gives', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), (text, line, character) => {
        expect(lineIndex(text).offsetAt({ line, character })).toBe(asDocument(text).offsetAt({ line, character }));
      }),
      { numRuns: 2000 },
    );
  });

  it('counts lines as the protocol does', () => {
    for (const text of ['', 'a', 'a\n', 'a\r\nb\rc\n', '\r\n\r\n']) expect(lineIndex(text).lineCount).toBe(asDocument(text).lineCount);
  });

  it('leaves the line break out of a line', () => {
    const text = 'ab\r\ncd\re\nf';
    const index = lineIndex(text);
    const lines = [0, 1, 2, 3].map((line) => text.slice(index.lineStart(line), index.lineEnd(line)));
    expect(lines).toEqual(['ab', 'cd', 'e', 'f']);
  });

  it('says which line holds an offset', () => {
    const index = lineIndex('ab\ncd\n');
    expect([0, 2, 3, 5, 6].map((offset) => index.lineOf(offset))).toEqual([0, 0, 1, 1, 2]);
  });
});
