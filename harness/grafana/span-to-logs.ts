import { dataSourceNamed } from './find.ts';
import { logsRequest } from './requests.ts';
import type {
  DataSource,
  GrafanaLinks,
  GrafanaVersion,
  Link,
  LinkRequest,
  Mapping,
  NoLink,
  ShownSpan,
  Tag,
  TracesToLogs,
} from './types.ts';
import { interpolate } from './variables.ts';

/** What "Logs for this span" asks, or why there is none (Grafana, `createSpanLink`, `logsLink`). */
export function spanToLogs(links: GrafanaLinks, tempo: DataSource, span: ShownSpan): Link | NoLink {
  const { tracesToLogs } = tempo;
  if (!tracesToLogs) return { why: 'not-configured' };
  const { datasourceUid } = tracesToLogs;
  const loki = datasourceUid ? dataSourceNamed(links, datasourceUid) : undefined;
  if (!loki) return { why: 'data-source-unknown', uid: datasourceUid };
  if (loki.type !== 'loki') {
    return { why: 'not-modelled', what: `logs in a data source of type ${loki.type}` };
  }
  const templates = templatesOf(tracesToLogs, links.version, span);
  if ('why' in templates) return templates;
  const { tags, queries } = templates;
  const made = queries.map((query) => interpolate(query, variablesOf(span, tags)));
  const undefinedNames = made.flatMap((query) => query.undefinedNames);
  if (undefinedNames.length > 0) return { why: 'variable-undefined', variables: undefinedNames };
  const [unmodelled] = made.flatMap((query) => query.unmodelled);
  if (unmodelled !== undefined) return { why: 'not-modelled', what: unmodelled };
  const window = windowOf(span, tracesToLogs);
  const requests = made.map(({ text }) => logsRequest(text, window, loki.maxLines));
  return { label: loki.name, request: inTurn(requests) };
}

/** Each is asked where those before it found nothing. */
const inTurn = (requests: readonly LinkRequest[]): LinkRequest =>
  requests.reduceRight((otherwise, request) => ({ ...request, otherwise }));

interface Templates {
  readonly tags: string;
  readonly queries: readonly string[];
}

function templatesOf(
  options: TracesToLogs,
  version: GrafanaVersion,
  span: ShownSpan,
): Templates | NoLink {
  const mappings = options.tags && options.tags.length > 0 ? options.tags : defaultTags;
  const tags = tagsOf(span, mappings, version).join(', ');
  if (options.customQuery) return { tags, queries: [options.customQuery] };
  if (tags === '') return { why: 'no-tags', tags: mappings.map(({ key }) => key) };
  if (version.spanToLogs === 'probes') return { tags, queries: probes(span) };
  const { filterByTraceId, filterBySpanId } = options;
  const filters = [
    ...(filterByTraceId ? [idFilter('trace', version)] : []),
    ...(filterBySpanId ? [idFilter('span', version)] : []),
  ];
  return { tags, queries: [['{$' + '{__tags}}', ...filters].join(' ')] };
}

/** Finds an id in a line, and since 11.3 among what stands beside the line. */
function idFilter(of: 'trace' | 'span', { spanToLogs: how, namesAsLoki }: GrafanaVersion): string {
  const id = `$\{__span.${of}Id}`;
  if (how === 'line') return `|="${id}"`;
  // In capitals Loki before 3.0 does not take it.
  const or = namesAsLoki ? 'or' : 'OR';
  const label = `log_line_contains_${of}_id`;
  const holds = `\`{{ contains "${id}" __line__  }}\``;
  return `| label_format ${label}=${holds} | ${label}="true" ${or} ${of}_id="${id}"`;
}

/** What ids are called in logs, in the order of asking. */
const idNames = [
  ['traceID', 'spanID'],
  ['trace_id', 'span_id'],
  ['traceId', 'spanId'],
  ['TraceID', 'SpanID'],
  ['TraceId', 'SpanId'],
  ['otel_trace_id', 'otel_span_id'],
] as const;

/** With the toggle `dynamicTraceToLogs`, filters are no matter of settings: all are tried. */
function probes({ traceId, spanId, resource, attributes }: ShownSpan): string[] {
  const services = [...resource, ...attributes].filter(({ key }) => key === 'service.name');
  const names = [...new Set(services.map(({ value }) => String(value)))].filter((name) => name);
  const byTags = '{$' + '{__tags}}';
  const byJob = names.length > 0 ? [`{job=~"(.*/)?(${names.map(escaped).join('|')})"}`] : [];
  const byFields = idNames.flatMap(([trace, span]) =>
    [byTags, ...byJob].map(
      (selector) =>
        `${selector} | logfmt | json | drop __error__ | ${trace}="${traceId}" | ${span}="${spanId}"`,
    ),
  );
  return [...byFields, `${byTags} |= "${traceId}" |= "${spanId}"`];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const defaultTags: readonly Mapping[] = [
  'cluster',
  'hostname',
  'namespace',
  'pod',
  'service.name',
  'service.namespace',
].map((key) => ({ key, value: key.includes('.') ? key.replace('.', '_') : undefined }));

/** Tags of resource and span that are mapped, each as a matcher; also what the span is. */
function tagsOf(
  { resource, attributes, spanId, traceId, name, startNanos, endNanos }: ShownSpan,
  mappings: readonly Mapping[],
  { namesAsLoki }: GrafanaVersion,
): string[] {
  const own: Tag[] = [
    { key: 'spanId', value: spanId },
    { key: 'traceId', value: traceId },
    { key: 'name', value: name },
    { key: 'duration', value: Number(endNanos - startNanos) / 1_000 },
  ];
  return [...resource, ...attributes, ...own].flatMap(({ key, value }) => {
    const mapping = mappings.find((candidate) => candidate.key === key);
    if (!mapping) return [];
    const label = mapping.value || mapping.key;
    return [`${namesAsLoki ? label.replaceAll('.', '_') : label}="${String(value)}"`];
  });
}

/** `__trace` is said of the whole trace; of it only the id is known from a span. */
function variablesOf(span: ShownSpan, tags: string) {
  const { traceId, spanId, name, startNanos, endNanos, resource, attributes } = span;
  const values = [...resource, ...attributes].map(({ key, value }) => [key, value] as const);
  return {
    __tags: tags,
    __span: {
      traceId,
      spanId,
      name,
      duration: Number(endNanos - startNanos) / 1_000,
      tags: Object.fromEntries(values),
    },
    __trace: { traceId, duration: unknownOfTrace, name: unknownOfTrace },
  };
}

/** An object has no form in a query: a template with it counts as not modelled. */
const unknownOfTrace = {};

/** Whole milliseconds, and one at least (Grafana, `getTimeRangeFromSpan`). */
export function windowOf(
  { startNanos, endNanos }: Pick<ShownSpan, 'startNanos' | 'endNanos'>,
  { startShiftMs, endShiftMs }: Pick<TracesToLogs, 'startShiftMs' | 'endShiftMs'>,
): { readonly fromMs: number; readonly toMs: number } {
  // In floating point, as there: what is rounded there is rounded here.
  const startMicros = (Number(startNanos) / 1e6) * 1_000;
  const durationMicros = (Number(endNanos - startNanos) / 1e6) * 1_000;
  const fromMs = Math.floor(startMicros / 1_000 + startShiftMs);
  const toMs = Math.floor((startMicros + durationMicros) / 1_000 + endShiftMs);
  return { fromMs, toMs: toMs === fromMs ? toMs + 1 : toMs };
}
