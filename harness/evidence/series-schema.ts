import { z } from 'zod';
import type { OtlpValue } from '../lib/otlp/decode.ts';

const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();
const count = z.int().min(0);
/** Values of attributes nest as deep as a sender likes. */
const attributes = z.record(z.string(), z.custom<OtlpValue>()).readonly();

/** What `evidence/series.json` holds. */
export const madeSeries = z.object({
  series: list(
    z.object({
      recorder: count,
      metric: z.string(),
      attributes,
      resource: attributes,
      isDelta: z.boolean(),
      streams: list(
        z.object({
          startMs: z.number(),
          firstMs: z.number(),
          lastMs: z.number(),
          value: z.number(),
          sum: z.number().optional(),
        }),
      ),
      refused: count,
    }),
  ),
  exemplars: list(z.object({ recorder: count, traceId: z.string() })),
  isWhole: z.boolean(),
});
