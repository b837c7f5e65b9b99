import { z } from 'zod';

const text = z.string();
const list = <S extends z.ZodType>(each: S) => z.array(each).readonly();
const byName = z.record(text, text).readonly();
const item = { traceId: text, spanId: text };

const noLink = z.discriminatedUnion('why', [
  z.object({ why: z.literal('not-configured') }),
  z.object({ why: z.literal('data-source-unknown'), uid: text.optional() }),
  z.object({ why: z.literal('no-tags'), tags: list(text) }),
  z.object({ why: z.literal('variable-undefined'), variables: list(text) }),
  z.object({ why: z.literal('nothing-matches') }),
  z.object({ why: z.literal('not-modelled'), what: text }),
]);

/** `evidence/clicks.json` */
export const clicks = z.object({
  rows: list(z.object({ ...item, timeNanos: text, line: text, labels: byName })),
  unseen: list(z.object(item)),
  clicks: list(
    z.object({
      ...item,
      link: z.enum(['trace-to-log', 'log-to-trace', 'exemplar-to-trace']),
      from: text.optional(),
      absent: noLink.optional(),
      label: text.optional(),
      request: z.object({ path: text, parameters: byName }).optional(),
      answer: z
        .object({
          status: z.number().optional(),
          error: text.optional(),
          items: list(z.object(item)),
        })
        .optional(),
    }),
  ),
  sentExemplars: list(z.object(item)).optional(),
  exemplars: list(z.object({ ...item, labels: byName })).optional(),
  errors: list(text),
});
