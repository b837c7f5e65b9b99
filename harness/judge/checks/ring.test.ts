import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../pipeline/load.ts';
import { edit, files } from '../../pipeline/two-tier.testing.ts';
import type { JudgeContext } from '../ledger/context.ts';
import { checkRings } from './ring.ts';

const resultsWith = (resolver: object | undefined, gateways: number) => {
  const path = 'spec.config.exporters.loadbalancing.resolver';
  const edits = resolver ? [edit('agent', path, resolver)] : [];
  const pipeline = loadPipeline('two-tier', files, edits);
  const lives = Array.from({ length: gateways }, (_, i) => ({
    tier: 'gateway',
    pod: `gateway-collector-${i}`,
  }));
  // A pod that was made anew has two lives, and is one all the same.
  return checkRings({
    pipeline,
    evidence: { lives: [...lives, lives[0]] },
  } as unknown as JudgeContext);
};

describe('the ring of a load balancer', () => {
  it('has one address where dns asks for a Service with a ClusterIP', () => {
    const [result] = resultsWith({ dns: { hostname: 'gateway-collector' } }, 3);
    expect(result?.verdict).toBe('fail');
    expect(result?.findings).toMatchObject([
      {
        kind: 'ring-of-one-address',
        component: 'agent/loadbalancing',
        count: 3,
        cause: expect.stringContaining('Service gateway-collector is of type ClusterIP'),
        fix: expect.stringContaining('gateway-collector-headless'),
      },
    ]);
  });

  it.each(['gateway-collector:4317', 'gateway-collector-headless'])(
    'has one address where a static list names a Service: %s',
    (host) => {
      const [result] = resultsWith({ static: { hostnames: [host] } }, 2);
      expect(result?.findings).toMatchObject([
        {
          kind: 'ring-of-one-address',
          cause: expect.stringContaining(`names Service ${host.split(':')[0]}, no pods of it`),
          fix: expect.stringContaining('a host for each pod of gateway'),
        },
      ]);
    },
  );

  it.each([
    [
      'a static list of pods',
      {
        static: {
          hostnames: [0, 1].map((n) => `gateway-collector-${n}.gateway-collector-headless:4317`),
        },
      },
      2,
    ],
    ['a static list of a Service of one pod', { static: { hostnames: ['gateway-collector'] } }, 1],
    ['the headless Service', { dns: { hostname: 'gateway-collector-headless' } }, 3],
    ['one pod', { dns: { hostname: 'gateway-collector' } }, 1],
    [
      'the Kubernetes API, which lists pods of any Service',
      { k8s: { service: 'gateway-collector' } },
      3,
    ],
    ['two-tier as it is', undefined, 2],
  ])('is right with %s', (_, resolver, gateways) => {
    expect(resultsWith(resolver, gateways)).toEqual([]);
  });
});
