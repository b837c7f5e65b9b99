import { z } from 'zod';

const text = z.string();
const number = z.number();
const ids = z.object({ traceId: text, spanId: text });

/** `evidence/app.json` */
export const app = z.object({
  requests: z
    .array(
      z.object({
        order: text,
        atMs: number,
        traceId: text,
        spanId: text,
        className: text,
        fails: text.optional(),
        outcome: z
          .object({ request: number, sentMs: number, answeredMs: number, status: number })
          .optional(),
      }),
    )
    .readonly(),
  served: z
    .array(
      z.object({
        by: text,
        order: text,
        atMs: number,
        came: z.object({ traceparent: text.optional(), b3: text.optional() }),
        own: ids.extend({ sampled: z.boolean() }).optional(),
      }),
    )
    .readonly(),
  spans: z
    .array(
      ids.extend({
        order: text,
        service: text,
        kind: z.int().min(0),
        parentSpanId: text,
        links: z.array(ids).readonly(),
        atMs: number,
      }),
    )
    .readonly(),
});
