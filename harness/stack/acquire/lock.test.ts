import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type LockHolder, withLock } from './lock.ts';
import { cleanUp, onCleanUp, temporaryDir } from './testing.ts';

afterEach(cleanUp);

/** Another process that takes the lock and keeps it until it is killed. */
async function holderProcess(file: string) {
  const module = new URL('./lock.ts', import.meta.url).href;
  const code =
    `const { withLock } = await import(${JSON.stringify(module)});` +
    `await withLock(${JSON.stringify(file)}, { doing: 'building tempo' }, async () => {` +
    "console.log('held'); await new Promise(() => setInterval(() => {}, 1000)); });";
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onCleanUp(async () => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('one at a time within a process, each gets its turn', async () => {
  const file = path.join(await temporaryDir(), 'locks', 'k6');
  let inside = 0;
  const worst: number[] = [];
  const work = async () => {
    inside += 1;
    worst.push(inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return worst.length;
  };
  const runs = [1, 2, 3].map(() => withLock(file, { doing: 'x' }, work));
  expect((await Promise.all(runs)).toSorted()).toEqual([1, 2, 3]);
  expect(worst).toEqual([1, 1, 1]);
});

test('a waiter learns who holds the lock, and gets it when the holder is killed', async () => {
  const file = path.join(await temporaryDir(), 'tempo');
  const child = await holderProcess(file);
  const holders: (LockHolder | undefined)[] = [];
  const result = await withLock(
    file,
    {
      doing: 'x',
      onWait: (holder) => {
        holders.push(holder);
        child.kill('SIGKILL');
      },
    },
    async () => 'mine',
  );
  expect(result).toBe('mine');
  expect(holders[0]).toEqual({ pid: child.pid, doing: 'building tempo' });
});

test('waiting ends when the signal is aborted, and the lock stays with its holder', async () => {
  const file = path.join(await temporaryDir(), 'tempo');
  await withLock(file, { doing: 'outer' }, async () => {
    const abort = new AbortController();
    const onWait = () => abort.abort();
    const waiting = withLock(file, { doing: 'x', onWait, signal: abort.signal }, async () => {});
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(existsSync(`${file}.holder`)).toBe(true);
  });
  expect(existsSync(`${file}.holder`)).toBe(false);
});

test('work that throws gives the lock back', async () => {
  const file = path.join(await temporaryDir(), 'tempo');
  const failing = withLock(file, { doing: 'x' }, async () => {
    throw new Error('no room');
  });
  await expect(failing).rejects.toThrow('no room');
  let waited = false;
  const onWait = () => {
    waited = true;
  };
  expect(await withLock(file, { doing: 'y', onWait }, async () => 1)).toBe(1);
  expect(waited).toBe(false);
});
