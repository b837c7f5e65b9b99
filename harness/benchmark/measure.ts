import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpuMsOf } from '../shell/proc-stat.ts';

/** What a child process took. */
export interface Measured {
  readonly wallMs: number;
  /** User and system CPU, to some 10 ms. */
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly exitCode: number;
  readonly output: string;
}

const lookEveryMs = 10;

function look(pid: number): { cpuMs: number; peakBytes: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuMs: cpuMsOf(stat), peakBytes: Number(peak ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

/** Runs a command and watches its own CPU and peak memory in /proc. */
export async function measure(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Measured> {
  const startedMs = performance.now();
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      output = (output + piece.toString()).slice(-100_000);
    });
  }
  let last = { cpuMs: 0, peakBytes: 0 };
  const timer = setInterval(() => {
    last = look(child.pid ?? 0) ?? last;
  }, lookEveryMs);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? -1));
  });
  clearInterval(timer);
  return { wallMs: performance.now() - startedMs, ...last, exitCode, output };
}
