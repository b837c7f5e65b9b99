import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read, root } from './tidy.testing.ts';

/** A user's repository into which npm put the bench, with the packages of this one. */
let user: string;
let packed: readonly string[];
beforeAll(() => {
  user = realpathSync(mkdtempSync(join(tmpdir(), 'bench-user-')));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', user];
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  packed = files.map(({ path }: { path: string }) => path);
  execFileSync('tar', ['xf', join(user, filename)], { cwd: user });
  const modules = join(user, 'node_modules');
  mkdirSync(modules);
  cpSync(join(user, 'package'), join(modules, 'otel-pipeline-bench'), { recursive: true });
  for (const name of dependencies) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  cpSync(join(root, 'fixtures', 'pipelines', 'two-tier'), join(user, 'manifests'), {
    recursive: true,
  });
});
afterAll(() => rmSync(user, { recursive: true, force: true }));

const dependencies = Object.keys(JSON.parse(read('package.json')).dependencies);
const cache = (): string => join(user, 'cache', 'otel-pipeline-bench', 'sources');

function bench(...args: readonly string[]) {
  const bin = join(user, 'node_modules', 'otel-pipeline-bench', 'harness', 'bin.js');
  const { PATH } = process.env;
  const env = { PATH, HOME: user, XDG_CACHE_HOME: join(user, 'cache') };
  return spawnSync(process.execPath, [bin, ...args], { cwd: user, encoding: 'utf8', env });
}

describe('the package', () => {
  it('holds what runs, and no test', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        ...['harness/bin.js', 'harness/main.ts', 'scenarios/steady.yaml', 'kind-config.yaml'],
        ...['fixtures/versions.yaml', 'fixtures/pipelines/two-tier.bench.yaml', 'LICENSE'],
      ]),
    );
    expect(
      packed.filter((path) => /\.test(ing)?\.ts$|^reports|^\.|node_modules/.test(path)),
    ).toEqual([]);
  });
});

describe('npx otel-pipeline-bench', () => {
  it('runs from a copy in the cache, which is made once', () => {
    const { stdout, stderr, status } = bench('list');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain('steady');
    const copies = readdirSync(cache());
    expect(copies).toHaveLength(1);
    expect(bench('list', '--tag', 'card').status).toBe(0);
    expect(readdirSync(cache())).toEqual(copies);
  });

  it('looks for reports and manifests where the user is', () => {
    const mistake = bench('scenario', 'steady', '--pipeline', './manifest');
    expect(mistake.status).toBe(254);
    expect(mistake.stderr).toContain('--pipeline: "./manifest" is neither');
    const none = bench('explain', 'latest', '00'.repeat(16));
    expect(none.stderr).toContain('no run "latest"; known: none yet');
    const run = join(root, 'fixtures', 'runs', 'small-steady');
    cpSync(run, join(user, 'reports', 'small-steady', '2026-01-01-00-00-00-1'), {
      recursive: true,
    });
    const judged = bench('judge', 'latest');
    expect(judged.stdout).toContain(
      'report: reports/small-steady/2026-01-01-00-00-00-1/report.html',
    );
    expect(
      existsSync(join(user, 'reports', 'small-steady', '2026-01-01-00-00-00-1', 'report.html')),
    ).toBe(true);
  });

  it('makes another copy where npm has put a package elsewhere', () => {
    const copies = readdirSync(cache()).length;
    const [own, other] = [join(user, 'node_modules', 'zod'), join(user, 'elsewhere')];
    cpSync(join(root, 'node_modules', 'zod'), other, { recursive: true, dereference: true });
    rmSync(own);
    symlinkSync(other, own);
    expect(bench('list').status).toBe(0);
    expect(readdirSync(cache())).toHaveLength(copies + 1);
    rmSync(own);
    symlinkSync(join(root, 'node_modules', 'zod'), own);
  });

  it('says which package is missing', () => {
    const zod = join(user, 'node_modules', 'zod');
    rmSync(zod);
    rmSync(cache(), { recursive: true });
    const { stderr, status } = bench('list');
    symlinkSync(join(root, 'node_modules', 'zod'), zod);
    expect({ stderr, status }).toMatchObject({
      status: 255,
      stderr: expect.stringContaining('package zod is not installed'),
    });
  });
});
