import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const known = new WeakMap<ChildProcess, number>();

/**
 * The container behind a child of `startContainer`: the process that the child waits for. Undefined
 * until there is one, and after both have ended.
 */
export function containerOf(child: ChildProcess): number | undefined {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return undefined;
  }
  const pid = known.get(child) ?? readdirSync('/proc').map(Number).find(isChildOf(child.pid));
  if (pid !== undefined) known.set(child, pid);
  return pid;
}

const isChildOf =
  (parent: number) =>
  (pid: number): boolean => {
    if (!Number.isInteger(pid)) return false;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false;
    }
  };

const retryMs = 10;

/**
 * Sends a signal to a container, as soon as there is one. Process 1 of a process namespace does not
 * hear one that it has no handler for, SIGKILL and SIGSTOP excepted: as in Kubernetes, where the
 * grace period is for that.
 */
export function signalContainer(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const pid = containerOf(child);
  if (pid === undefined) {
    setTimeout(() => signalContainer(child, signal), retryMs);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

/** State letter of a process: `T` is stopped; null where it is gone. */
export function stateOf(pid: number): string | null {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
