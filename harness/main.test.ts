import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
/** A scenario that there is none of: where the numbers are taken, this is what is wrong. */
const none = 'no-such-scenario';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [main, 'scenario', none, ...args], { encoding: 'utf8' });

describe('numbers of the command line', () => {
  it.each([
    ['--repeat', '0'],
    ['--repeat', ''],
    ['--seed', ' '],
    ['--seed', '1e30'],
    ['--seed', '0x10'],
    ['--seed', '9007199254740993'],
  ])('%s "%s" is none', (option, value) => {
    const { status, stderr } = bench(option, value);
    expect(stderr).toContain(`'${value}' is invalid. Expected a whole number`);
    expect(status).toBe(254);
  });

  it('are digits', () => {
    const { status, stderr } = bench('--repeat', '2', '--seed', '0');
    expect(stderr).toContain(`no scenario "${none}"`);
    expect(status).toBe(254);
  });
});

describe('the runtime', () => {
  it.each(['embedded', 'kind'])('%s is one', (runtime) => {
    const { status, stderr } = bench('--runtime', runtime);
    expect(stderr).toContain(`no scenario "${none}"`);
    expect(status).toBe(254);
  });

  it('is one of those', () => {
    const { status, stderr } = bench('--runtime', 'compose');
    expect(stderr).toContain('Allowed choices are embedded, kind');
    expect(status).toBe(254);
  });
});

it('says all that it says into a pipe that is read late', () => {
  const readme = join(import.meta.dirname, '..', 'scenarios', 'README.md');
  const bootstrap = join(import.meta.dirname, 'bootstrap.js');
  // By way of npm's entry: whose pipe it is then does not wait for who reads.
  const script = '"$0" "$1" list --markdown | (sleep 3; cat)';
  const { stdout } = spawnSync('sh', ['-c', script, process.execPath, bootstrap], {
    encoding: 'utf8',
  });
  expect(stdout).toBe(readFileSync(readme, 'utf8'));
});

it('cleans to its end before it goes', () => {
  const reports = mkdtempSync(join(tmpdir(), 'clean-'));
  try {
    const run = join(reports, 'steady', '2026-11-21-11-48-27-544156');
    mkdirSync(run, { recursive: true });
    const dead = 2 ** 22 + 1;
    writeFileSync(join(run, 'pid'), String(dead));
    // No Docker on this path: what stands in this machine's clusters is nobody's business here.
    const env = { ...process.env, BENCH_REPORTS: reports, PATH: reports };
    const { status, stdout } = spawnSync(process.execPath, [main, 'clean', '--reports'], {
      encoding: 'utf8',
      env,
    });
    expect(stdout).toContain('kind clusters: not looked for');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^recorded runs: /);
    expect(status).toBe(0);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});

it('a bench that can not be loaded is broken: it is no failed check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'enter-'));
  try {
    copyFileSync(join(import.meta.dirname, 'enter.js'), join(folder, 'enter.js'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'main.ts'), "import './missing.ts';");
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'enter.js')], {
      encoding: 'utf8',
    });
    expect(stderr).toContain("The bench can't be loaded");
    expect(status).toBe(255);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
