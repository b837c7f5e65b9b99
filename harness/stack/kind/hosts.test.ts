import { describe, expect, it } from 'vitest';
import type { Backend } from '../../pipeline/types.ts';
import { hostObjects, standIns } from './hosts.ts';
import { tierOf, twoTier } from './pipeline.testing.ts';

const backendAt = (host: string, port: number): Backend => {
  const [first] = twoTier.backends;
  if (!first) throw new Error('two-tier has no backend');
  return { ...first, host, port };
};
const tiers = [tierOf('agent'), tierOf('gateway')];

describe('names of backends', () => {
  it('lead to the tap, each port of a host to one of the tap’s own', () => {
    const hosts = standIns([backendAt('tempo', 4317), backendAt('tempo', 4318)]);
    expect(new Set(hosts.map(({ tapPort }) => tapPort)).size).toBe(2);
    const [service, slice, ...more] = hostObjects(hosts, tiers, '172.18.0.9');
    expect(more).toEqual([]);
    expect(service).toMatchObject({
      kind: 'Service',
      metadata: { name: 'tempo', namespace: 'observability' },
      spec: { ports: [{ port: 4317 }, { port: 4318 }] },
    });
    expect(service?.spec).not.toHaveProperty('selector');
    expect(slice).toMatchObject({
      kind: 'EndpointSlice',
      metadata: { labels: { 'kubernetes.io/service-name': 'tempo' } },
      endpoints: [{ addresses: ['172.18.0.9'] }],
      ports: hosts.map(({ tapPort }) => ({ port: tapPort })),
    });
  });

  it('are Services of the namespace that they name', () => {
    const hosts = standIns([backendAt('loki.logs', 3100), backendAt('loki.logs.svc', 3101)]);
    const services = hostObjects(hosts, tiers, '172.18.0.9').filter((o) => o.kind === 'Service');
    expect(services.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'logs/loki',
    ]);
  });

  it('must be names that a Service can have', () => {
    const hosts = standIns([backendAt('tempo.example.com', 4317)]);
    expect(() => hostObjects(hosts, tiers, '172.18.0.9')).toThrow(
      /gateway\.yaml:\d+:\d+ backend host "tempo\.example\.com" is no name of a Service/,
    );
  });
});
