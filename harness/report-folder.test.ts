import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingTables } from './evidence/store.ts';
import { judgeAgain, judgeBroken } from './judge-folder.ts';
import { timeline, verdict } from './report/testing.ts';
import { writeReports } from './report-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reports = ['junit.xml', 'report.html', 'report.md', 'verdict.json'];
const written = [...reports, 'timeline.json'].sort();

describe('writeReports', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'blocks'));
    writeFileSync(join(folder, 'blocks', 'part'), 'x'.repeat(2_000));
    writeFileSync(join(folder, 'timeline.json'), JSON.stringify(timeline()));
  });

  it('writes every report whole and drops the blocks after a pass', () => {
    const { folderBytes } = writeReports(folder, verdict());
    expect(readdirSync(folder).sort()).toEqual(written);
    expect(folderBytes).toBeLessThan(2_000 + JSON.stringify(timeline()).length);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<svg');
    expect(JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8'))).toEqual(verdict());
  });

  it.each(['fail', 'unknown'] as const)('keeps the blocks after %s', (outcome) => {
    const { folderBytes } = writeReports(folder, verdict({ verdict: outcome }));
    expect(readdirSync(folder).sort()).toEqual(['blocks', ...written]);
    expect(folderBytes).toBeGreaterThanOrEqual(2_000);
  });

  it('replaces the reports of an earlier judging', () => {
    writeReports(folder, verdict({ verdict: 'fail' }));
    writeReports(folder, verdict());
    for (const name of reports) {
      expect(readFileSync(join(folder, name), 'utf8').toLowerCase()).toContain('pass');
    }
  });
});

describe('judging a stored run again', () => {
  beforeEach(() => {
    const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-kill');
    cpSync(recorded, folder, { recursive: true });
  });

  it('makes the tables that are not there, keeps the run’s timings, and says the same', async () => {
    expect(missingTables(folder)).not.toEqual([]);
    const first = await judgeAgain(folder);
    expect(missingTables(folder)).toEqual([]);
    expect(first.verdict).toBe('pass');
    writeReports(folder, { ...first, timings: { total: 1_234 } });
    expect(existsSync(join(folder, 'blocks'))).toBe(false);
    expect(await judgeAgain(folder)).toEqual({ ...first, timings: { total: 1_234 } });
  });

  it('does not go by tables whose records are gone', async () => {
    expect((await judgeAgain(folder)).verdict).toBe('pass');
    rmSync(join(folder, 'evidence', 'taps'), { recursive: true });
    expect((await judgeAgain(folder)).verdict).toBe('unknown');
  });

  it('of one that broke off is unknown, however often', async () => {
    const broken = await judgeBroken(folder, new Error('k6 ended with SIGKILL'));
    const again = await judgeAgain(folder);
    for (const { verdict: outcome, checks } of [broken, again]) {
      expect(outcome).toBe('unknown');
      expect(checks[0]).toMatchObject({ name: 'evidence', observed: 'k6 ended with SIGKILL' });
      expect(checks.some((check) => check.verdict === 'fail')).toBe(false);
    }
  });

  it('tells a user where nothing was recorded', async () => {
    rmSync(join(folder, 'run.json'));
    await expect(judgeAgain(folder)).rejects.toThrow(/run.json is missing/);
  });
});
