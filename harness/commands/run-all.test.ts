import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunRequest } from '../prepare.ts';
import { renderJson } from '../report/json.ts';
import { verdict } from '../report/testing.ts';
import type { Done } from './done.ts';
import { type RunAllOptions, runAll } from './run-all.ts';
import { readSummary } from './summary.ts';

let reportsFolder: string;
beforeEach(() => {
  reportsFolder = mkdtempSync(join(tmpdir(), 'run-all-'));
});
afterEach(() => rmSync(reportsFolder, { recursive: true, force: true }));

const request = (name: string): RunRequest => ({
  scenarioFile: `${name}.yaml`,
  pipelineFolder: undefined,
  edits: [],
  seed: 7,
  runtime: 'embedded',
  reportsFolder,
});

/** Runs scenarios that come out so, one after the other where there are several. */
async function all(
  outcomes: Readonly<Record<string, readonly Done['result'][]>>,
  options: Partial<RunAllOptions> = {},
  stopAfter?: string,
) {
  const stop = new AbortController();
  const written: string[] = [];
  const times = new Map<string, number>();
  const run = async ({ scenarioFile }: RunRequest): Promise<Done> => {
    const name = scenarioFile.replace('.yaml', '');
    const number = times.get(name) ?? 0;
    times.set(name, number + 1);
    const folder = join(reportsFolder, name, String(number));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'verdict.json'), renderJson(verdict({ scenario: name })));
    if (name === stopAfter) stop.abort();
    return { name, result: outcomes[name]?.[number] ?? 'broken', folder };
  };
  const host = { reportsFolder, interactive: false, signal: stop.signal };
  const ended = await runAll(
    Object.keys(outcomes).map(request),
    { jobs: 1, confirm: false, ...options },
    run,
    { ...host, write: (text) => void written.push(text) },
  );
  return { ended: ended.map(({ name, result }) => [name, result]), said: written.join('') };
}
const latest = (): string => join(reportsFolder, '_summary', 'latest');

it('writes one page over several runs and says where it is', async () => {
  const { ended, said } = await all({ steady: ['pass'], kill: ['fail'] }, { jobs: 2 });
  expect(ended).toEqual([
    ['steady', 'pass'],
    ['kill', 'fail'],
  ]);
  expect(said).toMatch(/2 runs: 1 pass, 1 fail\nall on one page: .*_summary\/.*\/summary\.html\n$/);
  expect(readSummary(latest()).map(({ name }) => name)).toEqual(['steady', 'kill']);
});

it('writes none of a single run: its own report is the page', async () => {
  expect((await all({ steady: ['pass'] })).said).toBe('');
  expect(existsSync(latest())).toBe(false);
});

it('runs once more what did not pass, if it is to, and never what passed', async () => {
  const outcomes = { steady: ['pass'], kill: ['fail', 'pass'], late: ['unknown', 'pass'] } as const;
  expect((await all(outcomes, { confirm: true })).ended).toEqual([
    ['steady', 'pass'],
    ['kill', 'flaky'],
    ['late', 'pass'],
  ]);
  const [, kill] = readSummary(latest());
  expect(kill).toMatchObject({ result: 'flaky', folder: expect.stringMatching(/kill\/0$/) });
});

it('begins nothing, and confirms nothing, once the user wants to end', async () => {
  const outcomes = { steady: ['pass'], kill: ['fail', 'pass'], late: ['pass'] } as const;
  const { ended, said } = await all(outcomes, { confirm: true }, 'kill');
  expect(ended).toEqual([
    ['steady', 'pass'],
    ['kill', 'fail'],
  ]);
  expect(said).toContain('2 runs: 1 pass, 1 fail');
});
