import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { findIsolation } from './isolation.ts';
import type { InnerMessage, InnerSpec } from './protocol.ts';

/** A cluster of no pods. */
const specOf = (runFolder: string): InnerSpec => ({
  runId: 'run',
  runFolder,
  pipeline: {
    name: 'none',
    tiers: [],
    services: [],
    backends: [],
    notes: [],
  } as unknown as InnerSpec['pipeline'],
  collectors: [],
  backends: [],
  allocators: [],
  plannedPods: [],
  app: [],
  connections: [],
  rotateLogsBytes: 1,
  workerNodes: ['node'],
  cgroups: undefined,
  nodeBinary: process.execPath,
  k6Binary: '',
  socketFolder: join(runFolder, 's'),
  readyTimeoutMs: 1_000,
  startRace: true,
  hidden: [],
});

it('leaves no sockets and volumes when whoever started it is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inner-'));
  try {
    for (const below of ['s', 'volumes/claims/queue']) {
      mkdirSync(join(folder, below), { recursive: true });
      writeFileSync(join(folder, below, 'file'), 'x');
    }
    const { command, args } = findIsolation(process.getuid?.() === 0);
    const script = join(import.meta.dirname, 'inner.ts');
    const child = spawn(command, [...args, process.execPath, script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const start = { id: 1, method: 'start', params: specOf(folder) };
    child.stdin.write(`${JSON.stringify(start)}\n`);
    for await (const line of createInterface({ input: child.stdout })) {
      const message = JSON.parse(line) as InnerMessage;
      if (!('id' in message)) continue;
      // What a killed process leaves open is closed by the kernel.
      child.stdin.end();
    }
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(folder)).toEqual(['evidence']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
