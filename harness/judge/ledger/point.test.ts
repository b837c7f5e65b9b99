import { expect, it } from 'vitest';
import type { ItemEvidence, RequestFact } from '../../evidence/types.ts';
import type { JudgeContext } from './context.ts';
import { accountPoint, keepsPoints } from './point.ts';

/** An agent that nobody recorded took it; the backend's recorder is number 7. */
const context = (own: { path?: object; request?: Partial<RequestFact>; unread?: number[] }) => {
  const metrics = {
    signal: 'metrics',
    steps: [{ tier: { name: 'agent', outputs: [] }, processors: [], droppers: [], sampler: -1 }],
    backends: ['prometheus:9090'],
    ends: [],
    unclear: [],
    ...own.path,
  };
  const block = { node: 0, outcome: { outcome: 'acked', sentMs: 1_000, answeredMs: 1_010 } };
  const request = { atMs: 1_020, outcome: 'ok', answeredMs: 1_030, rejected: 0, ...own.request };
  return {
    pipeline: { tiers: [], services: [], backends: [] },
    paths: { metrics },
    backendRecorders: { metrics: new Set([7]) },
    backendOf: new Map([[7, 'prometheus:9090']]),
    evidence: {
      facts: { workerNodes: ['one'], pods: [], addressOfPod: [], endMs: 90_000 },
      blocks: [block],
      recorders: [{ unreadPoints: own.unread ?? [] }],
      lives: [],
      request: () => request,
      name: () => ({ name: 'bench.load' }),
      attributes: () => ({}),
      resource: () => ({}),
    },
    incarnations: { onNode: () => undefined, at: () => undefined, outages: [] },
    recordersOfTier: () => new Set(),
    parting: new Set(),
    recordersOfPods: () => [],
    drops: { take: () => undefined },
    pauses: new Map(),
    deadlines: { overrun: () => undefined },
  } as unknown as JudgeContext;
};
const seen = { recorder: 7, request: 1 };
const point = (sightings: object[]) => ({ block: 0, sightings }) as unknown as ItemEvidence;
const kindOf = (own: Parameters<typeof context>[0], sightings: object[]) =>
  accountPoint(context(own), point(sightings)).bucket.kind;

it('is delivered where its backend took it', () => {
  expect(kindOf({}, [seen])).toBe('delivered');
});

it('is lost where the backend refused it for good', () => {
  const request = { outcome: 'error', code: 400, message: 'unsupported' } as const;
  expect(accountPoint(context({ request }), point([seen])).bucket).toMatchObject({
    kind: 'lost',
    cause: 'refused-by-backend',
  });
});

it('must come by each of two ways that lead to one backend', () => {
  const path = { twoWays: ['prometheus:9090'] };
  expect(kindOf({ path }, [seen])).toBe('unexplained');
  const both = context({ path });
  const request = (_: number, number: number) => ({
    ...{ atMs: 1_020, outcome: 'ok', answeredMs: 1_030, rejected: 0 },
    ...(number === 2 ? { remoteWrite: true } : {}),
  });
  Object.assign(both.evidence, { request });
  const sightings = [seen, { recorder: 7, request: 2 }];
  expect(accountPoint(both, point(sightings)).bucket.kind).toBe('delivered');
});

it('ends where the config ends its way', () => {
  expect(kindOf({ path: { backends: [], ends: ['agent/debug'] } }, [])).toBe('ended');
});

it('is unexplained where it was taken and nothing tells more', () => {
  const account = accountPoint(context({}), point([]));
  expect([account.bucket.kind, account.missing]).toEqual(['unexplained', false]);
});

it('accuses nobody where requests of metrics can’t be read', () => {
  expect(accountPoint(context({ unread: [3] }), point([]))).toMatchObject({
    bucket: { kind: 'unexplained' },
    missing: true,
  });
});

it('names the tier whose way is not understood', () => {
  const unclear = [{ hop: 'agent', why: 'pipeline metrics splits' }];
  for (const path of [{ unclear }, { backends: [] }]) {
    expect(accountPoint(context({ path }), point([])).unmodelled).toBe('agent');
    expect(keepsPoints(context({ path }))).toBe(false);
  }
  expect(keepsPoints(context({}))).toBe(true);
});

it('is not lost on a way that is not understood, whatever the end of a process would say', () => {
  const life = { pod: 'agent-0', tier: 'agent', endedMs: 1_015, ending: 'fault' };
  const holder = { key: 'agent-0', tier: 'agent', life, ending: 'killed' };
  const unclear = [{ hop: 'agent', why: 'pipeline metrics splits' }];
  const judged = (path: object) => {
    const one = context({ path });
    Object.assign(one.incarnations, { onNode: () => holder, at: () => holder });
    Object.assign(one, { answeredBetween: () => false });
    return accountPoint(one, point([]));
  };
  expect(judged({}).bucket).toMatchObject({ kind: 'lost', cause: 'held-by-killed' });
  expect(judged({ unclear })).toMatchObject({
    bucket: { kind: 'unexplained' },
    unmodelled: 'agent',
    indeterminate: true,
  });
});
