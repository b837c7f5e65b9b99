import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { messageOf, UserError } from '../lib/errors.ts';
import { runAndJudge } from '../one-run.ts';
import { standardInput } from '../pipeline-files.ts';
import { prepareRun, type RunRequest } from '../prepare.ts';
import { createReporter, type Reporter } from '../report/progress.ts';
import { type RunOptions, requestsOf } from '../requests.ts';
import { isRecorded } from '../runs.ts';
import { runtimes } from '../runtimes.ts';
import { nameOf } from '../scenarios.ts';
import { Interrupted } from '../shell/budget.ts';
import { notWritable } from '../shell/folder.ts';
import { forwardLoopback } from '../shell/forward.ts';
import type { RunningStack, StackSpec } from '../stack/types.ts';
import { acquire, acquireApp, acquireMore } from './acquire.ts';
import { type Done, worstCode } from './done.ts';
import type { Host } from './host.ts';
import { runJob } from './job.ts';
import { type RunAllOptions, runAll } from './run-all.ts';

export interface ScenarioOptions extends RunOptions, RunAllOptions {
  readonly keep: boolean;
}

/** Programs that a scenario runs where no other runtime is asked for. */
export const { binaries } = runtimes.embedded;

/**
 * Runs scenarios, so many at a time, and says how each came out. What breaks one does not keep the
 * others from running.
 * @returns the worst exit code
 * @throws UserError for a mistake that is found before anything is started
 */
export async function scenarioCommand(options: ScenarioOptions, host: Host): Promise<number> {
  refuseTogether(options);
  const { requests, drawn } = requestsOf(options, host.reportsFolder);
  const reporter = createReporter(host.interactive, host.write);
  if (drawn !== undefined) reporter.line(drawn);
  const runtime = runtimes[options.runtime];
  await runtime.ready(host.acquire, (text) => reporter.line(`  ${text}`), host.signal);
  const got = await acquire(runtime.binaries, withCollector(options.collector, host), reporter);
  const jobs = Math.min(options.jobs, requests.length);
  const run = (request: RunRequest): Promise<Done> =>
    jobs > 1 ? runJob(request, options.edits, host) : runOne(request, got, options, host, reporter);
  const done = await runAll(requests, { jobs, confirm: options.confirm }, run, host);
  // What was held up after its verdict ends by Ctrl-C: that is no interruption.
  if (host.signal.aborted && !(options.keep && done.length === requests.length)) {
    throw new Interrupted(`interrupted after ${done.length} of ${requests.length} runs`);
  }
  const [only] = done;
  if (done.length === 1 && only) await host.tell?.(only);
  return worstCode(done);
}

/** Has another version of the collector acquired than the pinned one. */
const withCollector = (version: string | undefined, host: Host): Host =>
  version === undefined
    ? host
    : { ...host, acquire: { ...host.acquire, versions: { 'otelcol-contrib': version } } };

/** @throws UserError for options that exclude each other */
function refuseTogether(options: ScenarioOptions): void {
  const { jobs, keep, runtime, confirm, pipelineFolder } = options;
  if (keep && confirm) throw new UserError('--keep holds one run up. Hint: leave --confirm out');
  if (jobs === 1) return;
  if (keep) throw new UserError('--keep holds one pipeline up. Hint: leave --jobs out');
  if (pipelineFolder === standardInput) {
    throw new UserError('--pipeline -: its input can be read by one run. Hint: leave --jobs out');
  }
  if (runtime === 'kind') {
    throw new UserError('--runtime kind has one cluster at a time. Hint: leave --jobs out');
  }
}

async function runOne(
  request: RunRequest,
  got: StackSpec['binaries'],
  options: ScenarioOptions,
  host: Host,
  reporter: Reporter,
): Promise<Done> {
  let done = { name: nameOf(request.scenarioFile), folder: '' };
  try {
    const prepared = prepareRun(request);
    const { plan, scenario, runFolder } = prepared;
    const size = `${plan.spans.count} spans of ${plan.traces.count} traces`;
    reporter.line(`${scenario.name}: ${size}, seed ${plan.seed}`);
    for (const what of prepared.said) reporter.line(`  ${what}`);
    const more = runtimes[options.runtime].more(prepared.pipeline);
    const all = more.length > 0 ? await acquireMore(more, got, host, reporter) : got;
    const app = scenario.users
      ? await acquireApp(scenario.users.app, all, host, reporter)
      : undefined;
    done = { name: scenario.name, folder: relative(process.cwd(), runFolder) };
    const verdict = await runAndJudge(prepared, {
      start: runtimes[options.runtime].start(host.acquire),
      binaries: app?.binaries ?? all,
      appFolder: app?.folder,
      reporter,
      signal: host.signal,
      interactive: host.interactive,
      write: host.write,
      keep: options.keep ? (stack) => keepUp(stack, host) : undefined,
    });
    return { ...done, result: verdict.verdict };
  } catch (error) {
    if (error instanceof Interrupted || host.signal.aborted) {
      return { ...done, result: 'interrupted' };
    }
    const mistake = error instanceof UserError ? error : notWritable(error);
    if (mistake) {
      // What the machine or the user lacks is said whole: there is nothing to look up.
      host.writeError(`${mistake.message}\n`);
      return { ...withoutEmpty(done), result: 'badInput' };
    }
    const shown = error instanceof Error && error.name === 'Error' ? error.stack : messageOf(error);
    const journal = done.folder === '' ? '' : `The journal is in ${done.folder}\n`;
    host.writeError(`${done.name} broke off: ${shown}\n${journal}`);
    return { ...done, result: 'broken' };
  }
}

/** Removes the folder of a run that recorded nothing. */
function withoutEmpty<D extends { readonly folder: string }>(done: D): D {
  if (done.folder === '' || isRecorded(done.folder)) return done;
  try {
    rmSync(done.folder, { recursive: true, force: true });
  } catch {
    return done;
  }
  return { ...done, folder: '' };
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
