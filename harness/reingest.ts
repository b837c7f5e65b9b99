import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBlocks } from './drive/blocks.ts';
import { beginIngest, finishIngest } from './evidence/ingest.ts';
import { loadRaw } from './evidence/raw.ts';
import { UserError } from './lib/errors.ts';
import { spanFormOf, waysIn } from './pipeline/entry.ts';
import { understand } from './prepare.ts';
import { loadSource } from './run-source.ts';

/**
 * What a stored run's evidence is made of: its records, and the plan that they are held against.
 *
 * @param options.anyPlan also where plan.json makes another plan than was sent
 * @throws UserError where the folder holds no recorded run, or one of another plan
 */
export function storedRun(runFolder: string, { anyPlan = false } = {}) {
  const raw = loadRaw(runFolder);
  if (!raw) throw new UserError(`${runFolder}: run.json is missing; this run was never recorded`);
  const { plan, pipeline } = understand(loadSource(runFolder));
  if (plan.hash !== raw.planHash && !anyPlan) {
    throw new UserError(
      `${runFolder}: this version of the bench makes another plan of its seed; record the run again`,
    );
  }
  const form = spanFormOf(pipeline)?.form;
  return { raw, plan, ways: waysIn(pipeline), source: () => encodeBlocks(plan, { ...raw, form }) };
}

/**
 * Makes a stored run's evidence again from what was recorded: the taps' files, the load's outcomes
 * and the plan, whose blocks are encoded again from the seed. What the backends answered stays.
 *
 * @param options.anyPlan also where plan.json makes another plan than was sent: nothing certain can
 *   come of it
 * @throws UserError where the folder holds no recorded run
 */
export async function reingest(runFolder: string, options?: { anyPlan?: boolean }): Promise<void> {
  const { raw, plan, ways, source } = storedRun(runFolder, options);
  try {
    const begun = await beginIngest(runFolder, plan, raw.startMs, source, raw);
    const ingest = await finishIngest(runFolder, plan, raw, source, ways, begun);
    await ingest.save();
  } finally {
    rmSync(join(runFolder, 'spill'), { recursive: true, force: true });
  }
}
