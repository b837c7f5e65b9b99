import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Verdict } from '../judge/types.ts';
import { renderJson } from '../report/json.ts';
import { check, finding, verdict } from '../report/testing.ts';
import { githubCommand } from './github.ts';
import { type Ended, writeSummary } from './summary.ts';

let reportsFolder: string;
beforeEach(() => {
  reportsFolder = mkdtempSync(join(tmpdir(), 'github-'));
});
afterEach(() => rmSync(reportsFolder, { recursive: true, force: true }));

const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'runs', 'small-kill');

function ended(result: Ended['result'], over: Partial<Verdict>): Ended {
  const folder = join(reportsFolder, 'small-kill', result);
  mkdirSync(folder, { recursive: true });
  cpSync(join(recorded, 'plan.json'), join(folder, 'plan.json'));
  writeFileSync(join(folder, 'verdict.json'), renderJson(verdict(over)));
  writeFileSync(join(folder, 'report.md'), `report of ${result}\n`);
  return { name: 'small-kill', result, folder, tookMs: 1 };
}

function said(code: number) {
  const [summaryFile, outputFile] = ['summary', 'output'].map((name) => join(reportsFolder, name));
  const written: string[] = [];
  const host = { reportsFolder, write: (text: string) => void written.push(text) };
  githubCommand(code, { summaryFile, outputFile }, host);
  const read = (file = ''): string => readFileSync(file, 'utf8');
  return { written: written.join(''), summary: read(summaryFile), output: read(outputFile) };
}
const summarize = (...runs: readonly Ended[]): void =>
  void writeSummary({ ended: runs, reportsFolder, startMs: 0, tookMs: 1, seed: 1 });

const failed: Partial<Verdict> = {
  verdict: 'fail',
  checks: [check({ verdict: 'fail', findings: [finding()] })],
};

it('annotates the expectation that did not hold, and hands on the reports', () => {
  summarize(ended('pass', {}), ended('fail', failed));
  const { written, summary, output } = said(1);
  expect(written).toMatch(
    /^::error file=fixtures\/runs\/small-kill\.yaml,line=\d+,col=\d+,title=small-kill%3A held-by-killed at gateway::/,
  );
  const [, line] = /line=(\d+)/.exec(written) ?? [];
  const scenario = readFileSync(`${recorded}.yaml`, 'utf8').split('\n');
  expect(scenario[Number(line) - 1]).toContain('lost:');
  expect(written.split('\n')).toHaveLength(2);
  expect(summary).toMatch(/^# ✘ 2 runs: 1 pass, 1 fail\n[\s\S]*report of fail\n/);
  expect(summary).not.toContain('report of pass');
  expect(output).toBe(`verdict=fail\nreports=${reportsFolder}\n`);
});

it('calls flaky what only was that', () => {
  summarize(ended('flaky', failed), ended('pass', {}));
  expect(said(1).output).toContain('verdict=flaky\n');
});

it('says nothing of what passed', () => {
  summarize(ended('pass', {}));
  expect(said(0)).toMatchObject({ written: '', output: expect.stringContaining('verdict=pass\n') });
});

it('says that it came to nothing where it did', () => {
  const { written, summary, output } = said(254);
  expect(written).toMatch(/^::error title=badInput::It came to no run/);
  expect(summary).toBe('It came to no run.\n');
  expect(output).toContain('verdict=badInput\n');
});
