import { z } from 'zod';
import { fileOfRun } from './file-schema.ts';

const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();
const text = z.string();
const count = z.int().min(0);

/** Of a container's life: the copies of the persistent queues that it left. */
export const leftFiles = z.object({
  files: list(z.object({ path: text, file: fileOfRun })),
  lacking: text.optional(),
});

/** One entry of `evidence/queues.json`. */
export const queue = z.object({
  pod: text,
  uid: text,
  life: count,
  path: text,
  signal: z.enum(['traces', 'logs', 'metrics']),
  defect: text.optional(),
  requests: list(z.object({ index: count, dispatched: z.boolean(), items: list(text) })),
});
