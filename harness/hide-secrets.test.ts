import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEditValue } from './edit-value.ts';
import { readPipelineFiles } from './pipeline-files.ts';
import { type PreparedRun, pipelinesFolder, prepareRun, understand } from './prepare.ts';
import { rerunOf } from './rerun.ts';
import { loadSource } from './run-source.ts';

const key = 'planted-4711-KEY';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secretOf = (body: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: vendor, namespace: observability }\n${body}\n`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  for (const { path, text } of readPipelineFiles(join(pipelinesFolder, 'two-tier'))) {
    write(path.split('/').at(-1) ?? '', text);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** Changes the gateway's manifest. */
function edit(from: string, to: string): void {
  const file = join(folder, 'gateway.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

const withVariable = (name: string, of: string): void =>
  edit(
    '  serviceAccount: otel-gateway\n',
    `  serviceAccount: otel-gateway\n  env: [{ name: ${name}, valueFrom: { secretKeyRef: { name: vendor, key: ${of} } } }]\n`,
  );

const set = (...words: string[]) => words.map((word) => parseEditValue(word));

function prepare(
  edits = set(),
  scenarioFile = join(pipelinesFolder, '../../scenarios/steady.yaml'),
) {
  return prepareRun({
    scenarioFile,
    pipelineFolder: folder,
    benchFile: join(pipelinesFolder, 'two-tier.bench.yaml'),
    edits,
    seed: 7,
    runtime: 'embedded',
    reportsFolder: join(folder, 'reports'),
  });
}

const saved = ({ runFolder }: PreparedRun): string =>
  readFileSync(join(runFolder, 'plan.json'), 'utf8');

/** What the gateway's containers get. */
const literals = ({ pipeline }: Pick<PreparedRun, 'pipeline'>): unknown =>
  pipeline.tiers.find(({ name }) => name === 'gateway')?.workload.environment;

// Each plans a run three times.
describe('what is saved of a run', { timeout: 30_000 }, () => {
  it.each<[string, string]>([
    ['stringData', `stringData: { api-key: ${key} }`],
    ['stringData in quotes, with a comment', `stringData:\n  api-key: "${key}" # ${key}`],
    ['data', `data: { api-key: ${base64(key)} }`],
    ['data with the end of a line', `data: { api-key: ${base64(`${key}\n`)} }`],
    [
      'data on two lines',
      `data:\n  api-key: |\n    ${base64(key).slice(0, 8)}\n    ${base64(key).slice(8)}`,
    ],
  ])('holds no Secret: %s', (_, body) => {
    write('secret.yaml', secretOf(body));
    withVariable('KEY', 'api-key');
    const run = prepare();
    const text = saved(run);
    for (const form of [key, base64(key), base64(key).slice(0, 8)]) {
      expect(text).not.toContain(form);
    }
    expect(JSON.stringify(literals(run))).toContain(key);
    expect(run.source.secrets).toEqual({ hidden: ['key "api-key" of Secret "vendor"'], kept: [] });
    // Judged again it is the same run.
    const again = understand(loadSource(run.runFolder));
    expect(again.plan.hash).toBe(run.plan.hash);
    expect(JSON.stringify(literals(again))).toMatch(/"literal":"[A-Za-z]{16}(\\n)?"/);
  });

  it('holds none that is set for the run, nor does the line that runs it again', () => {
    write('secret.yaml', secretOf('stringData: { api-key: another-4711 }'));
    const run = prepare(set(`Secret/vendor:stringData.api-key=${key}`));
    expect(saved(run)).not.toContain(key);
    expect(saved(run)).not.toContain('another-4711');
    expect(JSON.stringify(run.pipeline.resources)).toContain(key);
    expect(rerunOf(run.source)).toContain(
      `--set 'Secret/vendor:stringData.api-key=(hidden)' --seed 7 # write the secret where (hidden) stands`,
    );
  });

  it('holds none that is set once more elsewhere, nor does the line that runs it again', () => {
    write('secret.yaml', secretOf(`stringData: { api-key: ${key} }`));
    const run = prepare(set(`gateway:spec.env=[{ name: A, value: ${key} }]`));
    expect(saved(run)).not.toContain(key);
    expect(rerunOf(run.source)).toContain(`'gateway:spec.env=(hidden)' --seed`);
  });

  it('holds no line of a key', () => {
    const lines = ['-----BEGIN EC PRIVATE KEY-----', 'MHcCAQEEIJ4711plantedkey', 'oAoGCCqGSM49'];
    write('secret.yaml', secretOf(`stringData:\n  tls.key: |\n    ${lines.join('\n    ')}`));
    const text = saved(prepare());
    for (const line of lines) expect(text).not.toContain(line);
  });

  it('is what it was where the folder has no Secret', () => {
    const run = prepare();
    expect(run.hidden).toEqual([]);
    expect(saved(run)).not.toContain('"secrets"');
  });

  it.each<[string, string]>([
    ['in the open elsewhere', 'OpenTelemetryCollector'],
    ['of the load', 'checkout'],
    ['short', 'a1b2'],
  ])('holds what is %s, and says so', (_, value) => {
    write('secret.yaml', secretOf(`stringData: { api-key: ${value} }`));
    const run = prepare();
    expect(run.hidden).toEqual([]);
    expect(run.source.secrets?.kept).toEqual(['key "api-key" of Secret "vendor"']);
    expect(run.said.join()).toContain(
      'key "api-key" of Secret "vendor": its value is saved as it is',
    );
  });

  it('names a value that is written so that it can’t be found', () => {
    write('secret.yaml', secretOf('stringData: { api-key: "planted\\x2d4711-KEY" }'));
    expect(() => prepare()).toThrow('key "api-key" of Secret "vendor" can\'t be kept out');
  });
});
