import { z } from 'zod';
import type { CheckName } from '../scenario/types.ts';
import { expectationWords } from '../scenario/words/index.ts';
import { findingKinds } from './findings.ts';
import { gaps, type Verdict } from './types.ts';

const outcome = z.enum(['pass', 'fail', 'unknown']);
const count = z.int().min(0);
const counts = z.record(z.string(), count);

const finding = z
  .strictObject({
    kind: z.enum(findingKinds).describe('each has a page: harness/judge/findings/<kind>.md'),
    hop: z.string(),
    component: z.string(),
    cause: z.string(),
    why: z
      .string()
      .exactOptional()
      .describe('what made it so: a setting with its place, a collector’s own words'),
    count,
    window: z
      .strictObject({ fromMs: z.number(), toMs: z.number() })
      .nullable()
      .describe('epoch milliseconds of the first and last item; null where none has a time'),
    examples: z.array(
      z.strictObject({
        traceId: z.string(),
        spanId: z.string().exactOptional(),
        note: z.string().exactOptional(),
      }),
    ),
    fix: z.string(),
    gap: z
      .enum(gaps)
      .exactOptional()
      .describe('what the evidence lacks, where that opens what other checks say'),
    follows: z
      .strictObject({ kind: z.enum(findingKinds), component: z.string() })
      .exactOptional()
      .describe('the finding that brought this one about'),
  })
  .describe('one thing that is wrong: what, where, why, how often, when, how to fix it');

/** Checks that every run has, whatever its scenario expects. */
const implied = ['load', 'evidence', 'faults', 'backends', 'ring'] as const;
const checkNames = [...(Object.keys(expectationWords) as CheckName[]), ...implied];

const check = z.strictObject({
  name: z.enum(checkNames),
  subject: z.string().describe('tells several checks of one name apart: a class, a tier'),
  verdict: outcome,
  expected: z.string(),
  observed: z.string(),
  findings: z.array(finding),
});

const filtered = z.array(z.strictObject({ processor: z.string(), spans: count }));
const ended = z.array(z.strictObject({ exporter: z.string(), spans: count }));
const lost = z.array(z.strictObject({ hop: z.string(), cause: z.string(), spans: count }));
const buckets = {
  planned: count,
  notOffered: count,
  refused: count,
  unseen: count.describe('sent, but nothing tells whether it arrived'),
  filtered,
  routedElsewhere: filtered
    .optional()
    .describe('by a routing connector, to other pipelines than those of this way'),
  ended: ended.describe('by the config, inside a collector: in debug, nop, file, prometheus'),
  delivered: count,
  lost,
  unexplained: count,
};

const accounting = z
  .strictObject({
    ...buckets,
    notSampled: z.strictObject({ byDropPolicy: counts, byNone: count }),
    duplicated: count,
    altered: count,
    late: count,
    indeterminate: count,
  })
  .describe(
    'where every planned span ended; notOffered to unexplained add up to planned, the rest is beside',
  );

const receipt = z.strictObject({
  fault: count,
  kind: z.string(),
  target: z.string(),
  pod: z.string(),
  injectedMs: z.number(),
  healedMs: z.number().optional(),
  bit: z.boolean().describe('the fault took effect, as proof shows'),
  proof: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** `verdict.json`, the contract that CI jobs read. */
export const verdictSchema = z.strictObject({
  scenario: z.string(),
  pipeline: z.string(),
  runtime: z.enum(['embedded', 'kind']),
  seed: z.int(),
  planHash: z.string().describe('SHA-256 of all that the seed decides'),
  verdict: outcome.describe(
    'the worst of the checks, fail over unknown over pass; `found` decides where it is expected',
  ),
  checks: z.array(check),
  accounting,
  logs: z
    .strictObject({ ...buckets, duplicated: count, altered: count })
    .describe('the same of log records, counted as `spans`'),
  metricPoints: z.strictObject(buckets).describe('the same of metric points'),
  routes: z
    .array(z.strictObject({ to: z.string(), accounting }))
    .optional()
    .describe(
      'where spans have several ways: what became of them on each, of which `accounting` is the sum',
    ),
  decisions: z.strictObject({
    predicted: count.describe('traces to keep by the policies over the whole planned trace'),
    compared: count,
    wrong: count,
  }),
  receipts: z.array(receipt),
  fidelity: z.array(z.string()).describe('what is not as in a cluster, or not modelled'),
  versions: z.record(z.string(), z.string()),
  rerun: z.string(),
  timings: z.record(z.string(), z.number()).describe('milliseconds by stage'),
}) satisfies z.ZodType<Verdict>;

/** The JSON schema of `verdict.json` (`verdict.schema.json`), made from the same source. */
export const verdictJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(verdictSchema),
  title: 'Verdict of a run of the OpenTelemetry pipeline bench',
});
