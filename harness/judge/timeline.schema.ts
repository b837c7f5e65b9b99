import { z } from 'zod';
import { signals } from '../pipeline/types.ts';

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
  graph: z
    .object({
      stations: z.array(
        z.object({
          id: text,
          kind: z.enum(['load', 'tier', 'backend']),
          title: text,
          detail: text,
          column: number,
          isReached: z.boolean(),
          lines: z.array(z.object({ text, is: z.enum(['pipeline', 'modelled', 'blind']) })),
        }),
      ),
      arrows: z.array(
        z.object({ from: text, to: text, signals: z.array(z.enum(signals)), how: text }),
      ),
    })
    .optional(),
});
