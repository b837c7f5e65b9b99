import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { saidOfSpread, spreadBy } from './spread.ts';
import { edit, files } from './two-tier.testing.ts';
import type { Component, Signal } from './types.ts';

const place = { file: 'p.yaml', line: 1, column: 1 };
const balancer = (config: Component['config']): Component => ({
  kind: 'exporters',
  id: 'loadbalancing',
  type: 'loadbalancing',
  config,
  place,
});

describe('a load balancer spreads', () => {
  it.each<[Signal, Component['config'], string]>([
    ['traces', {}, 'trace id'],
    ['traces', { routing_key: 'traceID' }, 'trace id'],
    ['traces', { routing_key: 'service' }, 'service'],
    ['traces', { routing_key: 'attributes', routing_attributes: ['a', 'b'] }, 'attributes a, b'],
    ['metrics', {}, 'service'],
    ['metrics', { routing_key: 'streamID' }, 'stream'],
    ['logs', { routing_key: 'service' }, 'trace id'],
  ])('%s with %j by %s', (signal, config, by) => {
    expect(spreadBy({ signal, exporter: balancer(config), loadBalancing: true })).toBe(by);
  });

  it('and no other exporter does', () => {
    const exporter = balancer({});
    expect(spreadBy({ signal: 'traces', exporter, loadBalancing: false })).toBeUndefined();
  });
});

it('traces in parts over several pods that sample, which is said', () => {
  const said = (by: string, replicas: number): string[] =>
    saidOfSpread(
      loadPipeline('x', files, [
        edit('agent', 'spec.config.exporters.loadbalancing.routing_key', by),
        edit('gateway', 'spec.replicas', replicas),
      ]),
    );
  expect(said('service', 2)).toEqual([
    'agent/loadbalancing spreads by service: a trace of several does not come whole to one pod of gateway, whose tail_sampling decides on parts',
  ]);
  expect(said('service', 1)).toEqual([]);
  expect(said('traceID', 2)).toEqual([]);
});
