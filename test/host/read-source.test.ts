/** Every file is text or a sentence that says why not, and reading never throws. */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstInvalidUtf8, MAX_FILE_BYTES, readSource, readWhole, SEED_HEAD_BYTES, writeSource } from '../../server/src/host/read-source.ts';
import { temporaryFolder } from './temporary-folder.ts';

function read(name: string, content: string | Uint8Array) {
  return readSource(join(temporaryFolder({ [name]: content }), name));
}

const BOM = '\ufeff';

describe('a file', () => {
  it('is its text, with its line breaks and without a byte order mark', () => {
    expect(read('a.sql', 'select 1\r\n-- ä\n')).toMatchObject({ state: 'text', text: 'select 1\r\n-- ä\n' });
    expect(read('a.yml', `${BOM}models: []\n`)).toMatchObject({ state: 'text', text: 'models: []\n' });
    expect(read('a.yml', '')).toMatchObject({ state: 'text', text: '' });
    expect(read('a.yml', BOM)).toMatchObject({ state: 'text', text: '' });
  });

  it('that is not UTF-8 says where', () => {
    const source = read('a.sql', Buffer.from('select 1\nselect \xe9\n', 'latin1'));
    expect(source).toMatchObject({ state: 'unreadable', code: 'file-not-utf8' });
    expect(source.state === 'unreadable' && source.message).toMatch(/^Byte 16 \(line 2\) is not UTF-8/);
    expect(read('b.sql', Buffer.from(`${BOM}select 1`, 'utf16le'))).toMatchObject({ code: 'file-not-utf8' });
  });

  it('with zero bytes is binary', () => {
    expect(read('a.sql', Uint8Array.from([65, 0, 66]))).toMatchObject({ state: 'unreadable', code: 'file-binary' });
  });

  it('of more than 5 MB is not read, of exactly 5 MB it is', () => {
    expect(read('a.sql', Buffer.alloc(MAX_FILE_BYTES + 1, 'x'))).toMatchObject({ state: 'unreadable', code: 'file-too-large' });
    const source = read('b.sql', Buffer.alloc(MAX_FILE_BYTES, 'x'));
    expect(source.state === 'text' && source.text.length).toBe(MAX_FILE_BYTES);
  });

  it.each([127, 128, 129, 255, 256, 257])('of %i KB is read whole', (kilobytes) => {
    const text = 'ä'.repeat(kilobytes * 512);
    expect(read('a.sql', text)).toMatchObject({ state: 'text', text });
  });

  it('that is not there, or is a folder, is gone', () => {
    const root = temporaryFolder({ 'a.sql/inner.sql': '' });
    expect(readSource(join(root, 'nothing.sql')).state).toBe('gone');
    expect(readSource(join(root, 'a.sql')).state).toBe('gone');
    expect(readSource(join(root, 'a.sql/inner.sql/x.sql')).state).toBe('gone');
  });

  it('that is a link is what the link leads to, or says that it leads nowhere', () => {
    const root = temporaryFolder({ 'a.sql': 'select 1', 'b.sql': '->a.sql', 'c.sql': '->nothing', 'd.sql': '->d.sql' });
    expect(readSource(join(root, 'b.sql'))).toMatchObject({ state: 'text', text: 'select 1' });
    for (const name of ['c.sql', 'd.sql']) {
      expect(readSource(join(root, name))).toMatchObject({ state: 'unreadable', code: 'file-unreadable', message: 'The link leads to no file. Mend the link or remove it.' });
    }
  });

  it('that is a pipe or a device is told, and nobody waits for it', () => {
    const root = temporaryFolder({ 'zero.sql': '->/dev/zero', 'null.sql': '->/dev/null' });
    execFileSync('mkfifo', [join(root, 'pipe.sql')]);
    for (const name of ['pipe.sql', 'zero.sql', 'null.sql']) {
      expect(readSource(join(root, name)), name).toMatchObject({ state: 'unreadable', code: 'file-unreadable' });
    }
  });

  it('that the system refuses to read says so', () => {
    // The memory of the process opens but cannot be read at its start: a fault of the disk for everybody, root included.
    const root = temporaryFolder({ 'fault.sql': '->/proc/self/mem' });
    expect(readSource(join(root, 'fault.sql'))).toMatchObject({ state: 'unreadable', code: 'file-unreadable' });
  });
});

describe('a seed', () => {
  it('is read for its first lines alone', () => {
    const line = 'ä,b,c\n';
    const source = read('a.csv', line.repeat(100_000));
    expect(source.state).toBe('text');
    const text = source.state === 'text' ? source.text : '';
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SEED_HEAD_BYTES);
    expect(Buffer.byteLength(text)).toBeGreaterThan(SEED_HEAD_BYTES - 100);
    expect(text.endsWith(line)).toBe(true);
  });

  it('of one endless line is cut between two characters', () => {
    for (const shift of ['', 'x', 'xx', 'xxx']) {
      const source = read('a.csv', shift + '𝄞'.repeat(30_000));
      expect(source.state === 'text' && source.text.replace(shift, '').replaceAll('𝄞', '')).toBe('');
    }
  });

  it('of 50 MB is read like a small one', () => {
    expect(read('a.csv', Buffer.alloc(50 * 1024 * 1024, 'a,b\n')).state).toBe('text');
  });
});

describe('invalid UTF-8', () => {
  it('is found where the standard decoder finds it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const isValid = (length: number): boolean => {
          try {
            new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
            return true;
          } catch {
            return false;
          }
        };
        const found = firstInvalidUtf8(bytes);
        expect(found === bytes.length).toBe(isValid(bytes.length));
        expect(isValid(found)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writing', () => {
  it('keeps byte order mark, permissions and links', () => {
    const root = temporaryFolder({ 'a.sql': `${BOM}old`, 'b.sql': 'old', 'link.sql': '->b.sql' });
    chmodSync(join(root, 'a.sql'), 0o640);
    writeSource(join(root, 'a.sql'), 'new');
    writeSource(join(root, 'link.sql'), 'new too');
    writeSource(join(root, 'c.sql'), 'made');
    expect(readFileSync(join(root, 'a.sql'), 'utf8')).toBe(`${BOM}new`);
    expect(statSync(join(root, 'a.sql')).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(root, 'b.sql'), 'utf8')).toBe('new too');
    expect(lstatSync(join(root, 'link.sql')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'c.sql'), 'utf8')).toBe('made');
  });

  it('throws what the system refuses', () => {
    const root = temporaryFolder({});
    mkdirSync(join(root, 'folder.sql'));
    expect(() => { writeSource(join(root, 'folder.sql'), 'x'); }).toThrow();
    expect(() => { writeSource(join(root, 'no/such/folder.sql'), 'x'); }).toThrow();
  });
});

describe('readWhole', () => {
  it('keeps the byte order mark and all of a seed', () => {
    const text = `\ufeffid\n${'1234567\n'.repeat(SEED_HEAD_BYTES / 8)}`;
    const file = join(temporaryFolder({ 'a.csv': text }), 'a.csv');
    expect(readWhole(file, 0)).toBe(text);
    expect(readWhole(file, SEED_HEAD_BYTES)).toBeUndefined();
  });

  it('gives nothing for what is no file', () => {
    expect(readWhole(join(temporaryFolder({}), 'none.csv'), 0)).toBeUndefined();
  });
});
