import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.int().min(0);

const missed = z.object({
  fromMs: number,
  toMs: number.optional(),
  before: text.optional(),
  scrapes: count,
  failed: count,
});

/** One entry of `evidence/blocks.json`. */
export const block = z.object({
  block: count,
  signal: z.enum(['traces', 'logs', 'metrics']),
  pod: count,
  node: count,
  dueMs: number,
  items: count,
  ofApp: z.literal(true).optional(),
  scrape: z.object({ target: text, by: text, missed: missed.optional() }).optional(),
  outcome: z
    .object({
      block: count,
      outcome: z.enum(['acked', 'refused', 'unknown']),
      sentMs: number,
      answeredMs: number,
      status: number,
      errorCode: number,
    })
    .optional(),
});
