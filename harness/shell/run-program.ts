import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Enough of a program's last words to explain why it failed. */
const KEPT_LINES = 20;

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the program; undefined values are left out. Default: inherited. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An open file that takes standard output, in place of `RunResult.output`. */
  readonly outputFd?: number;
  readonly onErrorLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export interface RunResult {
  readonly code: number | null;
  readonly output: string;
  /** The last lines of standard error. */
  readonly errors: string;
}

/**
 * Runs a program to its end, from an argument vector. Rejects where it cannot be started, was
 * aborted or ran out of time; any exit code resolves.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { cwd, env, signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const child = spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env } }),
    stdio: ['ignore', options.outputFd ?? 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line);
      if (errors.length > KEPT_LINES) errors.shift();
      options.onErrorLine?.(line);
    });
  }
  // `go` ends its compilers on an interrupt, not on SIGTERM.
  const interrupt = () => child.kill('SIGINT');
  const tooLong = timeoutMs === undefined ? undefined : setTimeout(() => child.kill(), timeoutMs);
  signal?.addEventListener('abort', interrupt);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal?.throwIfAborted();
    if (code === null) throw new Error(`${command} was killed (${child.signalCode})`);
    return { code, output, errors: errors.join('\n') };
  } finally {
    clearTimeout(tooLong);
    signal?.removeEventListener('abort', interrupt);
  }
}
