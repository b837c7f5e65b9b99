import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/types.ts';
import { graph } from '../../pipeline/graphs.testing.ts';
import { signalPath } from '../model/path.ts';
import { lanesOf } from '../routes/lanes.ts';
import type { ItemView } from './arrival.ts';
import { isTriedElsewhere } from './drops.ts';
import { failedOver, withoutCause } from './failed-over.ts';

const evidence = { recorders: [], request: () => undefined } as unknown as Evidence;
const [first, second] = lanesOf(graph('standby'), evidence, []).map(({ pipeline }) => ({
  pipeline,
  path: signalPath(pipeline, 'traces'),
}));
if (!first || !second) throw new Error('there are two ways');
const [tempo, standby] = [1, 2];

type Requests = Readonly<Record<number, { outcome: string; rejected?: number }>>;
interface Case {
  readonly requests?: Requests;
  readonly failed?: boolean;
  readonly fault?: string;
  readonly component?: string;
}

/** What is recorded: a request a recorder, at most. */
const around = ({ requests = {}, failed = false, fault, component }: Case) =>
  ({
    pipeline: first.pipeline,
    backendOf: new Map([
      [tempo, 'tempo:4317'],
      [standby, 'standby:4317'],
    ]),
    failedBetween: () => failed,
    spoken: { by: () => (component === undefined ? [] : [{ component, fromMs: 5 }]) },
    evidence: {
      recorders: [{ number: tempo }, { number: standby }],
      request: (recorder: number) => requests[recorder],
      receipts: fault === undefined ? [] : [{ fault: 0, injectedMs: 5 }],
      facts: { faults: [{ spec: { target: { backend: fault } } }] },
    },
  }) as unknown as Parameters<typeof failedOver>[0];

const seenAt = (...recorders: number[]) =>
  ({
    item: { sightings: recorders.map((recorder) => ({ recorder, request: 1 })) },
    deliveries: [{ toMs: 10 }],
  }) as unknown as ItemView;

describe('what a failover connector gave to another level', () => {
  it('is not missed where it did not come', () => {
    const ok = { requests: { [standby]: { outcome: 'ok' } } };
    expect(failedOver(around(ok), first.path, seenAt(standby))).toMatchObject({
      tookIt: true,
      bucket: { kind: 'filtered', processor: 'gateway/failover', behind: true },
    });
    expect(failedOver(around(ok), second.path, seenAt(standby))).toBeUndefined();
  });

  it('is missed on the way of the level that tried it last, or of the first', () => {
    const refused = { requests: { [standby]: { outcome: 'error' } } };
    expect(failedOver(around(refused), first.path, seenAt(standby))).toMatchObject({
      tookIt: false,
    });
    expect(failedOver(around(refused), second.path, seenAt(standby))).toBeUndefined();
    expect(failedOver(around({}), first.path, seenAt())).toBeUndefined();
    expect(failedOver(around({}), second.path, seenAt())).toMatchObject({ tookIt: false });
  });

  it('was not taken where some of the request was turned away', () => {
    const partly = { requests: { [tempo]: { outcome: 'ok', rejected: 1 } } };
    expect(failedOver(around(partly), second.path, seenAt(tempo))).toMatchObject({ tookIt: false });
  });
});

it('what an exporter of a level turns away is given to the next; of the last it is dropped', () => {
  const paths = { traces: first.path } as never;
  const line = { signal: 'traces', component: 'otlp_grpc/tempo', rejected: true } as never;
  const tried = (over: object) =>
    isTriedElsewhere(paths, { ...(line as object), ...over } as never);
  expect(tried({})).toBe(true);
  expect(tried({ component: 'otlp_grpc/standby' })).toBe(false);
  // It took this one, and gave it up later.
  expect(tried({ rejected: false })).toBe(false);
  expect(tried({ signal: 'logs' })).toBe(false);
});

describe('what came by a later level', () => {
  it.each<[string, Case]>([
    ['a request failed at the one before it', { failed: true }],
    ['its backend was broken', { fault: 'tempo' }],
    ['an exporter to it said so', { component: 'otlp_grpc/tempo' }],
  ])('did so for a cause where %s', (_, one) => {
    expect(withoutCause(around(one), second.path, seenAt(standby))).toBeUndefined();
  });

  it.each<[string, Case]>([
    ['nothing failed', {}],
    ['another backend was broken', { fault: 'standby' }],
    ['the exporter of the later level complained', { component: 'otlp_grpc/standby' }],
  ])('is unexplained where %s', (_, one) => {
    expect(withoutCause(around(one), second.path, seenAt(standby))).toMatchObject({
      kind: 'unexplained',
      why: 'came by level 2 of gateway/failover, though nothing failed at the one before it',
    });
  });

  it('needs no cause at the first level', () => {
    expect(withoutCause(around({}), first.path, seenAt(tempo))).toBeUndefined();
  });
});
