import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renderJson } from '../report/json.ts';
import { verdict } from '../report/testing.ts';
import { readSummary, writeSummary } from './summary.ts';

let reportsFolder = '';
beforeEach(() => {
  reportsFolder = realpathSync(mkdtempSync(join(tmpdir(), 'summary-')));
});
afterEach(() => rmSync(reportsFolder, { recursive: true, force: true }));

function recorded(name: string): string {
  const folder = join(reportsFolder, name, '1');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'verdict.json'), renderJson(verdict()));
  return folder;
}

it('writes one page over all runs, with links that lead to them, and which they were', () => {
  const folder = recorded('steady');
  const ended = [
    { name: 'steady', result: 'pass' as const, folder, tookMs: 1_000 },
    { name: 'typo', result: 'badInput' as const, folder: '', tookMs: 1 },
  ];
  const page = writeSummary({ ended, reportsFolder, startMs: 0, tookMs: 1_001, seed: 7 });
  expect(page).toBe(join(reportsFolder, '_summary', '1970-01-01-00-00-00-7', 'summary.html'));
  const [, link = ''] = /href="([^"]*)"/.exec(readFileSync(page, 'utf8')) ?? [];
  expect(join(dirname(page), link)).toBe(join(folder, 'report.html'));
  expect(readFileSync(join(dirname(page), 'summary.md'), 'utf8')).toContain('| typo |');
  expect(readSummary(join(reportsFolder, '_summary', 'latest'))).toEqual([
    { name: 'steady', result: 'pass', folder: expect.stringMatching(/steady\/1$/) },
    { name: 'typo', result: 'badInput' },
  ]);
  const again = writeSummary({ ended, reportsFolder, startMs: 0, tookMs: 1_001, seed: 7 });
  expect(again).not.toBe(page);
});

it('shows a run whose verdict is damaged as it was told to have ended', () => {
  const folder = recorded('steady');
  writeFileSync(join(folder, 'verdict.json'), '{ "verdict": ');
  const ended = [{ name: 'steady', result: 'pass' as const, folder, tookMs: 1_000 }];
  const page = writeSummary({ ended, reportsFolder, startMs: 0, tookMs: 1, seed: 7 });
  expect(readFileSync(page, 'utf8')).toContain('1 pass');
});

it('refuses a folder that is none', () => {
  expect(() => readSummary(reportsFolder)).toThrow('runs.json is missing');
});
