import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineOf, watchMachine } from './machine.ts';
import { until } from './until.ts';

const stat = [
  'cpu  1000 200 300 5000 100 10 20 70 5 0',
  'cpu0 500 100 150 2500 50 5 10 35 5 0',
  'cpu1 500 100 150 2500 50 5 10 35 0 0',
  'intr 9 0 0',
  'procs_running 7',
  'procs_blocked 0',
];

it('reads what processors did, whoever had them', () => {
  // Guests' time stands in the users' as well.
  const known = { atMs: 5, processors: 2, idleMs: 51_000, busyMs: 16_000, runnable: 7 };
  expect(machineOf(stat.join('\n'), 5)).toEqual(known);
});

it.each([
  ['no sum', 0],
  ['no processors', 1, 2],
  ['no queue', 4],
])('knows nothing where there is %s', (_, ...left) => {
  const rest = stat.filter((_, i) => !left.includes(i));
  expect(machineOf(rest.join('\n'), 5)).toBeUndefined();
});

it('writes a line each time until it is stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'));
  const file = join(folder, 'machine.jsonl');
  const lines = (): string[] => {
    try {
      return readFileSync(file, 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  };
  try {
    const watch = watchMachine(file, () => 42);
    expect(await until(20_000, 20, () => (lines().length >= 2 ? true : undefined))).toBe(true);
    watch.stop();
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({ atMs: 42 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
