import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TapCommand, TapEndpoint, TapReport } from '../../tap/entry.ts';
import type { TapCounts } from '../types.ts';

const entry = join(import.meta.dirname, '..', '..', 'tap', 'entry.ts');

/** The tap's process, driven over its standard input. */
export interface Taps {
  /** Resolves when the endpoint listens. */
  open(endpoint: TapEndpoint): Promise<void>;
  /** Stops listening at an address whose pod is gone. */
  shut(name: string): void;
  /** Writes the end records; resolves when all of it is on disk. */
  close(): Promise<void>;
  readonly pid: number;
}

export function startTaps(
  nodeBinary: string,
  onCounts: (counts: Record<string, TapCounts>) => void,
  onDeath: (message: string) => void,
): Taps {
  const child = spawn(nodeBinary, [entry], { stdio: ['pipe', 'pipe', 'inherit'] }) as ChildProcess;
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  let closed = false;
  let ended: Error | undefined;
  const send = (command: TapCommand): void => {
    child.stdin?.write(`${JSON.stringify(command)}\n`);
  };
  const wait = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (ended) reject(ended);
      else waiting.set(name, { resolve, reject });
    });
  /** A later word on the same endpoint finds nobody waiting: then it is a failure of the run. */
  const take = (name: string) => {
    const waiter = waiting.get(name);
    waiting.delete(name);
    return waiter;
  };
  child.stdin?.on('error', () => undefined);
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as TapReport;
      if (report.event === 'counts') onCounts(report.counts as Record<string, TapCounts>);
      else if (report.event === 'open') take(report.name)?.resolve();
      else if (report.event === 'closed') take('close')?.resolve();
      else {
        const error = new Error(`tap ${report.name}: ${report.message}`);
        const waiter = take(report.name);
        if (waiter) waiter.reject(error);
        else onDeath(error.message);
      }
    });
  }
  child.once('exit', (code, signal) => {
    ended = new Error(`the tap ended (${signal ?? `exit code ${code}`})`);
    for (const waiter of waiting.values()) waiter.reject(ended);
    if (!closed) onDeath(ended.message);
  });
  return {
    pid: child.pid ?? 0,
    open: (endpoint) => {
      send({ command: 'open', endpoint });
      return wait(endpoint.name);
    },
    shut: (name) => send({ command: 'shut', name }),
    close: async () => {
      closed = true;
      send({ command: 'close' });
      await wait('close');
    },
  };
}
