import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unreadySchema } from './evidence/schemas.ts';
import type { Verdict } from './judge/types.ts';
import { judgeUnstarted } from './judge/unstarted.ts';
import { understand } from './prepare.ts';
import { rerunOf } from './rerun.ts';
import { loadSource } from './run-source.ts';
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
  const source = loadSource(runFolder);
  const { scenario, pipeline, plan } = understand(source);
  const unready = readJson(unreadyFile(runFolder), unreadySchema, 'run the scenario again');
  const run = {
    scenario,
    pipeline,
    runtime: source.runtime,
    seed: source.seed,
    planHash: plan.hash,
    plannedSpans: plan.spans.count,
    plannedLogs: plan.logOrder.length,
  };
  return { ...judgeUnstarted(run, unready), rerun: rerunOf(source), timings };
}
