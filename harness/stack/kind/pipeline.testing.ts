import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPipeline } from '../../pipeline/load.ts';
import type { Tier } from '../../pipeline/types.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'pipelines', 'two-tier');

/** The reference pipeline, as runs read it. */
export const twoTier = loadPipeline(
  'two-tier',
  ['agent.yaml', 'gateway.yaml', 'rbac.yaml'].map((path) => ({
    path,
    text: readFileSync(join(folder, path), 'utf8'),
  })),
);

export function tierOf(name: string): Tier {
  const tier = twoTier.tiers.find((own) => own.name === name);
  if (!tier) throw new Error(`two-tier has no ${name}`);
  return tier;
}
