import { spawnSync } from 'node:child_process';
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
