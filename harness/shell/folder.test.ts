import { mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mistakesIn } from '../lib/errors.testing.ts';
import { UserError } from '../lib/errors.ts';
import { createRunFolder, notWritable, pointLatestAt } from './folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('createRunFolder', () => {
  it('gives two runs of one second a folder each', () => {
    const made = [1, 2, 3].map(() => createRunFolder(folder, 'steady', 'now-7'));
    expect(made.map((path) => basename(path))).toEqual(['now-7', 'now-7-2', 'now-7-3']);
  });

  it('says in one line where it can not be made', () => {
    const inTheWay = join(folder, 'reports');
    writeFileSync(inTheWay, '');
    expect(mistakesIn(() => createRunFolder(inTheWay, 'steady', 'a'))).toEqual([
      expect.stringMatching(/reports.steady: can't be written, ENOTDIR.*Hint: move the file/),
    ]);
  });
});

describe('notWritable', () => {
  const systemError = (code: string) => Object.assign(new Error(`${code}: no, 'x'`), { code });
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'])('takes %s for no defect', (code) => {
    expect(notWritable(systemError(code))).toBeInstanceOf(UserError);
  });

  it('knows a full disk by the words of the database, and leaves a defect alone', () => {
    const full = new Error('IO Error: Could not write file "x": No space left on device\n\nat x');
    expect(notWritable(full)?.message).toMatch(/^can't be written, IO Error: [^\n]*make room/);
    expect(notWritable(systemError('EBADF'))).toBeUndefined();
    expect(notWritable(new TypeError('x is undefined'))).toBeUndefined();
  });
});

describe('latest', () => {
  it('leads to a run once it is pointed there, whatever it was before', () => {
    const first = createRunFolder(folder, 'steady', 'first');
    const latest = join(folder, 'steady', 'latest');
    expect(() => readlinkSync(latest)).toThrow(/ENOENT/);
    symlinkSync('gone', latest);
    pointLatestAt(first);
    expect(readlinkSync(latest)).toBe('first');
    pointLatestAt(createRunFolder(folder, 'steady', 'second'));
    expect(readlinkSync(latest)).toBe('second');
  });
});
