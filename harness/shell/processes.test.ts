import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isAlive, isAliveSince } from './processes.ts';

it('tells a process that runs from one that has ended', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  expect(isAlive(pid)).toBe(true);
  child.kill();
  await once(child, 'exit');
  expect(isAlive(pid)).toBe(false);
  expect(isAliveSince(pid, Date.now())).toBe(false);
});

it('tells a process from an earlier one with the same id', () => {
  expect(isAliveSince(process.pid, Date.now())).toBe(true);
  expect(isAliveSince(process.pid, Date.now() - 86_400_000)).toBe(process.platform !== 'linux');
});
