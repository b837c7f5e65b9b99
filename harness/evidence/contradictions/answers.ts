import { z } from 'zod';
import { appTier } from '../../scenario/apps.ts';
import type { RawRun } from '../raw.ts';
import type { Doubt } from '../types.ts';
import type { Entry } from './journal.ts';

const about = (what: string): Doubt => ({ file: 'evidence/answers.json', what });

/** A span's moment is planned in fractions, the clock asked in thousandths. */
const grainMs = 1;
const ids = z.array(z.string());
const moment = z.number().positive();
const answersSchema = z.strictObject({
  traces: z.array(z.strictObject({ traceId: z.string(), status: z.int(), spanIds: ids })),
  searched: ids.optional(),
  logs: z.array(z.strictObject({ traceId: z.string(), spanIds: ids })).optional(),
  series: z
    .array(
      z.strictObject({
        pod: z.string(),
        tier: z.string(),
        up: z.boolean(),
        samples: z.int().nonnegative(),
        counters: z.record(z.string(), z.number()),
      }),
    )
    .optional(),
  visibility: z.array(
    z.strictObject({
      traceId: z.string(),
      sentMs: moment,
      visibleMs: moment.optional(),
      missedMs: moment.optional(),
    }),
  ),
  errors: z.array(z.string()),
});

/** What the backends answered against what they were asked, and against itself. */
export function contradictAnswers(
  value: unknown,
  asked: Entry,
  raw: RawRun,
  loadEnded: Entry,
): Doubt[] {
  const read = answersSchema.safeParse(value);
  if (!read.success) {
    const { path = [], message = '' } = read.error.issues[0] ?? {};
    return [about(`is damaged at ${path.join('.')}: ${message}`)];
  }
  const { traces, searched, logs, series, visibility, errors } = read.data;
  const wanted = new Set(Array.isArray(asked.traceIds) ? asked.traceIds : []);
  const probed = new Set(Array.isArray(asked.probes) ? asked.probes : []);
  const byId = traces.map(({ traceId }) => traceId);
  const probes = visibility.map(({ traceId }) => traceId);
  const isSilent = errors.length === 0;
  // Where none runs, as beside a vendor alone, the ids that were drawn were asked of nobody.
  const hasTempo = raw.lives.some(({ tier }) => tier === 'tempo');
  return [
    ...sameIds('traces by id', byId, wanted, isSilent && hasTempo),
    ...sameIds('probes', probes, probed, true),
    ...sameIds('traces by search', searched ?? [], wanted, false),
    ...sameIds('logs', logs?.map(({ traceId }) => traceId) ?? [], wanted, false),
    ...sameIds('series', series?.map(({ pod }) => pod) ?? [], podsOf(raw), isSilent),
    ...(series ?? []).flatMap(({ pod, tier }) =>
      raw.lives.some((life) => life.pod === pod && life.tier === tier)
        ? []
        : about(`has a series of ${pod} in tier ${tier}`),
    ),
    ...traces.flatMap(({ traceId, status, spanIds }) =>
      (status === 200) === spanIds.length > 0
        ? []
        : about(`has ${spanIds.length} spans of trace ${traceId} with status ${status}`),
    ),
    ...[...traces, ...(logs ?? [])].flatMap(({ traceId, spanIds }) =>
      spanIds.every((id) => /^[0-9a-f]{16}$/.test(id))
        ? []
        : about(`has no span ids in ${traceId}`),
    ),
    ...Object.entries({ searched, logs, series }).flatMap(([name, answer]) =>
      answer === undefined && isSilent ? about(`has no ${name}, and no error that says why`) : [],
    ),
    ...visibility.flatMap(({ traceId, sentMs, missedMs = sentMs, visibleMs = missedMs }) =>
      missedMs >= sentMs - grainMs && visibleMs >= missedMs && sentMs >= raw.startMs
        ? []
        : about(`shows trace ${traceId} before it was sent, or missed behind that`),
    ),
    ...visibility.flatMap(({ traceId, sentMs }) =>
      sentMs <= Number(loadEnded.atMs ?? Number.POSITIVE_INFINITY)
        ? []
        : about(`shows trace ${traceId} as sent when the load was over`),
    ),
  ];
}

/** Prometheus is asked for each pod of the pipeline; a backend is named as its tier. */
const podsOf = ({ lives }: RawRun): ReadonlySet<string> =>
  new Set(lives.flatMap(({ pod, tier }) => (pod === tier || tier === appTier ? [] : pod)));

function sameIds(
  what: string,
  answered: readonly string[],
  asked: ReadonlySet<unknown>,
  all: boolean,
): Doubt[] {
  const own = new Set(answered);
  const unasked = answered.find((id) => !asked.has(id));
  const absent = all ? [...asked].find((id) => !own.has(String(id))) : undefined;
  return [
    ...(unasked === undefined ? [] : [about(`${what}: ${unasked} was not asked for`)]),
    ...(own.size < answered.length ? [about(`${what}: one is there twice`)] : []),
    ...(absent === undefined ? [] : [about(`${what}: ${absent} was asked for and is not there`)]),
  ];
}
