import { expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/types.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { fitToSidecars, namespaceOfSidecars, podsWithSidecar } from './sidecars.ts';

const tier = (kind: string, injectedInto?: string[]) => ({
  name: 'side',
  pipelines: [{ signal: 'traces', receivers: [{ type: 'otlp' }] }],
  outputs: [],
  workload: { kind, injectedInto, namespace: 'obs' },
});
const pipelineOf = (...tiers: object[]) => ({ tiers }) as unknown as Pipeline;
const scenario = decodeScenario(
  's.yaml',
  `name: a
about: b
pipeline: mine
load:
  - traces: orders
    rate: 10/s
    services: [frontend, orders, stock]
    shape: { spans: 6, depth: 3 }
phases: [{ for: 20s }]
expect: [{ lost: { spans: 0 } }]
`,
  [],
);
const fitted = (isForeign: boolean, ...carriers: string[]) =>
  fitToSidecars(scenario, pipelineOf(tier('sidecar', carriers)), isForeign);

it('plans the spans of services that carry one, in one tree, and says what is left out', () => {
  const { load, leftOut, problems } = fitted(false, 'orders', 'stock');
  const { tree = [], services } = load[0] ?? {};
  expect(services).toEqual(['orders', 'stock']);
  expect(tree.length).toBe(
    scenario.load[0]?.tree.filter(({ service }) => service !== 'frontend').length,
  );
  expect(tree.filter(({ parent }) => parent < 0)).toEqual([tree[0]]);
  for (const [i, { parent }] of tree.entries()) expect(parent).toBeLessThan(i);
  expect([tree[0]?.startFraction, tree[0]?.endFraction]).toEqual([0, 1]);
  expect(leftOut).toEqual([
    `not sent: ${6 - tree.length} of 6 spans of each trace of load orders (no pod of frontend carries a sidecar)`,
  ]);
  expect(problems).toEqual([]);
});

it('leaves a load as it is where all carry one, or traces enter otherwise', () => {
  expect(fitted(false, 'frontend', 'orders', 'stock').load).toEqual(scenario.load);
  for (const other of [tier('sidecar'), tier('deployment')]) {
    const same = fitToSidecars(scenario, pipelineOf(other), false);
    expect(same).toEqual({ load: scenario.load, leftOut: [], problems: [] });
  }
});

it('gives services that nobody has the names of those that carry one, in a foreign pipeline', () => {
  const { load, leftOut } = fitted(true, 'basket', 'cart');
  expect(load[0]?.services.toSorted()).toEqual(['basket', 'cart']);
  expect(load[0]?.tree).toHaveLength(6);
  expect(leftOut[0]).toMatch(/^load orders: its services frontend, orders, stock are taken for/);
  expect(fitted(false, 'basket').problems[0]).toMatchObject({
    message: 'load "orders": no service of it carries a sidecar, by which traces enter',
    known: ['basket'],
  });
});

it('does not mix log records that enter by sidecars with traces that do not', () => {
  const logs = { ...tier('sidecar', ['orders']), pipelines: [] as object[] };
  logs.pipelines.push({ signal: 'logs', receivers: [{ type: 'otlp' }] });
  const pipeline = pipelineOf({ ...tier('deployment'), name: 'gw' }, logs);
  expect(fitToSidecars(scenario, pipeline, true).problems).toHaveLength(1);
});

it('counts pods that carry one, and knows their namespace', () => {
  const pods = scenario.load[0]?.podsPerService ?? 0;
  expect(podsWithSidecar({ injectedInto: ['orders', 'basket'] }, scenario.load)).toBe(pods);
  expect(podsWithSidecar({}, scenario.load)).toBe(3 * pods);
  expect(namespaceOfSidecars(pipelineOf(tier('sidecar')))).toBe('obs');
  expect(namespaceOfSidecars(pipelineOf(tier('deployment')))).toBeUndefined();
});
