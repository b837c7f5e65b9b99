import { $ } from 'zx';

/** Runs a program of the outside world with an argument vector; answers what it printed. */
export type RunCommand = (
  program: string,
  args: readonly string[],
  options?: {
    readonly signal?: AbortSignal | undefined;
    /** Beside the environment that all commands get. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Given every line that the program prints while it runs. */
    readonly onLine?: (line: string) => void;
  },
) => Promise<string>;

/** A program that failed: its command line, its exit code, and the end of what it said. */
export class CommandError extends Error {
  override name = 'CommandError';
}

const shownLines = 8;

/** @param environment what `main.ts` read of the environment */
export function createCommands(
  environment: Readonly<Record<string, string | undefined>>,
): RunCommand {
  return async (program, args, { signal, environment: more = {}, onLine } = {}) => {
    signal?.throwIfAborted();
    const running = $({
      env: { ...environment, ...more },
      quiet: true,
      nothrow: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    })`${program} ${args}`;
    if (onLine) {
      const hear = (piece: Buffer): void => {
        for (const line of piece.toString('utf8').split(/[\r\n]+/)) if (line.trim()) onLine(line);
      };
      running.stdout.on('data', hear);
      running.stderr.on('data', hear);
    }
    const { exitCode, stdout, stderr, signal: killedBy } = await running;
    signal?.throwIfAborted();
    if (exitCode === 0) return stdout;
    const said = (stderr.trim() || stdout).split('\n').filter((line) => line.trim() !== '');
    const tail = said.slice(-shownLines).map((line) => `\n  ${line}`);
    const how = killedBy
      ? `was killed by ${killedBy}`
      : exitCode === null
        ? 'could not be started'
        : `ended with exit code ${exitCode}`;
    throw new CommandError(`${program} ${args.join(' ')} ${how}${tail.join('')}`);
  };
}

export const linesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => line.trim() || []);
