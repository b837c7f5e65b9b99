import { describe, expect, it } from 'vitest';
import type { Click, LogRow } from '../../evidence/types.ts';
import { logsRequest } from '../../grafana/requests.ts';
import {
  field,
  idOf,
  itemNamed,
  judged,
  numbers,
  rowOf,
  type Settings,
  startMs,
  toLogs,
  toTrace,
  working,
} from './links.testing.ts';

describe('causes, of a link to logs', () => {
  const empty = { status: 200, items: [] };
  const asking = (own: string, over: Partial<Click> = {}, window?: [number, number]) =>
    numbers(30).map((i) => {
      const [fromMs, toMs] = window ?? [startMs - 60_000, startMs + 60_000];
      const request = logsRequest(own.replace('ID', idOf(i)), { fromMs, toMs }, 1_000);
      return toLogs(i, { answer: empty, request, ...over });
    });
  const error = { status: 400, error: 'x', items: [] };
  it.each<[string, readonly Click[], string, Settings?]>([
    ['link-label-unknown', asking('{service="shop"}'), 'no such label'],
    ['link-label-unknown', asking('{service_name="other"}'), 'another value'],
    ['link-label-unknown', asking('{service.name="shop"}', { answer: error }), 'a dot'],
    [
      'link-window-too-small',
      asking('{service_name="shop"}', {}, [0, startMs]),
      'its end is not in it',
    ],
    ['link-window-too-small', asking('{a="b"}', {}, [startMs + 1, startMs + 2]), 'too late'],
    ['link-window-reversed', asking('{a.b="c"}', { answer: error }, [2, 1]), 'before the label'],
    ['link-id-in-metadata', asking('{service_name="shop"} |~ "ID"'), 'a filter of lines'],
    ['link-finds-nothing', asking('{service_name="shop"} | x="y"'), 'another filter'],
    ['link-finds-nothing', asking('{service_name="shop"} |= "x" | trace_id="ID"'), 'of the line'],
    ['link-id-in-metadata', asking('{service_name="shop"} |= `ID`'), 'quoted otherwise'],
    ['link-finds-nothing', asking('{service_name="shop"} | x', { answer: error }), 'no LogQL'],
    [
      'link-variable-unescaped',
      asking('{service_name="shop"} |= ""', { answer: { status: 200, items: [itemNamed(39)] } }),
      'another trace’s, by a filter that says nothing',
      { customQuery: true, query: `{service_name="shop"} |= "$\{__span.traceId}"` },
    ],
  ])('%s: %#', async (kind, clicks, _, own) => {
    const { tracesToLogsV2 } = working.tempo;
    const settings = { ...working, tempo: { tracesToLogsV2: { ...tracesToLogsV2, ...own } } };
    const result = await judged('trace-to-log', { clicks, settings });
    expect(result).toMatchObject({ verdict: 'fail', kinds: [`${kind} grafana/tempo of all`] });
  });

  it('a truncated answer tells nothing', async () => {
    const items = numbers(1_000).map(() => itemNamed(0));
    const clicks = numbers(30).map((i) => toLogs(i, { answer: { status: 200, items } }));
    const { filterByTraceID: __, ...tracesToLogsV2 } = working.tempo.tracesToLogsV2;
    const settings = { ...working, tempo: { tracesToLogsV2 } };
    expect((await judged('trace-to-log', { clicks: clicks.slice(1), settings })).verdict).toBe(
      'unknown',
    );
  });

  it('without a filter other traces’ records may stand beside', async () => {
    const clicks = numbers(30).map((i) =>
      toLogs(i, { answer: { status: 200, items: [itemNamed(39), itemNamed(i)] } }),
    );
    expect((await judged('trace-to-log', { clicks })).verdict).toBe('fail');
    const { filterByTraceID: __, ...tracesToLogsV2 } = working.tempo.tracesToLogsV2;
    const settings = { ...working, tempo: { tracesToLogsV2 } };
    expect((await judged('trace-to-log', { clicks, settings })).verdict).toBe('pass');
  });

  it('a record that Loki itself does not show is open', async () => {
    const clicks = asking('{service_name="shop"}');
    expect((await judged('trace-to-log', { clicks, rows: [] })).verdict).toBe('unknown');
  });
});

describe('causes, of a derived field', () => {
  const unmatched = numbers(30).map((i): Click => {
    return { ...itemNamed(i), link: 'log-to-trace', absent: { why: 'nothing-matches' } };
  });
  const beside = numbers(40).map(rowOf);
  const inside = beside.map((row) => ({ ...row, line: `id=${row.traceId}`, labels: {} }));
  it.each<[string, Settings, readonly LogRow[]]>([
    ['link-id-in-metadata', { matcherType: 'regex', matcherRegex: 'id=(\\w+)' }, beside],
    ['link-id-in-body-only', {}, inside],
    ['link-never-shown', { matcherRegex: undefined, matcherType: undefined }, beside],
    ['link-never-shown', { matcherRegex: 'otherwise' }, beside],
  ])('%s: %#', async (kind, own, rows) => {
    const loki = { derivedFields: [{ ...field, datasourceUid: 'tempo', ...own }] };
    const result = await judged('log-to-trace', { clicks: unmatched, rows, settings: { loki } });
    expect(result).toMatchObject({ verdict: 'fail', kinds: [`${kind} grafana/loki of all`] });
  });

  it('an id of something else leads elsewhere', async () => {
    const request = { path: '/api/traces/f00', parameters: {} };
    const answer = { status: 404, items: [] };
    const clicks = numbers(30).map((i) => toTrace(i, { request, answer }));
    expect((await judged('log-to-trace', { clicks })).kinds).toEqual([
      'link-leads-elsewhere grafana/loki of all',
    ]);
  });
});

describe('a dollar sign that is lost elsewhere', () => {
  it('is not blamed for a link that another setting breaks', async () => {
    const { tracesToLogsV2 } = working.tempo;
    const queries = [{ query: `x{a="$\{__tags}"}` }];
    const settings = { ...working, tempo: { tracesToLogsV2, tracesToMetrics: { queries } } };
    const clicks = numbers(30).map((i) => toLogs(i, { answer: { status: 200, items: [] } }));
    const result = await judged('trace-to-log', { clicks, settings });
    expect(result.kinds).toEqual(['link-finds-nothing grafana/tempo of all']);
  });
});
