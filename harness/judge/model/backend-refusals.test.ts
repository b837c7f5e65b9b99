import { describe, expect, it } from 'vitest';
import { fixOfRefusal } from './backend-refusals.ts';
import { component, output, tierOf } from './causes.testing.ts';
import { senderRefused, whyDropped } from './exporters.ts';

const unsupported =
  'status 400: unsupported compression: zstd. Only "gzip" or no compression supported';

const final = (message: string) => ({ message, final: true });

describe('what is to be done about what a backend says', () => {
  it.each([
    [unsupported, /compression/],
    ['grpc: Decompressor is not installed for grpc-encoding "zstd"', /compression/],
    ['status 401: no org id', /credentials or the tenant/],
    ['rpc error: code = PermissionDenied desc = no', /credentials/],
    ['status 413: request body too large', /max_size/],
    ['grpc: received message larger than max (5000000 vs. 4194304)', /max_size/],
    ['status 400: out of order sample', /window/],
    ['status 400: entry too far behind', /window/],
  ])('%s', (said, fix) => expect(fixOfRefusal(said)).toMatch(fix));

  it.each([
    'status 429: ingestion rate limit exceeded',
    'rpc error: code = ResourceExhausted desc = RATE_LIMITED: ingestion rate limit exceeded',
    'rpc error: code = Unavailable desc = connection refused',
    'status 503',
    '',
  ])('"%s" is left to limits and retries', (said) => expect(fixOfRefusal(said)).toBeUndefined());
});

it('is said of the exporter that was refused, or that gave it up', () => {
  const exporter = component('otlp_http/prometheus', { endpoint: 'http://prometheus:9090' });
  const tier = tierOf('gateway', [], [output(exporter, { backend: 'prometheus:9090' })]);
  expect(senderRefused(tier, 'traces', 'prometheus:9090', final(unsupported))?.fix).toMatch(
    /compression/,
  );
  expect(whyDropped(tier, 'traces', exporter.id, unsupported, undefined).fix).toMatch(
    /compression/,
  );
  const next = tierOf('agent', [], [output(component('otlp_grpc'))]);
  expect(whyDropped(next, 'traces', 'otlp_grpc', unsupported, undefined).fix).toBeUndefined();
});
