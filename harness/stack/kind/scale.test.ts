import { describe, expect, it } from 'vitest';
import type { Kube } from './api.ts';
import { tierOf, twoTier } from './pipeline.testing.ts';
import { scaling } from './scale.ts';

const life = (pod: string, ordinal: number, endedMs?: number) => ({
  ...{ pod, ordinal, tier: 'gateway', endedMs },
});
const endpoint = (address: string, ready: boolean) => ({
  addresses: [address],
  conditions: { ready },
});

function clusterOf() {
  const applied: unknown[] = [];
  const expected: string[] = [];
  const asked: unknown[] = [];
  const kube = {
    labels: {},
    signal: new AbortController().signal,
    raw: {
      apply: async (object: unknown) => {
        applied.push(object);
        return { status: 200, body: {} };
      },
    },
    config: {
      makeApiClient: () => ({
        listNamespacedEndpointSlice: async (request: unknown) => {
          asked.push(request);
          return {
            items: [{ endpoints: [endpoint('10.0.0.1', true), endpoint('10.0.0.2', false)] }],
          };
        },
      }),
    },
  } as unknown as Kube;
  const watcher = {
    lives: [life('gateway-0', 0), life('gateway-2', 2, 5), life('gateway-2', 2), life('g', 1)],
    expect: ({ pod }: { pod: string }) => void expected.push(pod),
  } as never;
  return { applied, expected, asked, control: scaling({ kube, pipeline: twoTier, watcher }) };
}

describe('scaling in a cluster', () => {
  it('applies the collector with another number of replicas, and expects who goes to end', async () => {
    const { applied, expected, control } = clusterOf();
    await control.scale('gateway', 2);
    expect(applied.at(-1)).toMatchObject({
      kind: 'OpenTelemetryCollector',
      metadata: { name: 'gateway' },
      spec: { replicas: 2, mode: 'statefulset', config: expect.anything() },
    });
    expect(expected).toEqual(['gateway-2']);
  });

  it('refuses who has no replicas, and what is no tier', async () => {
    const { applied, control } = clusterOf();
    await expect(control.scale('agent', 2)).rejects.toThrow(/no statefulset/);
    await expect(control.scale('nobody', 2)).rejects.toThrow(/no statefulset/);
    expect(applied).toEqual([]);
  });

  it('lists whom the Services of a tier lead to', async () => {
    const { asked, control } = clusterOf();
    expect(await control.endpoints('gateway')).toEqual(['10.0.0.1']);
    expect(asked.length).toBeGreaterThan(0);
    expect(tierOf('gateway').workload.namespace).toBe('observability');
    expect(await control.endpoints('nobody')).toBeUndefined();
  });
});
