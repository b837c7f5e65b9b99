import { readFileSync, rmSync } from 'node:fs';
import { writeBlocks } from '../drive/blocks.ts';
import { understand } from '../prepare.ts';
import { sourceOf } from './source.ts';

/** The block writer's work on one core, index and disk included. */
export interface WriterFigures {
  readonly spans: number;
  readonly bytes: number;
  readonly spansPerSecond: number;
}

const startMs = 1_800_000_000_000;
const repeats = 5;

/** Writes the blocks of a scenario's plan a few times; the median counts. */
export function measureWriter(scenarioFile: string, folder: string): WriterFigures {
  const { plan } = understand(sourceOf(readFileSync(scenarioFile, 'utf8')));
  const addressOfPod = plan.pods.map((_, i) => `10.244.100.${i + 1}`);
  let bytes = 0;
  const rates = Array.from({ length: repeats }, () => {
    const startedMs = performance.now();
    ({ bytes } = writeBlocks(plan, { startMs, addressOfPod }, folder));
    return plan.spans.count / ((performance.now() - startedMs) / 1_000);
  }).sort((a, b) => a - b);
  rmSync(folder, { recursive: true });
  return { spans: plan.spans.count, bytes, spansPerSecond: rates[repeats >> 1] ?? 0 };
}
