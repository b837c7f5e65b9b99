import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEditValue } from '../edit-value.ts';
import { UserError } from '../lib/errors.ts';
import { runAndJudge } from '../one-run.ts';
import { prepareRun } from '../prepare.ts';
import { createReporter, type Reporter } from '../report/progress.ts';
import { runtimes } from '../runtimes.ts';
import { findScenarios } from '../scenarios.ts';
import { Interrupted } from '../shell/budget.ts';
import { readMeasured, sizedTierOf } from '../size-run.ts';
import { type Asked, answer, type Measurement, type SizedTier } from '../sizing/answer.ts';
import { patchYaml } from '../sizing/patch.ts';
import { renderSizeHtml, renderSizeMarkdown } from '../sizing/report.ts';
import { type Schedule, scenarioOf, scheduleOf } from '../sizing/schedule.ts';
import { type Window, windowsOf } from '../sizing/windows.ts';
import type { StackSpec } from '../stack/types.ts';
import { acquire } from './acquire.ts';
import type { Host } from './host.ts';

export interface SizeOptions extends Asked {
  readonly scenario: string;
  readonly pipelineFolder: string | undefined;
  readonly benchFile: string | undefined;
  readonly edits: readonly string[];
  readonly tier: string | undefined;
  readonly fromSpansPerSecond: number;
  readonly windowSeconds: number;
  readonly steps: number;
  readonly heldOut: number;
  readonly seed: number;
  /** Takes up what an interrupted sizing of the same options has measured. */
  readonly resume: boolean;
}

/** A run of the schedule, as it is kept for whoever takes the sizing up again. */
interface Rung {
  readonly tier: SizedTier;
  readonly spansPerTrace: number;
  readonly keptShare: number;
  readonly windows: readonly Window[];
}

const notTested = [
  'other shapes of traffic: spans per request, bytes per span, spans per trace, share kept',
  'memory against decision_wait and num_traces: it was fitted against the rate alone',
  'an outage of the backend, and what a queue on disk takes',
  'three times the rate: what breaks first',
  'steal of the machine, and other work on it',
];

/**
 * `bench size --for 50000spans/s`: measures a tier by a staircase of load and by rates held out
 * from the fit, and sizes it for a rate.
 * @returns 0 where it is sized, 2 where that is not proved
 * @throws UserError where the tier can't be sized, or a run broke off
 */
export async function sizeCommand(options: SizeOptions, host: Host): Promise<0 | 2> {
  const schedule = scheduleOf(options);
  const folder = folderOf(options, host);
  const reporter = createReporter(host.interactive, host.write);
  const runtime = runtimes.embedded;
  await runtime.ready(host.acquire, (text) => reporter.line(`  ${text}`), host.signal);
  const binaries = await acquire(runtime.binaries, host, reporter);
  const rungs: Rung[] = [];
  for (const purpose of ['fit', 'held'] as const) {
    rungs.push(await measure(purpose, schedule, { options, folder, host, reporter, binaries }));
    if (host.signal.aborted) throw new Interrupted('interrupted: --resume goes on from here');
  }
  const [first] = rungs;
  if (!first) throw new UserError('nothing was measured');
  const windows = rungs.flatMap((rung) => rung.windows);
  const measurement: Measurement = { ...first, windows, seed: options.seed, notTested };
  writeFileSync(join(folder, 'measurement.json'), JSON.stringify(measurement, undefined, 1));
  writeFileSync(join(host.reportsFolder, sizings, 'latest.json'), JSON.stringify({ folder }));
  return tell(measurement, options, folder, host);
}

/**
 * `bench size latest --for 120000spans/s`: the last measurement, asked for another rate.
 * @throws UserError where there is none
 */
export function sizeLatestCommand(asked: Asked, host: Host): 0 | 2 {
  const file = join(host.reportsFolder, sizings, 'latest.json');
  if (!existsSync(file)) throw new UserError('nothing was sized yet. Hint: leave `latest` out');
  const { folder } = JSON.parse(readFileSync(file, 'utf8')) as { folder: string };
  const text = readFileSync(join(folder, 'measurement.json'), 'utf8');
  return tell(JSON.parse(text) as Measurement, asked, folder, host);
}

const sizings = '_size';
const leastMeasuredSeconds = 5;

/** One folder a set of options, so that it can be taken up again. */
function folderOf(options: SizeOptions, { reportsFolder }: Host): string {
  const { scenario, tier = 'sampler', seed } = options;
  const folder = join(reportsFolder, sizings, `${scenario}-${tier}-${seed}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

interface Work {
  readonly options: SizeOptions;
  readonly folder: string;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly binaries: StackSpec['binaries'];
}

async function measure(purpose: Window['purpose'], schedule: Schedule, work: Work): Promise<Rung> {
  const { options, folder, host, reporter, binaries } = work;
  const { scenario, resume, headroom: _, outageMs: __, spansPerSecond: ___, ...inputs } = options;
  const kept = join(folder, `${purpose}.json`);
  const key = JSON.stringify({ scenario, ...inputs, schedule });
  if (resume && existsSync(kept)) {
    const known = JSON.parse(readFileSync(kept, 'utf8')) as { key: string; rung: Rung };
    if (known.key === key) return known.rung;
  }
  const [like] = findScenarios(scenario);
  if (like === undefined) throw new UserError(`no scenario "${scenario}"`);
  const scenarioFile = join(folder, `size-${purpose}.yaml`);
  const steps = schedule[purpose];
  writeFileSync(scenarioFile, scenarioOf(readFileSync(like, 'utf8'), `size-${purpose}`, steps));
  const prepared = prepareRun({
    scenarioFile,
    pipelineFolder: options.pipelineFolder,
    benchFile: options.benchFile,
    edits: options.edits.map(parseEditValue),
    seed: options.seed + (purpose === 'fit' ? 0 : 1),
    runtime: 'embedded',
    reportsFolder: folder,
  });
  const tier = sizedTierOf(prepared.pipeline, options.tier);
  if (!tier) throw new UserError('no tier to size. Hint: --tier names a deployment or statefulset');
  longEnough(options.windowSeconds, tier);
  const verdict = await runAndJudge(prepared, {
    start: runtimes.embedded.start(host.acquire),
    binaries,
    appFolder: undefined,
    reporter,
    signal: host.signal,
    interactive: host.interactive,
    write: host.write,
    keep: undefined,
  });
  const { plan, runFolder } = prepared;
  const rung = {
    tier,
    spansPerTrace: plan.spans.count / plan.traces.count,
    keptShare: verdict.decisions.predicted / plan.traces.count,
    windows: windowsOf(
      readMeasured(runFolder, tier.name, verdict),
      steps,
      purpose,
      tier.decisionWaitMs,
    ),
  };
  writeFileSync(kept, JSON.stringify({ key, rung }, undefined, 1));
  return rung;
}

/** @throws UserError where no step is left to measure once its first traces are decided */
function longEnough(windowSeconds: number, { name, decisionWaitMs = 0 }: SizedTier): void {
  const leastSeconds = decisionWaitMs / 1_000 + leastMeasuredSeconds;
  if (windowSeconds >= leastSeconds) return;
  throw new UserError(
    `--window ${windowSeconds} is too short: ${name} decides ${decisionWaitMs / 1_000} s late. ` +
      `Hint: --window ${leastSeconds} or longer`,
  );
}

function tell(measurement: Measurement, asked: Asked, folder: string, { write }: Host): 0 | 2 {
  const sized = answer(measurement, asked);
  const yaml = patchYaml(measurement, asked, sized);
  const markdown = renderSizeMarkdown(measurement, asked, sized);
  writeFileSync(join(folder, 'size.md'), markdown);
  writeFileSync(join(folder, 'size.html'), renderSizeHtml(measurement, asked, sized));
  writeFileSync(join(folder, 'size.json'), JSON.stringify({ asked, ...sized }, undefined, 1));
  // Empty where an earlier rate was proved and this one is not: nobody may apply that by mistake.
  writeFileSync(join(folder, 'size.yaml'), yaml ?? '# not proved: see size.md\n');
  write(`${markdown}\n${relative(process.cwd(), folder)}\n`);
  return sized.refusals.length === 0 ? 0 : 2;
}
