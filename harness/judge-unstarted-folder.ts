import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unreadySchema } from './evidence/schemas.ts';
import { checkImages } from './judge/images.ts';
import type { Verdict } from './judge/types.ts';
import { judgeUnstarted, type UnstartedRun, unstartedVerdict } from './judge/unstarted.ts';
import { metricNames } from './plan/types.ts';
import { understand } from './prepare.ts';
import { rerunOf } from './rerun.ts';
import { loadSource, type RunSource } from './run-source.ts';
import { readJson } from './shell/json.ts';
import type { Unready } from './stack/types.ts';

/** All that a run leaves whose pipeline did not come up: why, in the pod's words. */
const unreadyFile = (runFolder: string): string => join(runFolder, 'unready.json');

export const isUnstarted = (runFolder: string): boolean => existsSync(unreadyFile(runFolder));

/** Saved before it is judged, so that it can be judged again. */
export function saveUnready(runFolder: string, unready: Unready): void {
  writeFileSync(unreadyFile(runFolder), JSON.stringify(unready, undefined, 1));
}

/** Judges a run whose pipeline did not come up, from what it saved. @throws UserError */
export function judgeUnstartedFolder(runFolder: string, timings: Verdict['timings'] = {}): Verdict {
  const { source, run } = unstartedRunOf(runFolder);
  const unready = readJson(unreadyFile(runFolder), unreadySchema, 'run the scenario again');
  return { ...judgeUnstarted(run, unready), rerun: rerunOf(source), timings };
}

/**
 * A pipeline whose images lack components fails before anything is started: what would run in their
 * place hides what is a crash loop in production. Undefined for any other, and for a run that was
 * recorded all the same.
 */
export function judgeImagesOf(
  runFolder: string,
  timings: Verdict['timings'] = {},
): Verdict | undefined {
  if (existsSync(join(runFolder, 'run.json'))) return undefined;
  const { source, run } = unstartedRunOf(runFolder);
  const start = checkImages(run.pipeline);
  return start && { ...unstartedVerdict(run, start), rerun: rerunOf(source), timings };
}

function unstartedRunOf(runFolder: string): { source: RunSource; run: UnstartedRun } {
  const source = loadSource(runFolder);
  const { scenario, pipeline, plan } = understand(source);
  const run = {
    scenario,
    pipeline,
    runtime: source.runtime,
    seed: source.seed,
    planHash: plan.hash,
    plannedSpans: plan.spans.count,
    plannedLogs: plan.logOrder.length,
    plannedPoints:
      plan.blocks.filter(({ signal }) => signal === 'metrics').length * metricNames.length,
  };
  return { source, run };
}
