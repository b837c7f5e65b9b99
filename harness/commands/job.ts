import { spawn } from 'node:child_process';
import { messageOf } from '../lib/errors.ts';
import type { RunRequest } from '../prepare.ts';
import { nameOf } from '../scenarios.ts';
import { type Done, doneSchema, resultOfCode } from './done.ts';
import type { Host } from './host.ts';

/** The arguments that make another bench process do exactly one run. */
export const argumentsOf = (request: RunRequest, edits: readonly string[]): string[] => [
  'scenario',
  ...['--seed', String(request.seed)],
  ...['--runtime', request.runtime],
  ...(request.collector === undefined ? [] : ['--collector', request.collector]),
  ...(request.pipelineFolder === undefined ? [] : ['--pipeline', request.pipelineFolder]),
  ...(request.benchFile === undefined ? [] : ['--bench', request.benchFile]),
  ...(request.valuesFile === undefined ? [] : ['--values', request.valuesFile]),
  ...(request.strict ? ['--strict'] : []),
  ...edits.flatMap((edit) => ['--set', edit]),
  '--',
  request.scenarioFile,
];

/**
 * Does one run in a process of its own: planning and judging keep a core busy, and what breaks one
 * run leaves the others alone. Its output comes in one piece when it has ended, so that a log can
 * be read. It ends when this process does, as its channel closes; when asked to stop it heals and
 * saves first.
 */
export async function runJob(
  request: RunRequest,
  edits: readonly string[],
  host: Pick<Host, 'command' | 'acquire' | 'signal' | 'write'>,
): Promise<Done> {
  const name = nameOf(request.scenarioFile);
  const [program = '', ...args] = [...host.command, ...argumentsOf(request, edits)];
  host.write(`${name}: started, seed ${request.seed}\n`);
  const startedMs = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...host.acquire.environment },
  });
  let told: unknown;
  let output = '';
  const keep = (chunk: string): void => {
    output += chunk;
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.on('message', (message) => {
    told = message;
  });
  const stop = (): void => void child.kill('SIGTERM');
  host.signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        output += `${messageOf(error)}\n`;
        resolve(null);
      });
      child.once('close', resolve);
    });
    if (child.signalCode) output += `it was killed (${child.signalCode})\n`;
    const { success, data } = doneSchema.safeParse(told);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    host.write(`\n== ${name}, after ${seconds} s\n${output.trimEnd()}\n`);
    const result = resultOfCode(code);
    if (success && data.result === result) return data;
    // A pass that nobody tells of is none.
    return { name, result: result === 'pass' ? 'broken' : result, folder: data?.folder ?? '' };
  } finally {
    host.signal.removeEventListener('abort', stop);
  }
}
