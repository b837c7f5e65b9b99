import { describe, expect, it } from 'vitest';
import { exemplarsRequest, exemplarToTraces } from './exemplar-to-trace.ts';
import { linksOf } from './golden.testing.ts';
import { curlOf, logsRequest, targetOf, traceRequest } from './requests.ts';
import type { DataSource } from './types.ts';

describe('requests', () => {
  // pkg/tsdb/loki/api.go, makeDataRequest: names of the parameters, times in nanoseconds.
  const logs = logsRequest(`{a="b"} |= "it's"`, { fromMs: 1_000, toMs: 2_000 }, 1_000);

  it('to Loki', () => {
    expect(targetOf(logs)).toBe(
      '/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D+%7C%3D+%22it%27s%22&direction=backward&limit=1000&start=1000000000&end=2000000000',
    );
  });

  it('as a command, quoted for a shell', () => {
    expect(curlOf(logs, 'http://loki:3100')).toBe(
      String.raw`curl -G 'http://loki:3100/loki/api/v1/query_range' --data-urlencode 'query={a="b"} |= "it'\''s"' --data-urlencode 'direction=backward' --data-urlencode 'limit=1000' --data-urlencode 'start=1000000000' --data-urlencode 'end=2000000000'`,
    );
    expect(curlOf(traceRequest('f0'), 'http://tempo')).toBe(
      `curl -H 'Accept: application/protobuf' 'http://tempo/api/v2/traces/f0'`,
    );
  });

  it('for exemplars, in seconds', () => {
    const request = exemplarsRequest('a_bucket', { fromMs: 1_500, toMs: 2_000 });
    expect(targetOf(request)).toBe('/api/v1/query_exemplars?query=a_bucket&start=1.5&end=2');
  });
});

// packages/grafana-prometheus/src/result_transformer.ts, transformV2 and getDataLinks.
describe('an exemplar’s traces', () => {
  const clicked = (
    exemplarTraceIdDestinations: readonly object[],
    labels: Record<string, string>,
  ) => {
    const links = linksOf({ prometheus: { exemplarTraceIdDestinations } });
    return exemplarToTraces(links, links.dataSources[2] as DataSource, labels).map((one) =>
      'why' in one ? one.why : one.request.path,
    );
  };
  const tempo = { name: 'trace_id', datasourceUid: 'tempo' };
  it.each<[string, readonly object[], Record<string, string>, readonly string[]]>([
    ['by the label of exactly that name', [tempo], { trace_id: 'f0' }, ['/api/v2/traces/f0']],
    ['none by another', [{ ...tempo, name: 'traceID' }], { trace_id: 'f0' }, ['nothing-matches']],
    [
      'links an unknown data source to nothing',
      [{ name: 'traceID', datasourceUid: 'unknown' }],
      { traceID: 'f0' },
      ['data-source-unknown'],
    ],
    ['none where none is configured', [], { trace_id: 'f0' }, ['not-configured']],
    [
      'out of Grafana',
      [{ name: 'trace_id', url: 'http://x' }],
      { trace_id: 'f0' },
      ['not-modelled'],
    ],
  ])('%s', (_, destinations, labels, paths) => {
    expect(clicked(destinations, labels)).toEqual(paths);
  });
});
