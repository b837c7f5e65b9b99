import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEditValue } from '../edit-value.ts';
import { worst } from '../judge/judge.ts';
import type { Outcome, Verdict } from '../judge/types.ts';
import { judgeFolder } from '../judge-folder.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { type PreparedRun, prepareRun } from '../prepare.ts';
import { paint, renderConsole } from '../report/console.ts';
import { createReporter, type Reporter } from '../report/progress.ts';
import { runScenario } from '../run.ts';
import { findScenarios } from '../scenarios.ts';
import { Interrupted } from '../shell/budget.ts';
import { type AcquireSettings, acquireBinaries, type BinaryName } from '../stack/acquire/index.ts';
import { startEmbedded } from '../stack/embedded/index.ts';
import type { RunningStack, StackSpec, StartStack } from '../stack/types.ts';

export interface ScenarioOptions {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly runtime: 'embedded' | 'kind';
  readonly pipelineFolder: string | undefined;
  readonly seed: number | undefined;
  readonly edits: readonly string[];
  readonly repeat: number;
  readonly keep: boolean;
}

/** What `main.ts` knows of the world. */
export interface Host {
  readonly acquire: AcquireSettings;
  readonly reportsFolder: string;
  readonly interactive: boolean;
  readonly write: (text: string) => void;
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

const binaries: readonly BinaryName[] = ['otelcol-contrib', 'tempo', 'loki', 'prometheus', 'k6'];
const runtimes: Readonly<Record<ScenarioOptions['runtime'], StartStack>> = {
  embedded: startEmbedded,
  kind: () => Promise.reject(new UserError('the kind runtime is not there yet')),
};

/** Runs scenarios one after another; returns the worst exit code. */
export async function scenarioCommand(options: ScenarioOptions, host: Host): Promise<number> {
  const files = findScenarios(options.names, options.tags);
  const reporter = createReporter(host.interactive, host.write);
  const edits = options.edits.map(parseEditValue);
  const outcomes: { readonly name: string; readonly verdict: Outcome; readonly folder: string }[] =
    [];
  // Every mistake of every file is found before anything is started.
  const requests = files.flatMap((scenarioFile) =>
    Array.from({ length: options.repeat }, (_, i) => ({
      scenarioFile,
      pipelineFolder: options.pipelineFolder,
      edits,
      seed: options.seed === undefined ? freshSeed() : options.seed + i,
      runtime: options.runtime,
      reportsFolder: host.reportsFolder,
    })),
  );
  const got = await acquire(host, reporter);
  for (const request of requests) {
    const prepared = prepareRun(request);
    const verdict = await runOne(prepared, got, options, host, reporter);
    outcomes.push({
      name: prepared.scenario.name,
      verdict: verdict.verdict,
      folder: prepared.runFolder,
    });
  }
  if (outcomes.length > 1) printSummary(outcomes, host);
  return exitCodes[worst(outcomes.map((o) => o.verdict))];
}

/** A seed that is short enough to be typed again. */
const freshSeed = (): number => Math.floor(Math.random() * 1_000_000);

async function acquire(host: Host, reporter: Reporter): Promise<StackSpec['binaries']> {
  let last = '';
  const acquired = await acquireBinaries(
    binaries,
    host.acquire,
    (event) => {
      if (event.text === last) return;
      last = event.text;
      if (event.source !== 'mirror' && event.source !== 'cache')
        reporter.line(`  ${event.name}: ${event.text}`);
    },
    host.signal,
  );
  return new Map(acquired.map((binary) => [binary.name, binary]));
}

async function runOne(
  prepared: PreparedRun,
  got: StackSpec['binaries'],
  options: ScenarioOptions,
  host: Host,
  reporter: Reporter,
): Promise<Verdict> {
  const { plan, scenario, runFolder } = prepared;
  reporter.line(
    `${scenario.name}: ${plan.spans.count} spans of ${plan.traces.count} traces, seed ${plan.seed}`,
  );
  const startedMs = performance.now();
  const timings = await runScenario(prepared, {
    start: runtimes[options.runtime],
    binaries: got,
    reporter,
    signal: host.signal,
    keep: options.keep ? (stack) => keepUp(stack, host) : undefined,
  });
  const judgingMs = performance.now();
  const verdict = await judgeFolder(runFolder, {
    ...timings,
    judge: 0,
    total: Math.round(performance.now() - startedMs),
  });
  reporter.line(`  judged in ${((performance.now() - judgingMs) / 1_000).toFixed(1)} s`);
  // The blocks can be made again from the seed; after a pass nobody needs them.
  if (verdict.verdict === 'pass') {
    for (const name of ['blocks.bin', 'blocks.json'])
      rmSync(join(runFolder, name), { force: true });
  }
  host.write(renderConsole(verdict, relative(process.cwd(), runFolder), paint(host.interactive)));
  return verdict;
}

async function keepUp(stack: RunningStack, host: Host): Promise<void> {
  host.write('The pipeline stays up until Ctrl-C.\n');
  void stack;
  await new Promise<void>((resolve) =>
    host.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

function printSummary(
  outcomes: readonly {
    readonly name: string;
    readonly verdict: Outcome;
    readonly folder: string;
  }[],
  host: Host,
): void {
  const style = paint(host.interactive);
  for (const { name, verdict, folder } of outcomes) {
    host.write(
      `${style.of(verdict, verdict.padEnd(8))} ${name.padEnd(28)} ${relative(process.cwd(), folder)}\n`,
    );
  }
}

export { Interrupted, messageOf };
