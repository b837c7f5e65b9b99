import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { requestsOf } from './requests.ts';
import { read } from './tidy.testing.ts';

// The parser imports its schema without saying that it is JSON, which Node asks for.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { parseWorkflow, NoOperationTraceWriter } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');

const actionFile = 'action.yml';
const [check, nightly] = ['.github/workflows/check.yml', '.github/workflows/nightly.yml'];
const files = [actionFile, check, nightly];

function mistakes(name: string, content: string): string[] {
  const parser = name === actionFile ? parseAction : parseWorkflow;
  const { context } = parser({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: unknown;
}
interface Written {
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
  readonly runs?: Job;
  readonly inputs?: Readonly<Record<string, unknown>>;
}
const written = (file: string): Written => parse(read(file));
const stepsOf = (file: string): readonly Step[] => {
  const { jobs = {}, runs } = written(file);
  return [...Object.values(jobs), ...(runs ? [runs] : [])].flatMap(({ steps }) => steps);
};

describe.each(files)('%s', (file) => {
  it('is what GitHub reads as one', () => {
    expect(mistakes(file, read(file))).toEqual([]);
  });

  it('pins each action that is not ours to a commit, and says which version that is', () => {
    const used = [...read(file).matchAll(/uses: (.*)/g)].map(([, uses = '']) => uses);
    const ours = used.filter((uses) => uses === './');
    const pinned = used.filter((uses) =>
      /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses),
    );
    expect([...ours, ...pinned].toSorted()).toEqual(used.toSorted());
  });

  it('puts nothing into the text of a shell: what is handed in comes by its environment', () => {
    expect(stepsOf(file).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });
});

it('the nightly runs the collectors before and after the pinned one', () => {
  const { binaries } = parse(read('fixtures/versions.yaml'));
  const [major, minor] = binaries['otelcol-contrib'].version.split('.').map(Number);
  const { collectors } = parse(read(nightly)).jobs;
  const around = [minor - 1, minor + 1].map((other) => `${major}.${other}.0`);
  expect(collectors.strategy.matrix.collector).toEqual(around);
});

describe('the check of workflows', () => {
  it.each([
    ['a word that GitHub does not know', check, 'timeout-minutes:', 'timeout-minute:'],
    ['an expression that is none', nightly, 'failure() }}', 'failure( }}'],
    ['a step without a shell', actionFile, '      shell: bash\n', ''],
    ['a context that is not there', nightly, 'matrix.tag', 'matrices.tag'],
  ])('sees %s', (_, file, from, to) => {
    expect(read(file)).toContain(from);
    expect(mistakes(file, read(file).replace(from, to))).not.toEqual([]);
  });
});

describe('the workflows', () => {
  it('may read, and only the report may write, an issue', () => {
    const asked = [check, nightly].flatMap((file) => {
      const { permissions, jobs = {} } = written(file);
      return [permissions, ...Object.values(jobs).flatMap((job) => job.permissions ?? [])];
    });
    expect(asked).toEqual([
      { contents: 'read' },
      { contents: 'read' },
      { actions: 'read', issues: 'write' },
    ]);
  });

  it('hand our action what it takes', () => {
    const inputs = Object.keys(written(actionFile).inputs ?? {});
    const handed = [check, nightly]
      .flatMap(stepsOf)
      .flatMap((step) => (step.uses === './' ? Object.keys(step.with ?? {}) : []));
    expect(handed.filter((name) => !inputs.includes(name))).toEqual([]);
  });

  it('run on kind what kind can', () => {
    const [step] = stepsOf(nightly).filter((one) => one.with?.runtime === 'kind');
    const names = step?.with?.scenarios?.split(' ') ?? [];
    const more = { tags: [], pipelineFolder: undefined, seed: 1, edits: [], repeat: 1 };
    const options = { ...more, names, runtime: 'kind' as const, draw: undefined };
    expect(requestsOf(options, '').requests).toHaveLength(names.length);
    expect(names.length).toBeGreaterThan(3);
  });
});

describe('a shell step', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that is found first, and notes its arguments a line each. */
  function stand(name: string, body = ''): void {
    const file = join(folder, 'bin', name);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(file, `#!/bin/bash\nprintf '%s\\n' "$@" >>"$CALLS"\n${body}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs a step's text as GitHub does. */
  function run(file: string, name: string, environment: Readonly<Record<string, string>>) {
    const step = stepsOf(file).find((one) => one.name === name);
    // What is not set here is as empty as an input that nobody gave.
    const unset = Object.fromEntries(Object.keys(step?.env ?? {}).map((key) => [key, '']));
    const { status } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? 'exit 99'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...unset,
          PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
          CALLS: join(folder, 'calls'),
          GITHUB_OUTPUT: join(folder, 'output'),
          ...environment,
        },
      },
    );
    return { status, calls: readFileSync(join(folder, 'calls'), 'utf8').split('\n').slice(0, -1) };
  }
  const output = (): string => readFileSync(join(folder, 'output'), 'utf8');

  it('runs the bench with what was handed in, as data, and keeps its exit code', () => {
    stand('node', 'exit 2');
    const { status, calls } = run(actionFile, 'run the scenarios', {
      BENCH: 'bench.js',
      BENCH_REPORTS: join(folder, 'reports'),
      SCENARIOS: 'steady *\n$(touch hit) --keep',
      PIPELINE: 'my manifests; touch hit',
      RUNTIME: 'embedded',
      JOBS: '2',
    });
    expect(status).toBe(0);
    expect(output()).toBe('code=2\n');
    expect(calls).toEqual([
      ...['bench.js', 'scenario', '--confirm', '--runtime', 'embedded'],
      ...['--pipeline', 'my manifests; touch hit', '--jobs', '2', '--'],
      ...['steady', '*', '$(touch', 'hit)', '--keep'],
    ]);
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).not.toContain('hit');
  });

  it('knows the programs by what their versions say', () => {
    stand('true');
    writeFileSync(join(folder, 'calls'), '');
    const VERSIONS = join(folder, 'versions.yaml');
    for (const text of ['tempo: 1', 'tempo: 2', 'tempo: 1']) {
      writeFileSync(VERSIONS, text);
      expect(run(actionFile, 'know the programs by their versions', { VERSIONS }).status).toBe(0);
    }
    const [first, second, third] = output().split('\n');
    expect(first).toMatch(/^key=[0-9a-f]{16}$/);
    expect(second).not.toBe(first);
    expect(third).toBe(first);
  });

  it('runs all of a tag where no name is given', () => {
    stand('node');
    const { calls } = run(actionFile, 'run the scenarios', {
      BENCH: 'bench.js',
      BENCH_REPORTS: folder,
      RUNTIME: 'kind',
      TAG: 'card',
      WITHOUT: 'missed',
      SEED: '7',
    });
    const options = ['--tag', 'card', '--without', 'missed', '--seed', '7'];
    expect(calls.slice(2)).toEqual(['--confirm', '--runtime', 'kind', ...options, '--']);
    expect(output()).toBe('code=0\n');
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['254', 254],
    ['', 1],
  ])('ends as the bench did: %s', (CODE, status) => {
    stand('node');
    writeFileSync(join(folder, 'calls'), '');
    expect(run(actionFile, 'as they came out', { CODE }).status).toBe(status);
  });

  it.each([
    ['opens an issue', '', ['issue', 'create', '--title', 'The nightly is red']],
    ['adds to the one that is open', '12', ['issue', 'comment', '12']],
  ])('of the nightly %s, with the reports', (_, open, call) => {
    const summary = join(folder, 'reports', 'nightly-kind', '_summary', '1');
    mkdirSync(summary, { recursive: true });
    writeFileSync(join(summary, 'summary.md'), '# ✘ 2 runs: 1 pass, 1 flaky\n');
    stand(
      'gh',
      `if [ "$2" = list ]; then printf '%s\\n' "${open}"; fi; cat body.md >"$CALLS.body"`,
    );
    const { status, calls } = run(
      nightly,
      'open an issue with the report, or add to the one that is open',
      {
        RUN: 'https://example.test/runs/1',
      },
    );
    expect(status).toBe(0);
    expect(calls.join(' ')).toContain(call.join(' '));
    const body = readFileSync(join(folder, 'calls.body'), 'utf8');
    expect(body).toContain('The nightly is red: https://example.test/runs/1');
    expect(body).toContain('1 flaky');
  });
});
