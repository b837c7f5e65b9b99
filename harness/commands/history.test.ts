import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addToHistory, readHistory } from '../history.ts';
import type { Verdict } from '../judge/types.ts';
import { UserError } from '../lib/errors.ts';
import { check, finding, verdict } from '../report/testing.ts';
import { bars, historyCommand } from './history.ts';

let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

/** Adds runs of a scenario, one a minute: `pass fail` and so on. */
function add(scenario: string, outcomes: string, over: Partial<Verdict> = {}): void {
  outcomes.split(' ').forEach((outcome, i) => {
    const failed = check({ verdict: 'fail', findings: [finding()] });
    const one = verdict({
      scenario,
      verdict: outcome as Verdict['verdict'],
      checks: outcome === 'fail' ? [failed] : [check()],
      timings: { total: 10_000 * (i + 1) },
      ...over,
    });
    addToHistory(reports, join(reports, scenario, `run-${i}`), one, 60_000 * i);
  });
}

describe('the history', () => {
  it.each([
    ['pass pass', undefined, 'run-1'],
    ['pass fail', 'run-1', 'run-0'],
    ['pass fail pass', undefined, 'run-2'],
    ['fail pass unknown fail fail', 'run-2', 'run-1'],
    ['fail fail', 'run-0', undefined],
  ])('of %s: the first bad run is %s, the last good one %s', async (outcomes, bad, good) => {
    add('kill', outcomes);
    const [trend] = await readHistory(reports, undefined);
    expect([trend?.firstBad?.run, trend?.lastGood?.run]).toEqual([bad, good]);
    expect(trend?.runs.map((run) => run.verdict).join(' ')).toBe(outcomes);
  });

  it('has a row a run, with what it found and where its spans went', async () => {
    add('kill', 'fail');
    const [trend] = await readHistory(reports, 'kill');
    expect(trend).toMatchObject({ scenario: 'kill', pipeline: 'two-tier', runtime: 'embedded' });
    expect(trend?.runs).toHaveLength(1);
    expect(trend?.runs[0]).toMatchObject({
      run: 'run-0',
      verdict: 'fail',
      lead: 'held-by-killed at gateway',
      tookMs: 10_000,
      deliveredShare: 0.22,
      lostShare: 0.03,
    });
  });

  it('tells pipelines and runtimes apart', async () => {
    add('kill', 'pass');
    add('steady', 'pass fail');
    addToHistory(
      reports,
      join(reports, 'steady', 'k'),
      verdict({ scenario: 'steady', runtime: 'kind' }),
      9,
    );
    const trends = await readHistory(reports, 'steady');
    expect(trends.map(({ runtime, firstBad }) => [runtime, firstBad?.run])).toEqual([
      ['embedded', 'run-1'],
      ['kind', undefined],
    ]);
  });

  it('is empty where nothing ran, and does not read what was never finished', async () => {
    expect(await readHistory(reports, undefined)).toEqual([]);
    mkdirSync(join(reports, '_history'));
    writeFileSync(join(reports, '_history', 'x.json.half'), '{"endedMs":');
    expect(await readHistory(reports, undefined)).toEqual([]);
  });

  it('is read in a folder whose name looks like a pattern', async () => {
    const outer = reports;
    reports = join(outer, 'work [1]*?');
    add('kill', 'pass fail');
    expect((await readHistory(reports, 'kill'))[0]?.runs).toHaveLength(2);
    rmSync(outer, { recursive: true });
  });

  it('names a row that is damaged, as a user’s matter', async () => {
    add('kill', 'pass');
    writeFileSync(join(reports, '_history', 'x.json'), '{"endedMs": 12');
    const read = readHistory(reports, undefined);
    await expect(read).rejects.toBeInstanceOf(UserError);
    await expect(read).rejects.toThrow(/_history\/x\.json.*Hint: remove/);
  });

  it('leaves a file a run and nothing else', () => {
    add('kill', 'pass fail');
    expect(readdirSync(join(reports, '_history')).sort()).toEqual([
      'kill-run-0.json',
      'kill-run-1.json',
    ]);
  });
});

describe('bench history', () => {
  const said = async (scenario?: string): Promise<string> => {
    const written: string[] = [];
    const host = { reportsFolder: reports, interactive: false };
    await historyCommand(scenario, { ...host, write: (text) => void written.push(text) });
    return written.join('');
  };

  it('shows the trend, the first bad run and the versions that changed before it', async () => {
    add('kill', 'pass', { versions: { otelcol: '0.151.0', tempo: '2' } });
    const bad = verdict({
      scenario: 'kill',
      verdict: 'fail',
      versions: { otelcol: '0.152.0', tempo: '2' },
    });
    addToHistory(reports, join(reports, 'kill', 'later'), bad, 1_000_000);
    expect(await said()).toMatch(
      /^kill on two-tier \(embedded\): 1 of 2 passed\n {2}✔✘ {2}took .*\n {2}first bad run later \(fail\); last good run-0\n.*changed: otelcol 0\.152\.0\n$/,
    );
  });

  it('lists each run of one scenario, with or without its folder', async () => {
    add('kill', 'pass fail');
    const text = await said('negative/kill');
    expect(text).toContain('pass     run-0');
    expect(text).toContain('held-by-killed at gateway');
    expect(text).toBe(await said('kill'));
    expect(await said('other')).toBe('no run of other in the history yet\n');
  });
});

it('bars show what grows, and nothing where all is alike', () => {
  expect(bars([1, 2, 3, 8])).toBe('▁▂▃█');
  expect(bars([100, 101, 102])).toBe('▁▁▁');
  expect(bars([5])).toBe('▁');
});
