import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../shell/until.ts';
import { createHiding } from '../../tap/hide.ts';
import type { PodSample } from '../types.ts';
import type { Pod } from './kubelet.ts';
import { memoryBytesOf, type Sampler, startSampler } from './sampler.ts';

let folder: string;
let child: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sampler-'));
  mkdirSync(join(folder, 'evidence'));
  // As a container has one: the child waits for the process that is looked at.
  child = spawn('sh', ['-c', 'sh -c "while :; do :; done"; true'], { detached: true });
});
afterEach(() => {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function sampled(): PodSample[] {
  const file = join(folder, 'evidence', 'samples.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as PodSample);
}

function sampling(metricsPort: number): Sampler {
  const spec = { name: 'gateway-0', tier: 'gateway', cpuLimit: undefined };
  const pod = { spec, id: 'pod0', address: '127.0.0.1', child, ready: true } as unknown as Pod;
  return startSampler({
    runFolder: folder,
    pods: () => [pod],
    lives: () => [],
    cpuFolder: undefined,
    hiding: createHiding([]),
    now: Date.now,
    metricsPort,
  });
}

it('writes what a busy container takes and tells', async () => {
  const server = createServer((_, answer) => answer.end('otelcol_exporter_queue_size{} 7\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sampler = sampling((server.address() as AddressInfo).port);
  try {
    const found = await until(20_000, 50, async () => {
      const all = sampled();
      return all.length >= 4 && all.some(({ told }) => told) ? all : undefined;
    });
    const samples = found ?? [];
    expect(samples.find(({ told }) => told)?.told).toEqual({ queueSize: 7 });
    expect(samples.at(-1)?.cpuMs).toBeGreaterThan(samples[0]?.cpuMs ?? 0);
    expect(samples[0]?.memoryBytes).toBeGreaterThan(0);
    expect(samples[0]).not.toHaveProperty('throttling');
  } finally {
    await sampler.stop();
    server.close();
  }
});

it('asks what exporters counted when it ends', async () => {
  const text =
    'otelcol_receiver_accepted_spans 5\notelcol_exporter_sent_spans{exporter="debug"} 5\n';
  const server = createServer((_, answer) => answer.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sampler = sampling((server.address() as AddressInfo).port);
  await sampler.stop();
  server.close();
  expect(sampled().at(-1)?.told?.sentSpans).toEqual({ debug: 5 });
});

it('leaves out what a collector does not tell', async () => {
  const sampler = sampling(1);
  const found = await until(20_000, 50, async () => (sampled().length >= 6 ? true : undefined));
  await sampler.stop();
  expect(found).toBe(true);
  expect(sampled().some(({ told }) => told)).toBe(false);
});

it('counts what is swapped as memory', () => {
  expect(memoryBytesOf('VmPeak:\t 900 kB\nVmRSS:\t  100 kB\nVmSwap:\t   20 kB\n')).toBe(122_880);
});
