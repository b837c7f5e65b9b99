import { describe, expect, it } from 'vitest';
import { isScaledInTurn, makerOf } from './scaled.ts';
import type { Pipeline, Tier } from './types.ts';

const tier = (kind: string) =>
  ({ name: 'gateway', workload: { kind, name: 'gateway-collector', namespace: 'o' } }) as Tier;
const made = (kind: string, name: string, spec: object): Pick<Pipeline, 'resources'> =>
  ({ resources: [{ kind, name, namespace: 'o', value: { spec } }] }) as never;

describe('what makes a tier’s pods', () => {
  it('is the collector of its name, or a workload of theirs', () => {
    const found = (pipeline: Pick<Pipeline, 'resources'>) =>
      makerOf(pipeline, tier('statefulset'))?.kind;
    expect(found(made('OpenTelemetryCollector', 'gateway', {}))).toBe('OpenTelemetryCollector');
    expect(found(made('StatefulSet', 'gateway-collector', {}))).toBe('StatefulSet');
    expect(found(made('StatefulSet', 'another', {}))).toBeUndefined();
  });

  it('scales a StatefulSet in turn, unless it is Parallel as the operator’s are', () => {
    const inTurn = (kind: string, name: string, spec: object, workload = 'statefulset') =>
      isScaledInTurn(made(kind, name, spec), tier(workload));
    const ordered = { podManagementPolicy: 'OrderedReady' };
    expect(inTurn('OpenTelemetryCollector', 'gateway', {})).toBe(false);
    expect(inTurn('OpenTelemetryCollector', 'gateway', ordered)).toBe(true);
    expect(inTurn('StatefulSet', 'gateway-collector', {})).toBe(true);
    const parallel = { podManagementPolicy: 'Parallel' };
    expect(inTurn('StatefulSet', 'gateway-collector', parallel)).toBe(false);
    expect(inTurn('Deployment', 'gateway-collector', {}, 'deployment')).toBe(false);
  });
});
