import { describe, expect, it } from 'vitest';
import { decodeScenario } from '../scenario/decode.ts';
import { buildPlan } from './build.ts';
import { connectionsPerPod, type Plan } from './types.ts';

const scenarioWith = (load: string) =>
  decodeScenario(
    's.yaml',
    `
name: crossing
about: Three services on two nodes.
pipeline: two-tier
load:
  - traces: checkout
    rate: 400/s
    services: [frontend, checkout, payment]
    shape: { spans: 5, depth: 3 }
    ${load}
phases: [{ for: 10s }]
expect: [{ decided: as-predicted }]
`,
    [],
  );
const context = { workerNodes: 2, podsOfTier: () => 2 };
const planOf = (load: string, drawing?: 1 | 2): Plan =>
  buildPlan(scenarioWith(load), context, 7, drawing);

/** What each span of each trace has, as sets a trace. */
function ofTraces<T>({ traces, spans }: Plan, of: (pod: number) => T): Set<T>[] {
  return Array.from({ length: traces.count }, (_, trace) => {
    const first = traces.firstSpan[trace] ?? 0;
    const count = traces.spanCount[trace] ?? 0;
    return new Set(Array.from({ length: count }, (__, i) => of(spans.pod[first + i] ?? 0)));
  });
}

const crossing = (plan: Plan): number => {
  const nodes = ofTraces(plan, (pod) => plan.pods[pod]?.node);
  return nodes.filter(({ size }) => size > 1).length / nodes.length;
};

describe('the pods of a trace', () => {
  it('are drawn by each service: three services on two nodes touch both in 75 % of traces', () => {
    // Four thousand coins: seven tenths of a percent is one standard deviation.
    expect(crossing(planOf(''))).toBeCloseTo(0.75, 1);
  });

  it('are one a service, whatever its spans', () => {
    const plan = planOf('');
    for (const pods of ofTraces(plan, (pod) => plan.pods[pod]?.name)) {
      const services = [...pods].map((name) => plan.pods.find((p) => p.name === name)?.service);
      expect(new Set(services).size).toBe(services.length);
    }
  });

  it('are on one node with affinity', () => {
    expect(crossing(planOf('affinity: node'))).toBe(0);
  });

  it('are wherever there are any, with affinity to a node that has none of them', () => {
    // One pod a service: nodes 0, 1 and 0.
    expect(crossing(planOf('affinity: node\n    pods: 1'))).toBe(1);
  });

  it('lay on one node in the first drawing, which stored runs are of', () => {
    expect(crossing(planOf('', 1))).toBe(0);
  });
});

describe('the load’s connections', () => {
  it('lead to each pod of a Service alike, and each carries requests', () => {
    const plan = planOf('');
    const lots = plan.connections ?? [];
    expect(lots).toHaveLength(plan.pods.length * connectionsPerPod);
    for (const pods of [2, 3, 5]) {
      const met = Array.from({ length: pods }, (_, i) => lots.filter((lot) => lot % pods === i));
      const counts = met.map(({ length }) => length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    const carriers = new Set(plan.blocks.map(({ pod, connection }) => `${pod}/${connection}`));
    expect(carriers.size).toBe(lots.length);
  });

  it('are not known to the first drawing', () => {
    const plan = planOf('', 1);
    expect(plan.connections).toBeUndefined();
    expect(plan.blocks.some((block) => 'connection' in block)).toBe(false);
  });
});
