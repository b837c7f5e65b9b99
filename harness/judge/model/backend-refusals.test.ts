import { describe, expect, it } from 'vitest';
import type { Tier } from '../../pipeline/types.ts';
import { fixOfRefusal } from './backend-refusals.ts';
import { component, output, tierOf } from './causes.testing.ts';
import { senderRefused, senderWithout, whyDropped } from './exporters.ts';

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

describe('a gateway that asks for credentials', () => {
  const sender = tierOf('agent', [], [output(component('otlp_grpc'))]);
  const said = 'rpc error: code = Unauthenticated desc = missing or empty authorization header';
  const gateway = (protocol: string) => {
    const auth = { authenticator: 'bearertokenauth' };
    const receiver = component('otlp', { protocols: { [protocol]: { auth } } }, 'receivers');
    const [pipeline] = tierOf('gateway', [], []).pipelines;
    return { ...sender, name: 'gateway', pipelines: [{ ...pipeline, receivers: [receiver] }] };
  };

  it('is named, with what lets in', () => {
    const { why, fix } = whyDropped(sender, 'traces', 'otlp_grpc', said, gateway('grpc') as Tier);
    expect(why).toContain(
      'gateway/otlp lets in by protocols.grpc.auth.authenticator: bearertokenauth (p.yaml:7)',
    );
    expect(fix).toMatch(/give the exporter the credentials/);
    const answered = 'missing or empty authorization header: Authorization';
    expect(senderWithout(sender, 'traces', gateway('grpc') as Tier, answered)).toMatchObject({
      component: 'agent/otlp_grpc',
      why: `${answered}; gateway/otlp lets in by protocols.grpc.auth.authenticator: bearertokenauth (p.yaml:7)`,
    });
  });

  it.each([
    ['where it refuses for another reason', 'rpc error: code = Internal desc = x', 'grpc'],
    ['where it does not ask for them there', said, 'http'],
  ])('is not, %s', (_, words, protocol) => {
    const { why } = whyDropped(sender, 'traces', 'otlp_grpc', words, gateway(protocol) as Tier);
    expect(why).not.toContain('lets in');
    expect(senderWithout(sender, 'traces', gateway(protocol) as Tier, words)).toBeUndefined();
  });
});
