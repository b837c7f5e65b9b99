import { cpSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareFolders } from './compare-folders.ts';
import { loadJson, saveJson } from './evidence/store.ts';
import { judgeAgain } from './judge-folder.ts';
import { UserError } from './lib/errors.ts';
import { writeReports } from './report-folder.ts';

let root: string;
let whole: string;
let folder: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'damaged-'));
  whole = join(root, 'whole');
  cpSync(join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-kill'), whole, {
    recursive: true,
  });
  writeReports(whole, await judgeAgain(whole));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  cpSync(whole, folder, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a damaged run', () => {
  it.each([
    ['plan.json', ''],
    ['plan.json', '{}'],
    ['run.json', '{ "runId": '],
    ['run.json', '{}'],
    ['evidence/answers.json', '{'],
  ])('is refused for its %s with the file and a hint: "%s"', async (name, text) => {
    writeFileSync(join(folder, name), text);
    const judged = judgeAgain(folder);
    await expect(judged).rejects.toThrow(UserError);
    await expect(judged).rejects.toThrow(new RegExp(`${name}: damaged, .*Hint: `));
  });

  it.each(['seen.parquet', 'facts.json', 'contents.json'])(
    'gets its %s made again',
    async (name) => {
      truncateSync(join(folder, 'evidence', name), 9);
      expect(await judgeAgain(folder)).toEqual(await judgeAgain(whole));
    },
  );

  it('gets tables of an older bench made again', async () => {
    const { tables: _, ...older } = loadJson(folder, 'recorded') ?? {};
    saveJson(folder, 'recorded', older);
    const seen = join(folder, 'evidence', 'seen.parquet');
    const before = statSync(seen).mtimeMs;
    expect(await judgeAgain(folder)).toEqual(await judgeAgain(whole));
    expect(statSync(seen).mtimeMs).toBeGreaterThan(before);
  });

  it('has a verdict once it is judged again', async () => {
    truncateSync(join(folder, 'verdict.json'), 9);
    await expect(compareFolders(folder, whole)).rejects.toThrow(/verdict.json: damaged.* judge /);
    writeReports(folder, await judgeAgain(folder));
    expect((await compareFolders(folder, whole)).buckets).toEqual([]);
  });
});
