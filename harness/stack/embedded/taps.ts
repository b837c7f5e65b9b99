import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { HiddenForm } from '../../tap/hide.ts';
import { driveTap, type TapDriver, type TapEvents } from '../tap-driver.ts';

const entry = join(import.meta.dirname, '..', '..', 'tap', 'entry.ts');

/** The tap's process. */
export interface Taps extends TapDriver {
  readonly pid: number;
}

/** @param hidden what the records must not hold */
export function startTaps(
  nodeBinary: string,
  events: TapEvents,
  hidden: readonly HiddenForm[] = [],
): Taps {
  const child = spawn(nodeBinary, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const driver = driveTap({ input: child.stdin, output: child.stdout, ended }, events, hidden);
  return { ...driver, pid: child.pid ?? 0 };
}
