import type { Component, Pipeline, Signal } from '../../pipeline/types.ts';
import type { ItemFacts } from './item-facts.ts';
import { type SignalPath, signalPath } from './path.ts';

const place = { file: 'p.yaml', line: 1, column: 1 };
export const processor = (type: string, config: Record<string, unknown> = {}): Component => ({
  kind: 'processors',
  id: type,
  type,
  config,
  place,
});

/** A pipeline of one tier a list of processors; `pipelines` of the signal in each. */
export function pathOf(
  tiers: readonly (readonly Component[])[],
  signal: Signal,
  pipelines = 1,
): SignalPath {
  const receivers = [{ ...processor('otlp'), kind: 'receivers' }];
  const exporter = { ...processor('otlp_grpc'), kind: 'exporters' };
  const named = tiers.map((processors, i) => ({
    name: `tier ${i}`,
    pipelines: Array.from({ length: pipelines }, (_, id) => ({
      id: `${signal}/${id}`,
      signal,
      receivers,
      processors,
      exporters: [exporter],
    })),
    outputs: [
      {
        signal,
        exporter,
        to: i + 1 < tiers.length ? { tier: `tier ${i + 1}` } : { backend: 'b:1' },
      },
    ],
  }));
  return signalPath({ tiers: named } as unknown as Pipeline, signal);
}

export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
export const facts = (over: Partial<ItemFacts> = {}): ItemFacts => ({
  name: 'GET /',
  kind: 2,
  statusCode: 0,
  attributes: { route: '/healthz' },
  resource: { 'service.name': 'shop' },
  ...over,
});
/** What the last dropper of a path answers; `handed on` where there is none. */
export function lastAnswer(path: SignalPath, over: Partial<ItemFacts> = {}) {
  const dropper = path.steps.flatMap((step) => step.droppers).at(-1);
  return dropper ? dropper.drops(facts(over), traceId) : 'handed on';
}
export const traces = (...processors: Component[]) => pathOf([processors], 'traces');
export const logs = (...processors: Component[]) => pathOf([processors], 'logs');
export const metrics = (...processors: Component[]) => pathOf([processors], 'metrics');

/** One that may change anything. */
export const strange = processor('transform', { trace_statements: ['flatten(span.attributes)'] });
