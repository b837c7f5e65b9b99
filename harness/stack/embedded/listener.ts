import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Listener {
  readonly name: string;
  /** At so many it listens; it writes a line for each. */
  readonly ports: number;
  /** What it is told on its first line. */
  readonly spec: unknown;
}

/**
 * Starts a process of the bench that listens. Resolves when it does; it ends with this process.
 * @throws Error where it ends before
 */
export async function startListener(
  [command = '', ...args]: readonly string[],
  { name, ports, spec }: Listener,
): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const listening = new Promise<void>((resolve, reject) => {
    let open = 0;
    createInterface({ input: child.stdout }).on('line', () => {
      open++;
      if (open === ports) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(spec)}\n`);
  await listening;
  return child;
}
