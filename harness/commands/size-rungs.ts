import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEditValue } from '../edit-value.ts';
import type { Verdict } from '../judge/types.ts';
import { UserError } from '../lib/errors.ts';
import { runAndJudge } from '../one-run.ts';
import { type PreparedRun, prepareRun } from '../prepare.ts';
import type { Reporter } from '../report/progress.ts';
import { runtimes } from '../runtimes.ts';
import { findScenarios } from '../scenarios.ts';
import { Interrupted } from '../shell/budget.ts';
import { readMeasured, sizedTierOf } from '../size-run.ts';
import type { BoundPlan, BoundRun } from '../sizing/bound.ts';
import { type Step, scenarioOf } from '../sizing/schedule.ts';
import type { BoundSeen, SizedTier } from '../sizing/types.ts';
import { type Window, windowsOf } from '../sizing/windows.ts';
import type { StackSpec } from '../stack/types.ts';
import type { Host } from './host.ts';

/** Whose load is sent, through what, for which tier. */
export interface RungOptions {
  readonly scenario: string;
  readonly pipelineFolder: string | undefined;
  readonly benchFile: string | undefined;
  readonly edits: readonly string[];
  readonly tier: string | undefined;
  readonly windowSeconds: number;
  readonly seed: number;
  /** Takes up what an interrupted sizing of the same options has measured. */
  readonly resume: boolean;
}

export interface Work {
  readonly options: RungOptions;
  readonly folder: string;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly binaries: StackSpec['binaries'];
}

/** A run of a schedule, as it is kept for whoever takes the sizing up again. */
export interface Rung {
  readonly tier: SizedTier;
  readonly spansPerTrace: number;
  readonly keptShare: number;
  readonly windows: readonly Window[];
}

/**
 * Sends a schedule and cuts the run into its windows.
 * @throws UserError where there is no such tier, or the windows are too short for it
 */
export const measure = (name: string, steps: readonly Step[], work: Work): Promise<Rung> =>
  kept(name, { steps }, work, async () => {
    const { prepared, tier, verdict } = await runSteps(name, { steps, faults: [] }, work);
    const measured = readMeasured(prepared.runFolder, tier.name, verdict);
    // A scout only says where to look: what overload leaves unproved is no matter.
    const isScout = steps.every(({ purpose }) => purpose === 'scout');
    const unknown = isScout ? undefined : measured.unknown;
    return {
      tier,
      spansPerTrace: prepared.plan.spans.count / prepared.plan.traces.count,
      keptShare: verdict.decisions.predicted / prepared.plan.traces.count,
      windows: windowsOf({ ...measured, unknown }, steps, tier.decisionWaitMs),
    };
  });

/** Takes the backend away for as long as the queue must survive by its law, or must not. */
export const putToTheTest = (
  run: BoundRun,
  { survivesMs, spansPerSecond }: BoundPlan,
  backend: string,
  work: Work,
): Promise<BoundSeen> => {
  const { side, outageMs, outageAtMs, steps } = run;
  const faults = [{ at: `${outageAtMs}ms`, outage: backend, for: `${outageMs}ms` }];
  return kept(`queue-${side}`, { run, backend }, work, async () => {
    const { prepared, tier, verdict } = await runSteps(`queue-${side}`, { steps, faults }, work);
    const { unknown } = readMeasured(prepared.runFolder, tier.name, verdict);
    const spansOf = (of: (cause: string) => boolean): number =>
      verdict.accounting.lost.reduce((sum, { cause, spans }) => sum + (of(cause) ? spans : 0), 0);
    return {
      side,
      outageMs,
      survivesMs,
      spansPerSecond,
      lostSpans: spansOf(() => true),
      droppedSpans: spansOf((cause) => cause === 'dropped-by-exporter'),
      unknown,
    };
  });
};

/** What the same options have measured before, or what is measured now, kept in a file. */
async function kept<T>(
  name: string,
  what: object,
  { options, folder, host }: Work,
  of: () => Promise<T>,
): Promise<T> {
  const { resume, ...inputs } = options;
  const file = join(folder, `${name}.json`);
  const key = JSON.stringify({ ...inputs, ...what });
  if (resume && existsSync(file)) {
    const known = JSON.parse(readFileSync(file, 'utf8')) as { key: string; value: T };
    if (known.key === key) return known.value;
  }
  const value = await of();
  if (host.signal.aborted) throw new Interrupted('interrupted: --resume goes on from here');
  writeFileSync(file, JSON.stringify({ key, value }, undefined, 1));
  return value;
}

interface Ran {
  readonly prepared: PreparedRun;
  readonly tier: SizedTier;
  readonly verdict: Verdict;
}

async function runSteps(
  name: string,
  { steps, faults }: { steps: readonly Step[]; faults: readonly object[] },
  { options, folder, host, reporter, binaries }: Work,
): Promise<Ran> {
  const [like] = findScenarios(options.scenario);
  if (like === undefined) throw new UserError(`no scenario "${options.scenario}"`);
  const scenarioFile = join(folder, `size-${name}.yaml`);
  writeFileSync(
    scenarioFile,
    scenarioOf(readFileSync(like, 'utf8'), `size-${name}`, steps, faults),
  );
  const prepared = prepareRun({
    scenarioFile,
    pipelineFolder: options.pipelineFolder,
    benchFile: options.benchFile,
    edits: options.edits.map(parseEditValue),
    // What is held out is of another seed than what was fitted.
    seed: options.seed + (name === 'fit' ? 0 : 1),
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
  return { prepared, tier, verdict };
}

const leastMeasuredSeconds = 5;

/** @throws UserError where no step is left to measure once its first traces are decided */
function longEnough(windowSeconds: number, { name, decisionWaitMs = 0 }: SizedTier): void {
  const leastSeconds = decisionWaitMs / 1_000 + leastMeasuredSeconds;
  if (windowSeconds >= leastSeconds) return;
  throw new UserError(
    `--window ${windowSeconds} is too short: ${name} decides ${decisionWaitMs / 1_000} s late. ` +
      `Hint: --window ${leastSeconds} or longer`,
  );
}
