import { describe, expect, it } from 'vitest';
import { curlOf, logsRequest, targetOf, traceRequest } from './requests.ts';

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
});
