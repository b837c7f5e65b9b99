import { z } from 'zod';

const text = z.string();
const number = z.number();

/** What Prometheus says of an alerting rule; checked against its type where it is listed. */
export const alert = z.object({
  alert: text,
  expression: text,
  holdsForMs: number,
  evaluatedMs: number.optional(),
  error: text.optional(),
  pendingMs: number.optional(),
  firingMs: number.optional(),
  metrics: z.record(text, number).readonly(),
});

/** When a trace could first be queried. */
export const probe = z.object({
  traceId: text,
  sentMs: number,
  visibleMs: number.optional(),
  missedMs: number.optional(),
});

const labels = z.record(text, text).readonly();

/** What logs and metrics are found by. */
export const labelAnswers = z.object({
  streams: z
    .array(z.object({ labels, spanIds: z.array(text).readonly() }))
    .readonly()
    .optional(),
  series: z.array(labels).readonly().optional(),
});
