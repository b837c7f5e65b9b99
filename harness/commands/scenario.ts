import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import type { Outcome } from '../judge/types.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { runAndJudge } from '../one-run.ts';
import { prepareRun, type RunRequest } from '../prepare.ts';
import { paint } from '../report/console.ts';
import { createReporter, type Reporter } from '../report/progress.ts';
import { type RunOptions, requestsOf } from '../requests.ts';
import { isRecorded } from '../runs.ts';
import { runtimes } from '../runtimes.ts';
import { Interrupted } from '../shell/budget.ts';
import { forwardLoopback } from '../shell/forward.ts';
import { type AcquireSettings, acquireBinaries, type BinaryName } from '../stack/acquire/index.ts';
import type { RunningStack, StackSpec } from '../stack/types.ts';

export interface ScenarioOptions extends RunOptions {
  readonly keep: boolean;
}

/** What `main.ts` knows of the world. */
export interface Host {
  readonly acquire: AcquireSettings;
  readonly reportsFolder: string;
  readonly interactive: boolean;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Exit codes that CI jobs read. */
export const exitCodes = {
  pass: 0,
  fail: 1,
  unknown: 2,
  interrupted: 130,
  badInput: 254,
  broken: 255,
} as const;

/** From harmless to worst. */
const byWeight = [
  exitCodes.pass,
  exitCodes.unknown,
  exitCodes.fail,
  exitCodes.badInput,
  exitCodes.broken,
];

/** Programs that a scenario runs where no other runtime is asked for. */
export const { binaries } = runtimes.embedded;

interface Done {
  readonly name: string;
  readonly result: Outcome | 'broken';
  readonly folder: string;
}

/** Runs scenarios one after another; returns the worst exit code. */
export async function scenarioCommand(options: ScenarioOptions, host: Host): Promise<number> {
  const requests = requestsOf(options, host.reportsFolder);
  const reporter = createReporter(host.interactive, host.write);
  const runtime = runtimes[options.runtime];
  await runtime.ready(host.acquire, (text) => reporter.line(`  ${text}`), host.signal);
  const got = await acquire(runtime.binaries, host, reporter);
  const done: Done[] = [];
  for (const request of requests) {
    done.push(await runOne(request, got, options, host, reporter));
    // What was held up after its verdict ends by Ctrl-C: that is no interruption.
    const isLast = done.length === requests.length;
    if (host.signal.aborted && !(options.keep && isLast)) {
      throw new Interrupted('interrupted between scenarios');
    }
  }
  if (done.length > 1) printSummary(done, host);
  const codes = done.map(({ result }) => byWeight.indexOf(exitCodes[result]));
  return byWeight[Math.max(0, ...codes)] ?? exitCodes.broken;
}

async function acquire(
  binaries: readonly BinaryName[],
  host: Host,
  reporter: Reporter,
): Promise<StackSpec['binaries']> {
  let last = '';
  const acquired = await acquireBinaries(
    binaries,
    host.acquire,
    ({ name, source, text }) => {
      if (text === last || source === 'mirror' || source === 'cache') return;
      last = text;
      reporter.line(`  ${name}: ${text}`);
    },
    host.signal,
  );
  return new Map(acquired.map((binary) => [binary.name, binary]));
}

async function runOne(
  request: RunRequest,
  got: StackSpec['binaries'],
  options: ScenarioOptions,
  host: Host,
  reporter: Reporter,
): Promise<Done> {
  const prepared = prepareRun(request);
  const { plan, scenario, runFolder } = prepared;
  const size = `${plan.spans.count} spans of ${plan.traces.count} traces`;
  reporter.line(`${scenario.name}: ${size}, seed ${plan.seed}`);
  const done = { name: scenario.name, folder: relative(process.cwd(), runFolder) };
  try {
    const verdict = await runAndJudge(prepared, {
      start: runtimes[options.runtime].start(host.acquire),
      binaries: got,
      reporter,
      signal: host.signal,
      interactive: host.interactive,
      write: host.write,
      keep: options.keep ? (stack) => keepUp(stack, host) : undefined,
    });
    return { ...done, result: verdict.verdict };
  } catch (error) {
    if (error instanceof UserError) {
      // What the machine or the user lacks is said whole: there is nothing to look up.
      if (!isRecorded(runFolder)) rmSync(runFolder, { recursive: true, force: true });
      throw error;
    }
    if (error instanceof Interrupted || host.signal.aborted) throw error;
    const shown = error instanceof Error && error.name === 'Error' ? error.stack : messageOf(error);
    host.writeError(`${scenario.name} broke off: ${shown}\nThe journal is in ${done.folder}\n`);
    return { ...done, result: 'broken' };
  }
}

/** Holds the pipeline up, its backends at loopback addresses, until Ctrl-C. */
async function keepUp(stack: RunningStack, host: Host): Promise<void> {
  for (const [kind, target] of stack.backends) {
    const forward = await forwardLoopback(target);
    host.write(`  ${kind.padEnd(10)} ${forward.url}\n`);
    host.signal.addEventListener('abort', () => forward[Symbol.dispose](), { once: true });
  }
  host.write('The backends stay up until Ctrl-C.\n');
  await new Promise<void>((resolve) =>
    host.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

function printSummary(done: readonly Done[], host: Host): void {
  const style = paint(host.interactive);
  host.write('\n');
  for (const { name, result, folder } of done) {
    const outcome = result === 'broken' ? 'fail' : result;
    host.write(`${style.of(outcome, result.padEnd(8))} ${name.padEnd(28)} ${folder}\n`);
  }
}
