import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PodSample } from '../stack/types.ts';

export const samplesName = 'samples.jsonl';

const amount = z.number().nonnegative();
const sampleSchema = z.strictObject({
  atMs: z.number(),
  pod: z.string(),
  tier: z.string(),
  life: z.int().nonnegative(),
  cpuMs: amount,
  memoryBytes: amount,
  throttling: z
    .strictObject({ periods: amount, throttledPeriods: amount, throttledMs: amount })
    .optional(),
  told: z
    .strictObject({
      queueSize: amount.optional(),
      queueCapacity: amount.optional(),
      tracesHeld: amount.optional(),
      decisionTicks: amount.optional(),
      decisionMs: amount.optional(),
    })
    .optional(),
});

/**
 * What was seen of each collector, in order of time. Nothing is judged by it, so a line that is not
 * whole, or says what can't be, is left out: that moment is unknown.
 * @returns undefined where nothing was sampled: an old run, or a runtime that does not
 */
export function readSamples(runFolder: string): readonly PodSample[] | undefined {
  const file = join(runFolder, 'evidence', samplesName);
  if (!existsSync(file)) return undefined;
  return parseSamples(readFileSync(file, 'utf8'));
}

/** One sample a line; see `readSamples`. */
export function parseSamples(text: string): readonly PodSample[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = sampleSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
