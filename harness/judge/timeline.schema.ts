import { z } from 'zod';

const text = z.string();
const number = z.number();
const series = z.array(number);
const moment = number.nullable();

/** `timeline.json`, in which the judge leaves for the report what passed when. */
export const timelineSchema = z.object({
  startMs: number,
  loadMs: number,
  endMs: number,
  bucketMs: number,
  sent: z.record(text, series),
  delivered: series,
  decisions: z.record(text, series),
  lost: z.array(z.object({ hop: text, cause: text, spans: series })),
  faults: z.array(
    z.object({
      kind: text,
      target: text,
      pod: text,
      fromMs: number,
      toMs: moment,
      bit: z.boolean(),
    }),
  ),
  lives: z.array(
    z.object({
      pod: text,
      tier: text,
      fromMs: number,
      readyMs: moment,
      toMs: moment,
      ending: z.enum(['running', 'stop', 'fault', 'unasked']),
      oomKilled: z.boolean(),
    }),
  ),
  flows: z.array(
    z.object({
      signal: z.enum(['traces', 'logs']),
      stations: z.array(text),
      planned: number,
      branches: z.array(z.object({ at: number, kind: text, cause: text, items: number })),
    }),
  ),
});
