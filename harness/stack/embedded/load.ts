import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cpuMsOf } from '../../shell/proc-stat.ts';
import type { LoadProcess, LoadRequest } from '../types.ts';
import { lastLines } from './probe.ts';

export interface RunningLoad {
  readonly done: Promise<LoadProcess>;
  interrupt(): void;
}

/** Starts k6 in the run's own network, its console lines going to the outcomes file. */
export function startLoad(k6Binary: string, request: LoadRequest): RunningLoad {
  const logFile = join(dirname(request.outcomesFile), 'logs', 'k6.log');
  const log = openSync(logFile, 'a');
  const child = spawn(k6Binary, loadArguments(request), {
    env: {
      PATH: '/bin:/usr/bin',
      HOME: '/tmp',
      ...loadEnvironment(request),
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const cpu = { ms: 0 };
  const timer = setInterval(() => {
    cpu.ms = cpuMs(child) ?? cpu.ms;
  }, 200);
  const done = new Promise<LoadProcess>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(timer);
      resolve({
        exitCode: code ?? undefined,
        signal: signal ?? undefined,
        lastLines: lastLines(logFile, 12),
        userCpuMs: cpu.ms,
      });
    });
  });
  return { done, interrupt: () => void child.kill('SIGINT') };
}

/** k6's command line; outcomes are console lines, as a script can't write files. */
export const loadArguments = (request: LoadRequest): string[] => [
  'run',
  '--quiet',
  '--no-color',
  '--no-usage-report',
  '--log-format=raw',
  `--console-output=${request.outcomesFile}`,
  // What became of each block says more than k6's own sums, which took a thirtieth of its time.
  '--no-summary',
  '--no-thresholds',
  request.script,
];

/**
 * What the load script reads; k6 itself gets one processor, so that it leaves the other ones to the
 * pipeline, and collects garbage seldom, which was a tenth of what it took.
 */
export const loadEnvironment = (request: LoadRequest): Record<string, string> => ({
  GOGC: '1000',
  GOMEMLIMIT: '1GiB',
  GOMAXPROCS: '1',
  BENCH_BLOCKS: request.blocksFolder,
  BENCH_PARTS: String(request.parts),
  BENCH_START_MS: String(request.startMs),
  BENCH_ENTRIES: JSON.stringify(request.urls),
  ...(request.usersUrl === undefined ? {} : { BENCH_USERS_URL: request.usersUrl }),
});

/** User and system CPU of a process that still runs, from /proc. */
function cpuMs(child: ChildProcess): number | undefined {
  try {
    return cpuMsOf(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
