import type { Component, Output, Signal, Tier } from '../../pipeline/types.ts';

const place = { file: 'p.yaml', line: 7, column: 1 };

/** A component of any kind, written in line 7 of p.yaml. */
export const component = (
  id: string,
  config: Component['config'] = {},
  kind: Component['kind'] = 'exporters',
): Component => ({ kind, id, type: id.split('/')[0] ?? id, config, place });

export const processor = (id: string, config: Component['config'] = {}): Component =>
  component(id, config, 'processors');

/** A pod of the load, by what the API tells of it. */
export const pod = {
  name: 'shop-abc-1',
  uid: 'u1',
  service: 'shop',
  deployment: 'shop',
  replicaSet: 'shop-abc',
  namespace: 'prod',
  node: 0,
  labels: { team: 'blue' },
};

/** One exporter's way to port 4317 of the gateway, or to a backend. */
export const output = (
  exporter: Component,
  to: Output['to'] = { tier: 'gateway', service: 'gateway', port: 4317 },
  signal: Signal = 'traces',
): Output => ({
  signal,
  exporter,
  protocol: 'grpc',
  tls: false,
  to,
  loadBalancing: exporter.type === 'loadbalancing',
});

/** A tier that takes traces only, by an OTLP receiver. */
export const tierOf = (
  name: string,
  processors: readonly Component[],
  outputs: readonly Output[],
): Tier =>
  ({
    name,
    outputs,
    pipelines: [
      {
        id: 'traces',
        signal: 'traces',
        receivers: [component('otlp', {}, 'receivers')],
        processors,
        exporters: outputs.map(({ exporter }) => exporter),
      },
    ],
  }) as unknown as Tier;
