import { describe, expect, it } from 'vitest';
import { chainOf, linksOf, spanWith, startMs } from './golden.testing.ts';
import { spanToLogs } from './span-to-logs.ts';
import type { DataSource, ShownSpan } from './types.ts';
import type { Toggle } from './version.ts';

/**
 * Requests that Grafana's own tests and sources tell, each with where: `A` is
 * public/app/features/explore/TraceView/createSpanLink.test.ts at 70056ef2 (before 11.3), `B` the
 * same at 017117ee (mapped tags), `C` createSpanLink.tsx, `getQueryForLoki`, of grafana#93923
 * (11.3), `D` components/logsLink.test.ts of grafana#130515 (13.2), each with the name of the test.
 */

type Settings = Readonly<Record<string, unknown>>;

const clicked = (
  settings: Settings | undefined,
  span: ShownSpan,
  version: string,
  toggles: readonly Toggle[] = [],
) => {
  const tracesToLogsV2 = settings && { datasourceUid: 'loki', ...settings };
  const links = linksOf({ tempo: tracesToLogsV2 ? { tracesToLogsV2 } : {} }, version, toggles);
  return spanToLogs(links, links.dataSources[0] as DataSource, span);
};

const queriesOf = (...of: Parameters<typeof clicked>) => {
  const link = clicked(...of);
  return 'why' in link ? link : chainOf(link.request).map(({ parameters }) => parameters.query);
};

const ip = { hostname: 'hostname1', ip: '192.168.0.1' };
const renamed = { 'service.name': 'serviceName', 'k8s.pod.name': 'podName' };
const pods = [
  { key: 'service.name', value: 'service' },
  { key: 'k8s.pod.name', value: 'pod' },
];
const incomplete = [
  { key: 'service.name', value: '' },
  { key: 'k8s.pod.name', value: 'pod' },
];
const selector = '{cluster="cluster1", hostname="hostname1", service_namespace="namespace1"}';
const custom =
  '{$' + '{__tags}} |="$' + '{__span.tags["service.name"]}" |="$' + '{__trace.traceId}"';
const contains = (of: string, id: string, or: string): string =>
  `| label_format log_line_contains_${of}_id=\`{{ contains "${id}" __line__  }}\` | log_line_contains_${of}_id="true" ${or} ${of}_id="${id}"`;
const ids = { trace: '7946b05c2e2e4e5a', span: '6605c7b08e715d6c' };
const both = { filterByTraceID: true, filterBySpanID: true };

/** Alike in each generation whose test file has them. */
const ofTags: readonly [string, Settings, ShownSpan, string][] = [
  ['A: with default keys when tags not configured', {}, spanWith(), selector],
  [
    'A: with tags that passed in and without tags that are not in the span',
    { tags: [{ key: 'ip' }, { key: 'newTag' }] },
    spanWith(ip),
    '{ip="192.168.0.1"}',
  ],
  [
    'A: from tags and process tags as well',
    { tags: [{ key: 'ip' }, { key: 'host' }] },
    spanWith(ip),
    '{ip="192.168.0.1", host="host"}',
  ],
  [
    'A: handles renamed tags',
    { tags: pods },
    spanWith(renamed),
    '{service="serviceName", pod="podName"}',
  ],
  [
    'A: interpolates span intrinsics',
    { tags: [{ key: 'name', value: 'spanName' }] },
    spanWith(),
    '{spanName="operation"}',
  ],
  [
    'A: interpolates custom query correctly',
    { tags: pods, customQuery: true, query: custom.replaceAll('$', '$$$$') },
    spanWith(renamed),
    `{service="serviceName", pod="podName"} |="serviceName" |="${ids.trace}"`,
  ],
];

describe.each(['10.4', '11.2', '11.3', '13.1', '13.2.1'])(
  'a span’s logs in Grafana %s',
  (version) => {
    it.each(ofTags)('%s', (_, settings, span, query) => {
      expect(queriesOf(settings, span, version)).toEqual([query]);
    });

    it('A: handles incomplete renamed tags; since D "normalizes dotted trace label names"', () => {
      const name = version === '13.2.1' ? 'service_name' : 'service.name';
      const query = `{${name}="serviceName", pod="podName"}`;
      expect(queriesOf({ tags: incomplete }, spanWith(renamed), version)).toEqual([query]);
    });

    it('A: handles empty queries', () => {
      const span = spanWith({ 'k8s.pod.name': 'podName' });
      expect(queriesOf({ tags: [] }, span, version)).toMatchObject({ why: 'no-tags' });
    });

    it('A: does not return a link if variables are not matched', () => {
      const query = '{$${__tags}} |="$${__span.tags["service.name"]}" |="$${__trace.id}"';
      const settings = { tags: pods, customQuery: true, query };
      const links = queriesOf(settings, spanWith(), version);
      expect(links).toMatchObject({ why: 'variable-undefined' });
    });

    it('A: returns no links if there is no data source uid', () => {
      expect(queriesOf({ datasourceUid: '' }, spanWith(), version)).toMatchObject({
        why: 'data-source-unknown',
      });
      expect(queriesOf(undefined, spanWith(), version)).toEqual({ why: 'not-configured' });
    });
  },
);

describe('filters by ids', () => {
  const old = `${selector} |="${ids.trace}" |="${ids.span}"`;
  const spelt = (or: string): string =>
    `${selector} ${contains('trace', ids.trace, or)} ${contains('span', ids.span, or)}`;
  it.each([
    ['A: filters by trace and span ID', '11.2', both, old],
    ['A, trace alone', '9.5', { filterByTraceID: true }, `${selector} |="${ids.trace}"`],
    ['C: both', '11.3', both, spelt('OR')],
    ['C: both', '12.4', both, spelt('OR')],
    [
      'C: the trace',
      '12.0',
      { filterByTraceID: true },
      `${selector} ${contains('trace', ids.trace, 'OR')}`,
    ],
    [
      'C: the span',
      '12.0',
      { filterBySpanID: true },
      `${selector} ${contains('span', ids.span, 'OR')}`,
    ],
    ['D: returns the legacy query when dynamicTraceToLogs is disabled', '13.2', both, spelt('or')],
  ] as const)('%s in %s', (_, version, settings, query) => {
    expect(queriesOf(settings, spanWith(), version)).toEqual([query]);
  });

  it('a query without customQuery is none (C: customQuery ? query : undefined)', () => {
    expect(queriesOf({ query: 'x' }, spanWith(), '12.0')).toEqual([selector]);
  });
});

describe('with the toggle dynamicTraceToLogs', () => {
  const probed = (span: ShownSpan, settings: Settings = {}) =>
    queriesOf(settings, span, '13.2', ['dynamicTraceToLogs']);

  it('D: creates default and job variants for each id field name, plus line-contains', () => {
    // There the service is no tag but the process's own name; Tempo's answers have it as a tag.
    const span = spanWith({ cluster: 'cluster1', 'service.name': 'checkout' });
    const tags = '{cluster="cluster1", service_name="checkout"}';
    const names = ['traceID', 'trace_id', 'traceId', 'TraceID', 'TraceId', 'otel_trace_id'];
    const queries = names.flatMap((name) => {
      const ofSpan = name.replace(/^t/, 's').replace(/^T/, 'S').replace('otel_t', 'otel_s');
      const spanName = ofSpan.replace(/race/, 'pan');
      const pipeline = `| logfmt | json | drop __error__ | ${name}="${ids.trace}" | ${spanName}="${ids.span}"`;
      return [`${tags} ${pipeline}`, `{job=~"(.*/)?(checkout)"} ${pipeline}`];
    });
    expect(queries).toHaveLength(12);
    expect(probed(span)).toEqual([...queries, `${tags} |= "${ids.trace}" |= "${ids.span}"`]);
  });

  it('D: skips job variants when there are no service names', () => {
    expect(probed(spanWith({ cluster: 'cluster1' }))).toHaveLength(7);
  });

  it('D: returns custom query only when configured', () => {
    const query = '{job="custom"} |= "$${__trace.traceId}"';
    const [own, ...others] = probed(spanWith(), { customQuery: true, query }) as string[];
    expect([own, others]).toEqual([`{job="custom"} |= "${ids.trace}"`, []]);
  });

  it('D: normalizes dotted trace label names to underscores for Loki', () => {
    const span = spanWith({ 'service.name': 'api', 'k8s.pod.name': 'pod-1' });
    const tags = [{ key: 'service.name', value: '' }, { key: 'k8s.pod.name' }];
    const [first] = probed(span, { tags }) as string[];
    expect(first).toMatch(/^\{service_name="api", k8s_pod_name="pod-1"\} /);
  });

  it('D: returns undefined when no mapped tags are present', () => {
    expect(probed(spanWith({ unrelated: 'x' }), { tags: [{ key: 'cluster' }] })).toMatchObject({
      why: 'no-tags',
    });
  });

  it('is none before 13.2', () => {
    expect(queriesOf(both, spanWith(), '13.1', ['dynamicTraceToLogs'])).toHaveLength(1);
  });
});

describe('the window', () => {
  const windowOf = (settings: Settings, span = spanWith()) => {
    const link = clicked(settings, span, '12.0');
    if ('why' in link) return [link.why];
    const { start = '', end = '', limit, direction } = link.request.parameters;
    const since = (nanos: string): number => Number(BigInt(nanos) / 1_000_000n) - startMs;
    return [since(start), since(end), limit, direction];
  };
  it.each<[string, Settings, readonly number[]]>([
    ['A: with default keys', {}, [0, 1_000]],
    [
      'A: with adjusted start and end time',
      { spanStartTimeShift: '-1m', spanEndTimeShift: '1m' },
      [-60_000, 61_000],
    ],
    [
      'B: with adjusted start and end time',
      { spanStartTimeShift: '1m', spanEndTimeShift: '1m' },
      [60_000, 61_000],
    ],
    [
      'as is, where it ends before it begins',
      { spanStartTimeShift: '1h', spanEndTimeShift: '-1h' },
      [3_600_000, -3_599_000],
    ],
    ['seconds, without a unit', { spanStartTimeShift: '-2' }, [-2_000, 1_000]],
  ])('%s', (_, settings, [from, to]) => {
    expect(windowOf(settings)).toEqual([from, to, '1000', 'backward']);
  });

  it('is whole milliseconds, and one at least (getTimeRangeFromSpan)', () => {
    const startNanos = BigInt(startMs) * 1_000_000n + 700_000n;
    const short = { ...spanWith(), startNanos, endNanos: startNanos + 200_000n };
    expect(windowOf({}, short).slice(0, 2)).toEqual([0, 1]);
    const over = { ...short, endNanos: startNanos + 400_000n };
    expect(windowOf({}, over).slice(0, 2)).toEqual([0, 1]);
  });
});

describe('settings of before', () => {
  it('B: handles renamed tags, by mapTagNamesEnabled', () => {
    const tracesToLogs = { datasourceUid: 'loki', mapTagNamesEnabled: true, mappedTags: pods };
    const links = linksOf({ tempo: { tracesToLogs } }, '9.0');
    const link = spanToLogs(links, links.dataSources[0] as DataSource, spanWith(renamed));
    expect(link).toMatchObject({
      request: { parameters: { query: '{service="serviceName", pod="podName"}' } },
    });
  });

  it('a data source is found by its name as well (getInstanceSettings)', () => {
    expect(queriesOf({ datasourceUid: 'loki of all' }, spanWith(), '12.0')).toEqual([selector]);
    expect(queriesOf({ datasourceUid: 'loki-uid' }, spanWith(), '12.0')).toEqual({
      why: 'data-source-unknown',
      uid: 'loki-uid',
    });
  });
});
