import { appendFileSync, readFileSync } from 'node:fs';
import { msOfTicks } from './proc-stat.ts';

/** How busy all processors of the machine were, whoever had them. */
export interface MachineSample {
  readonly atMs: number;
  readonly processors: number;
  /** Since the machine started, over all processors. */
  readonly idleMs: number;
  /** Since the machine started: of programs, of the kernel, and what other machines took. */
  readonly busyMs: number;
  /** Threads that ran, or waited for a processor, at this moment. */
  readonly runnable: number;
}

const everyMs = 250;

/**
 * Looks at the machine's processors four times a second and writes what it saw, a line each, until
 * it is stopped. Where there is no `/proc/stat` nothing is written: not known.
 */
export function watchMachine(file: string, now: () => number): { stop(): void } {
  const timer = setInterval(() => {
    try {
      const sample = machineOf(readFileSync('/proc/stat', 'utf8'), now());
      if (sample) appendFileSync(file, `${JSON.stringify(sample)}\n`);
    } catch {
      // A full disk breaks the run elsewhere, with more to say.
    }
  }, everyMs);
  // Whatever else goes wrong, it holds nobody up.
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Of the text of `/proc/stat` (proc_stat(5)); undefined where that is none. */
export function machineOf(stat: string, atMs: number): MachineSample | undefined {
  const ticks = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  const runnable = /^procs_running (\d+)$/m.exec(stat)?.[1];
  const processors = stat.match(/^cpu\d+ /gm)?.length ?? 0;
  if (!ticks || ticks.length < 4 || runnable === undefined || processors === 0) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = ticks;
  return {
    atMs,
    processors,
    idleMs: msOfTicks(idle + wait),
    busyMs: msOfTicks(user + nice + system + irq + soft + steal),
    runnable: Number(runnable),
  };
}
