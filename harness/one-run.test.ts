import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OneRunHost, runAndJudge } from './one-run.ts';
import { type PreparedRun, prepareRun } from './prepare.ts';
import { createReporter } from './report/progress.ts';

let reportsFolder: string;
beforeEach(() => {
  reportsFolder = mkdtempSync(join(tmpdir(), 'one-run-'));
});
afterEach(() => rmSync(reportsFolder, { recursive: true, force: true }));

const scenarioFile = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady.yaml');

const prepare = (seed: number): PreparedRun =>
  prepareRun({
    scenarioFile,
    pipelineFolder: undefined,
    edits: [],
    seed,
    runtime: 'embedded',
    reportsFolder,
  });

const hostOf = (start: OneRunHost['start'], lines: string[] = []): OneRunHost => ({
  start,
  binaries: new Map(),
  reporter: createReporter(false, (text) => void lines.push(text)),
  signal: new AbortController().signal,
  keep: undefined,
  interactive: false,
  write: () => undefined,
});

/** A run whose stack never comes up. */
async function fail(prepared: PreparedRun): Promise<void> {
  const running = runAndJudge(
    prepared,
    hostOf(() => Promise.reject(new Error('no stack'))),
  );
  await expect(running).rejects.toThrow('no stack');
}

describe('latest', () => {
  const latest = (): string => readlinkSync(join(reportsFolder, 'small-steady', 'latest'));

  it('leads to a run only once it recorded anything', async () => {
    const first = prepare(1);
    writeFileSync(join(first.runFolder, 'run.json'), '{}');
    await fail(first);
    expect(latest()).toBe(basename(first.runFolder));
    await fail(prepare(2));
    expect(latest()).toBe(basename(first.runFolder));
  });
});

it('a journal that can not be written any more ends the run, and what was started is ended', async () => {
  const prepared = prepare(3);
  let ended = false;
  const running = runAndJudge(
    prepared,
    hostOf(async (_, onEvent, signal) => {
      rmSync(join(prepared.runFolder, 'journal.jsonl'));
      mkdirSync(join(prepared.runFolder, 'journal.jsonl'));
      onEvent('the disk is full now');
      while (!signal.aborted) await once(signal, 'abort');
      ended = true;
      throw signal.reason;
    }),
  );
  await expect(running).rejects.toThrow("the journal can't be written: EISDIR");
  expect(ended).toBe(true);
});
