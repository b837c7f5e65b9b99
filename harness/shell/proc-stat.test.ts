import { expect, it } from 'vitest';
import { cpuMsOf } from './proc-stat.ts';

it('reads a process’s time whatever its name is', () => {
  expect(cpuMsOf('7 (a) b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 100')).toBe(3_000);
});
