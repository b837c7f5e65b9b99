import { describe, expect, it } from 'vitest';
import { appPods } from '../scenario/apps.ts';
import type { UserLoad } from '../scenario/types.ts';
import { planAppPods, planUsers } from './users.ts';

const users: UserLoad = {
  app: 'shop',
  ratePerSecond: 20,
  failures: [
    { name: 'payment-fails', service: 'payment', share: 0.15 },
    { name: 'worker-fails', service: 'worker', share: 0.1 },
  ],
  proxies: {},
  propagators: {},
  messages: 'parent',
};
const phases = [
  { forMs: 5_000, times: 1 },
  { forMs: 5_000, times: 2 },
];

describe('what users ask', () => {
  const { requests = [] } = planUsers({ users, phases, faults: [] }, 7, 3) ?? {};

  it('is by the rate of each phase, in order, each with a trace of its own', () => {
    expect(requests.length).toBe(300);
    expect(requests.filter(({ atMs }) => atMs < 5_000).length).toBe(100);
    const times = requests.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(requests.map(({ traceId }) => traceId)).size).toBe(300);
    expect(new Set(requests.map(({ order }) => order)).size).toBe(300);
    expect(requests.every(({ traceId }) => /^[0-9a-f]{32}$/.test(traceId))).toBe(true);
    expect(requests.every(({ spanId }) => /^[0-9a-f]{16}$/.test(spanId))).toBe(true);
  });

  it('fails in exactly the shares that are asked for, each a class', () => {
    const of = (name: string) => requests.filter(({ className }) => className === name);
    expect(of('payment-fails').length).toBe(45);
    expect(of('worker-fails').length).toBe(30);
    expect(of('ordered').length).toBe(225);
    expect(of('payment-fails').every(({ fails }) => fails === 'payment')).toBe(true);
    expect(of('ordered').every(({ fails }) => fails === undefined)).toBe(true);
  });

  it('is the same of the same seed, and another of another', () => {
    expect(planUsers({ users, phases, faults: [] }, 7, 3)?.requests).toEqual(requests);
    expect(planUsers({ users, phases, faults: [] }, 8, 3)?.requests).not.toEqual(requests);
  });

  it('is told of each header that faults take out, once', () => {
    const strip = (proxy: string, ...headers: string[]) => ({ kind: 'strip', proxy, headers });
    const faults = [
      strip('ingress', 'traceparent', 'b3'),
      strip('payment-proxy', 'traceparent'),
      strip('ingress', 'traceparent'),
    ] as unknown as Parameters<typeof planUsers>[0]['faults'];
    expect(planUsers({ users, phases, faults }, 7, 3)?.strips).toEqual([
      { proxy: 'ingress', header: 'traceparent' },
      { proxy: 'ingress', header: 'b3' },
      { proxy: 'payment-proxy', header: 'traceparent' },
    ]);
    expect(planUsers({ users, phases, faults: [] }, 7, 3)).not.toHaveProperty('strips');
  });

  it('is nothing without users', () => {
    expect(planUsers({ users: undefined, phases, faults: [] }, 7, 3)).toBeUndefined();
    expect(planAppPods({ users: undefined }, 2, 7)).toEqual([]);
  });
});

describe('the application’s pods', () => {
  it('are one for each program, on all nodes', () => {
    const pods = planAppPods({ users }, 2, 7);
    expect(pods.map(({ service }) => service)).toEqual(appPods);
    expect(new Set(pods.map(({ node }) => node)).size).toBe(2);
    expect(new Set(pods.map(({ name }) => name)).size).toBe(appPods.length);
  });
});
