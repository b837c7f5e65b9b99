import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Place, Problem } from '../lib/errors.ts';
import { problemsOf, wordingOf } from '../lib/schema-issues.ts';
import { usualMaxLines } from './requests.ts';
import type { DataSource, TracesToLogs } from './types.ts';

/**
 * The settings of a data source that links are made of. Other keys may stand beside them: Grafana
 * reads those that it knows and says nothing of the rest.
 */
const shift = z
  .string()
  .optional()
  .transform((written, context) => {
    const parsed = written ? shiftMs(written) : 0;
    if (parsed !== undefined) return parsed;
    const message = `found "${written}", expected a time with its unit, such as -1h or 500ms`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const text = z.string().optional();

const mapping = z
  .looseObject({ key: z.string(), value: text.nullable() })
  .transform(({ key, value }) => ({ key, value: value ?? undefined }));

const tracesToLogs = z.looseObject({
  datasourceUid: text,
  tags: z.array(mapping).optional(),
  filterByTraceID: z.boolean().optional(),
  filterBySpanID: z.boolean().optional(),
  customQuery: z.boolean().optional(),
  query: text,
  spanStartTimeShift: shift,
  spanEndTimeShift: shift,
});

/** Before tags were mapped one by one; Grafana still reads it. */
const oldTracesToLogs = z.looseObject({
  datasourceUid: text,
  tags: z.array(z.string()).optional(),
  mapTagNamesEnabled: z.boolean().optional(),
  mappedTags: z.array(mapping).optional(),
  filterByTraceID: z.boolean().optional(),
  filterBySpanID: z.boolean().optional(),
  spanStartTimeShift: shift,
  spanEndTimeShift: shift,
});

const pattern = z.string().refine(isPattern, {
  error: ({ input }) => `found "${String(input)}", expected a JavaScript regular expression`,
});

const jsonData = z.looseObject({
  maxLines: z.coerce.number().int().min(1).optional(),
  tracesToLogsV2: tracesToLogs.optional(),
  tracesToLogs: oldTracesToLogs.optional(),
  derivedFields: z
    .array(
      z.looseObject({
        name: text,
        matcherType: text,
        matcherRegex: pattern.optional(),
        url: text,
        datasourceUid: text,
      }),
    )
    .optional(),
  exemplarTraceIdDestinations: z
    .array(z.looseObject({ name: z.string(), datasourceUid: text, url: text }))
    .optional(),
});

const dataSource = z.looseObject({
  name: z.string().min(1),
  type: z.string().min(1),
  uid: text,
  url: text,
  jsonData: jsonData.optional(),
});

/** One entry of `datasources:`, expanded. @returns its mistakes where it has any */
export function readDataSource(
  value: unknown,
  place: (path: readonly PropertyKey[]) => Place,
): DataSource | Problem[] {
  const parsed = dataSource.safeParse(value, { error: wordingOf });
  if (!parsed.success) return problemsOf(parsed.error.issues, { place, keyPlace: place });
  const { name, type, uid, url = '', jsonData: settings = {} } = parsed.data;
  const own = (...path: PropertyKey[]): Place => place(['jsonData', ...path]);
  const { maxLines, derivedFields, exemplarTraceIdDestinations } = settings;
  return {
    uid: uid || uidOf(name),
    name,
    type,
    url,
    maxLines: maxLines ?? usualMaxLines,
    tracesToLogs: tracesToLogsOf(settings, own),
    derivedFields: (derivedFields ?? []).map((field, i) => ({
      name: field.name,
      matcherType: field.matcherType,
      matcherRegex: field.matcherRegex,
      url: field.url,
      datasourceUid: field.datasourceUid,
      place: own('derivedFields', i),
    })),
    exemplarDestinations: (exemplarTraceIdDestinations ?? []).map((destination, i) => ({
      name: destination.name,
      datasourceUid: destination.datasourceUid,
      url: destination.url,
      place: own('exemplarTraceIdDestinations', i),
    })),
    place: place([]),
  };
}

function tracesToLogsOf(
  { tracesToLogsV2: now, tracesToLogs: before }: z.output<typeof jsonData>,
  own: (key: string) => Place,
): TracesToLogs | undefined {
  if (now) return toTracesToLogs(now, own('tracesToLogsV2'));
  if (!before) return undefined;
  const { tags, mappedTags, mapTagNamesEnabled, ...same } = before;
  const plain = tags?.map((key) => ({ key, value: undefined }));
  const mapped = mapTagNamesEnabled ? mappedTags : plain;
  return toTracesToLogs({ ...same, tags: mapped }, own('tracesToLogs'));
}

function toTracesToLogs(written: z.output<typeof tracesToLogs>, place: Place): TracesToLogs {
  const { customQuery, query } = written;
  return {
    datasourceUid: written.datasourceUid,
    tags: written.tags,
    filterByTraceId: written.filterByTraceID ?? false,
    filterBySpanId: written.filterBySpanID ?? false,
    customQuery: customQuery && query ? query : undefined,
    ignoredQuery: Boolean(query) && !customQuery,
    startShiftMs: written.spanStartTimeShift,
    endShiftMs: written.spanEndTimeShift,
    place,
  };
}

/** Of a provisioned data source without one (Grafana, `safeUIDFromName`). */
const uidOf = (name: string): string =>
  `P${createHash('sha256').update(name).digest('hex').slice(0, 16)}`.toUpperCase();

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** As Grafana's `intervalToMs`: whole units; a number alone is seconds. */
function shiftMs(written: string): number | undefined {
  if (Number(written)) return 1_000 * Number.parseInt(written, 10);
  const [, count = '', unit = ''] = /(-?\d+(?:\.\d+)?)(ms|[Mwdhmsy])/.exec(written) ?? [];
  const unitMs = unitsMs[unit];
  return unitMs === undefined ? undefined : unitMs * Number.parseInt(count, 10);
}

function isPattern(written: string): boolean {
  try {
    new RegExp(written);
    return true;
  } catch {
    return false;
  }
}
