import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { statFields, ticksPerSecond } from './proc-stat.ts';

/** Whether a process with this id runs; another user's counts too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process that had this id at a moment still runs: ids are used again. Where /proc does
 * not tell when a process started, whoever has the id now is taken for it.
 */
export function isAliveSince(pid: number, sinceMs: number): boolean {
  if (!isAlive(pid)) return false;
  const startedMs = startOf(pid);
  return startedMs === undefined || startedMs <= sinceMs + 1_000;
}

/** Epoch milliseconds; from ticks since the machine's own start. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = Number(statFields(stat)[19]);
    const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return Date.now() - (upSeconds - ticks / ticksPerSecond) * 1_000;
  } catch {
    return undefined;
  }
}

/**
 * Where process ids mean what they mean here: the machine, and the process namespace, which a
 * container has of its own even where it shares the machine's name.
 */
export function processScope(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
