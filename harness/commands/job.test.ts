import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunRequest } from '../prepare.ts';
import { type Done, summaryText, worstCode } from './done.ts';
import type { Host } from './host.ts';
import { argumentsOf, runJob } from './job.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'job-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request: RunRequest = {
  scenarioFile: 'scenarios/steady.yaml',
  pipelineFolder: 'mine',
  edits: [],
  seed: 7,
  runtime: 'embedded',
  reportsFolder: '',
};
const done = { name: 'steady', result: 'pass', folder: 'reports/steady/x' };

/** Runs a job whose bench is this program instead. */
async function job(program: string, signal = new AbortController().signal) {
  const file = join(folder, 'bench.mjs');
  writeFileSync(file, program);
  const written: string[] = [];
  const host = {
    command: [process.execPath, file],
    acquire: { environment: process.env } as unknown as Host['acquire'],
    signal,
    write: (text: string) => void written.push(text),
  };
  return { result: await runJob(request, ['a:b=c'], host), written };
}
const tells = (what: unknown): string => `process.send(${JSON.stringify(what)});`;

it('takes what was told at a proper end, and prints all output in one piece', async () => {
  const { result, written } = await job(
    `console.log('one'); console.error('two'); console.log(process.argv.slice(2).join(' '));
     ${tells(done)} process.disconnect();`,
  );
  expect(result).toEqual(done);
  expect(written).toHaveLength(2);
  expect(written[1]).toMatch(/^\n== steady, after \d+ s\n/);
  for (const said of ['one', 'two', argumentsOf(request, ['a:b=c']).join(' ')])
    expect(written[1]).toContain(said);
});

it('hands on which collector is to run', () => {
  const args = argumentsOf({ ...request, collector: '0.151.0' }, []);
  expect(args.slice(args.indexOf('--collector'))[1]).toBe('0.151.0');
  expect(argumentsOf(request, [])).not.toContain('--collector');
});

it.each([
  [
    'a verdict by its exit code',
    `${tells({ ...done, result: 'fail' })} process.exitCode = 1;`,
    'fail',
  ],
  ['told to pass, and crashed behind it', `${tells(done)} process.exitCode = 255;`, 'broken'],
  ['told nothing, and ended well', '', 'broken'],
  ['told what is no result', `${tells({ result: 'fine' })}`, 'broken'],
  ['refused its input', 'process.exitCode = 254;', 'badInput'],
  ['was killed', "process.kill(process.pid, 'SIGKILL');", 'broken'],
])('a job that %s', async (_, program, result) => {
  expect((await job(`${program} process.disconnect?.();`)).result.result).toBe(result);
});

it('a program that can not be started is a broken run, no crash of the others', async () => {
  const host = { command: [join(folder, 'none')], acquire: { environment: {} } };
  const result = await runJob(request, [], {
    ...(host as unknown as Host),
    signal: new AbortController().signal,
    write: () => undefined,
  });
  expect(result.result).toBe('broken');
});

it('asks to end when the bench is interrupted', async () => {
  const stop = new AbortController();
  const listens = join(folder, 'listens');
  const started = job(
    `import { writeFileSync } from 'node:fs';
     process.on('SIGTERM', () => process.exit(130));
     setInterval(() => {}, 1_000);
     writeFileSync(${JSON.stringify(listens)}, '');`,
    stop.signal,
  );
  await vi.waitFor(() => expect(existsSync(listens)).toBe(true), { timeout: 20_000 });
  stop.abort();
  expect((await started).result.result).toBe('interrupted');
});

it('the summary has a line a run, and the worst decides', () => {
  const of = (result: Done['result']): Done => ({ ...done, result });
  expect(summaryText([of('pass'), of('fail'), of('pass')], false)).toMatch(
    /\npass +steady +reports[\s\S]*\nfail +steady[\s\S]*\n3 runs: 2 pass, 1 fail\n$/,
  );
  expect(worstCode([of('fail'), of('unknown')])).toBe(1);
  expect(worstCode([of('unknown'), of('pass')])).toBe(2);
  expect(worstCode([of('broken'), of('fail'), of('badInput')])).toBe(255);
  expect(worstCode([of('pass')])).toBe(0);
  expect(worstCode([])).toBe(255);
});
