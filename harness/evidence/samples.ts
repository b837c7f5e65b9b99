import { join } from 'node:path';
import { z } from 'zod';
import type { PodSample } from '../stack/types.ts';
import { parseJsonLines, readJsonLines } from './json-lines.ts';
import type { SentFact } from './sent-facts.ts';

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
      sentSpans: z.record(z.string(), amount).optional(),
    })
    .optional(),
});

/**
 * What was seen of each collector, in order of time. A line that is not whole, or says what can't
 * be, is left out, and that moment is unknown. All that is judged by it is what exporters counted.
 * @returns undefined where nothing was sampled: an old run, or a runtime that does not
 */
export const readSamples = (runFolder: string): readonly PodSample[] | undefined =>
  readJsonLines(join(runFolder, 'evidence', samplesName), sampleSchema);

/** One sample a line; see `readSamples`. */
export const parseSamples = (text: string): readonly PodSample[] =>
  parseJsonLines(text, sampleSchema);

/** What exporters counted by the end, by each collector that told it. */
export const readSent = (runFolder: string): readonly SentFact[] =>
  (readSamples(runFolder) ?? []).flatMap(({ pod, life, atMs, told }) =>
    told?.sentSpans ? { pod, life, atMs, spans: told.sentSpans } : [],
  );
