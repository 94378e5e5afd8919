/** One file has one id, however an editor or the disk spells it. */
import { describe, expect, it } from 'vitest';
import { fileIdOfPath, fileIdOfUri, pathOfFileId, uriOfFileId } from '../../server/src/host/file-id.ts';

describe('the id of a URI', () => {
  it.each([
    ['file:///work/a.sql', '/work/a.sql'],
    ['file:///work/my%20models/%C3%A4.sql', '/work/my models/ä.sql'],
    ['file:///work/my models/ä.sql', '/work/my models/ä.sql'],
    ['file:///work/%e6%97%a5%E6%9C%AC.sql', '/work/日本.sql'],
    ['file:///c%3A/Work/a.sql', 'c:/Work/a.sql'],
    ['file:///C:/Work/a.sql', 'c:/Work/a.sql'],
    ['file:///C%3a/Work/a.sql', 'c:/Work/a.sql'],
    ['file:///work/./b/../a.sql', '/work/a.sql'],
    ['file:///work/folder/', '/work/folder'],
    ['file:///', '/'],
    ['file:///work/100%25.sql', '/work/100%.sql'],
    ['file:///work/a%23b%3Fc.sql', '/work/a#b?c.sql'],
  ])('%s is %s', (uri, file) => {
    expect(fileIdOfUri(uri)).toBe(file);
  });

  it.each(['git:/work/a.sql', 'untitled:Untitled-1', 'vscode-vfs://github/a.sql', 'no uri', '', 'http://x/a.sql'])('%s is none', (uri) => {
    expect(fileIdOfUri(uri)).toBeUndefined();
  });
});

describe('the URI of an id', () => {
  it.each(['/work/my models/ä#?%.sql', 'c:/Work/a.sql', '/', '/work/日本/x.yml', '/a/b+c&d=e.sql'])('%s leads back to it', (file) => {
    expect(fileIdOfUri(uriOfFileId(file))).toBe(file);
  });
});

describe('the id of a path', () => {
  it.each([
    ['/work/a/', '/work/a'],
    ['/work//a/../b', '/work/b'],
    ['C:/Work/x', 'c:/Work/x'],
  ])('%s is %s', (path, file) => {
    expect(fileIdOfPath(path)).toBe(file);
  });

  it('leads back to a path that Node opens', () => {
    expect(pathOfFileId('/work/a')).toBe('/work/a');
    expect(pathOfFileId('c:')).toBe('c:/');
  });
});
