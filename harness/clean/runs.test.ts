import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findRunFolders, removeAll, removeEmpty } from './runs.ts';

const id = '2026-11-21-11-48-27-544156';
let reports = '';
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'clean-test-'));
  mkdirSync(join(reports, 'steady', id, 'spill'), { recursive: true });
  writeFileSync(join(reports, 'steady', id, 'spill', 'table'), 'x'.repeat(100));
  writeFileSync(join(reports, 'steady', id, 'verdict.json'), '{}');
  writeFileSync(join(reports, 'steady', id, 'pid'), '4242');
  symlinkSync(id, join(reports, 'steady', 'latest'));
  mkdirSync(join(reports, 'steady', 'my notes'));
  writeFileSync(join(reports, 'README.md'), 'stays');
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

it('finds runs once, and nothing that only lies beside them', () => {
  const found = findRunFolders(reports);
  expect(found.map(({ folder }) => folder)).toEqual([join(reports, 'steady', id)]);
  expect(found[0]?.owner?.pid).toBe(4242);
  const names = found[0]?.scratch.map(({ path }) => path.slice(join(reports, 'steady', id).length));
  expect(names?.sort()).toEqual(['/pid', '/spill']);
});

it('removes what it is told, and says how much it was', () => {
  const scratch = findRunFolders(reports).flatMap((run) => run.scratch.map(({ path }) => path));
  expect(removeAll(scratch)).toBe(104);
  expect(readdirSync(join(reports, 'steady', id))).toEqual(['verdict.json']);
});

it('is not troubled by what another one removed meanwhile', () => {
  const scratch = findRunFolders(reports).flatMap((run) => run.scratch.map(({ path }) => path));
  rmSync(join(reports, 'steady', id, 'spill'), { recursive: true });
  expect(removeAll(scratch)).toBe(4);
});

it('takes away what then leads nowhere, and keeps what a person put there', () => {
  removeEmpty(reports);
  expect(existsSync(join(reports, 'steady', 'latest'))).toBe(true);
  removeAll([join(reports, 'steady', id)]);
  removeEmpty(reports);
  expect(readdirSync(join(reports, 'steady'))).toEqual(['my notes']);
  rmSync(join(reports, 'steady', 'my notes'), { recursive: true });
  removeEmpty(reports);
  expect(readdirSync(reports)).toEqual(['README.md']);
});
