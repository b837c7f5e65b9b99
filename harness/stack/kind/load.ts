import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { loadArguments, loadEnvironment } from '../embedded/load.ts';
import { lastLines } from '../embedded/probe.ts';
import type { LoadProcess, LoadRequest } from '../types.ts';
import { type DockerContainer, startContainer } from './container.ts';
import type { RunNames } from './names.ts';

/** How long k6 takes, in a container of its own, until it sends. */
export const loadLeadMs = 6_000;

const runInside = '/run-folder';
const scriptsInside = '/scripts';
const lookEveryMs = 1_000;

export interface LoadSettings {
  readonly names: RunNames;
  readonly image: string;
  readonly user: string | undefined;
  readonly runFolder: string;
}

/** Paths as k6 sees them in its container. */
export function requestInside(request: LoadRequest, runFolder: string): LoadRequest {
  const inside = (path: string): string =>
    `${runInside}/${relative(runFolder, path).replaceAll('\\', '/')}`;
  return {
    ...request,
    script: `${scriptsInside}/${basename(request.script)}`,
    blocksFolder: inside(request.blocksFolder),
    outcomesFile: inside(request.outcomesFile),
  };
}

/** Runs k6 beside the cluster; its console lines go to the outcomes file. */
export async function runLoad(
  settings: LoadSettings,
  request: LoadRequest,
  signal: AbortSignal,
): Promise<LoadProcess> {
  signal.throwIfAborted();
  const inside = requestInside(request, settings.runFolder);
  const logFile = join(dirname(request.outcomesFile), 'logs', 'k6.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const container = await startContainer({
    name: settings.names.load,
    image: settings.image,
    network: settings.names.network,
    labels: settings.names.labels,
    user: settings.user,
    entrypoint: ['k6'],
    command: loadArguments(inside),
    environment: {
      HOME: '/tmp',
      ...loadEnvironment(inside),
    },
    mounts: [
      { source: settings.runFolder, target: runInside, mode: 'rw' },
      { source: dirname(request.script), target: scriptsInside, mode: 'ro' },
    ],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  container.output.pipe(log, { end: false });
  container.errors.pipe(log, { end: false });
  const interrupt = (): void => void container.docker.kill({ signal: 'SIGINT' }).catch(() => {});
  signal.addEventListener('abort', interrupt, { once: true });
  const cpu = { ms: 0 };
  const timer = setInterval(() => void noteCpu(container.docker, cpu), lookEveryMs);
  try {
    const exitCode = await container.exited;
    await new Promise((resolve) => log.end(resolve));
    return {
      exitCode,
      signal: undefined,
      lastLines: lastLines(logFile, 12),
      userCpuMs: cpu.ms,
    };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', interrupt);
    await container.remove();
  }
}

const nanosPerMs = 1e6;

/** CPU of a container that still runs, of all its processes. */
async function noteCpu(docker: DockerContainer, cpu: { ms: number }): Promise<void> {
  // Of a container that has just ended the engine tells nothing, whatever the type says.
  const stats: { cpu_stats?: { cpu_usage?: { total_usage?: number } } } | undefined = await docker
    .stats({ stream: false, 'one-shot': true })
    .catch(() => undefined);
  const nanos = stats?.cpu_stats?.cpu_usage?.total_usage ?? 0;
  cpu.ms = Math.max(cpu.ms, Math.round(nanos / nanosPerMs));
}
