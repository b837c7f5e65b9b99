import { describe, expect, it } from 'vitest';
import { component } from '../model/causes.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { Incarnation } from './incarnations.ts';
import { bucketOf, plainPath, process } from './lost.testing.ts';

/** A tier that queues on a volume that its pod has for itself, or that goes with it. */
function pathOn(source: object): SignalPath {
  const tier = {
    name: 'gateway',
    outputs: [
      {
        signal: 'logs',
        exporter: component('otlp_grpc/tempo', { sending_queue: { storage: 'disk' } }),
      },
    ],
    components: [
      { kind: 'extensions', type: 'file_storage', id: 'disk', config: { directory: '/q' } },
    ],
    workload: { mounts: [{ path: '/q', volume: 'v' }], volumes: [{ name: 'v', source }] },
  };
  const steps = [plainPath.steps[0], { tier, processors: [] }];
  return { ...plainPath, steps } as unknown as SignalPath;
}
const life = { pod: 'gateway-0', uid: 'old', startedMs: 0, endedMs: 3_000, ending: 'fault' };
const scaledIn = { kind: 'scale', pod: 'gateway-0', injectedMs: 2_000, bit: true };
const claim = pathOn({ claim: 'queue' });
const lost = (ending: Incarnation['ending'], path: SignalPath, over: object = {}) => {
  const holder = { ...process('gateway', 3_000), ending, life } as unknown as Incarnation;
  return bucketOf({ holder, step: 1, path, lives: [life], receipts: [scaledIn], ...over });
};

describe('what was in the persistent queue of a pod that nobody makes anew', () => {
  it('is left behind on its volume', () => {
    expect(lost('graceful', claim)).toMatchObject({
      cause: 'queue-left-behind',
      hop: 'gateway',
      component: 'gateway/otlp_grpc/tempo',
      why: expect.stringContaining('sending_queue.storage: disk'),
    });
    const copied = new Set(['ts']);
    expect(lost('killed', claim, { copied })).toMatchObject({ cause: 'queue-left-behind' });
  });

  it('went with an emptyDir', () => {
    expect(lost('graceful', pathOn({ emptyDir: true }))).toMatchObject({
      cause: 'queue-gone-with-pod',
    });
  });

  it('is no longer where the pod comes back, nor known to be where nobody says that it went', () => {
    const back = { ...life, uid: 'new', startedMs: 4_000, endedMs: undefined };
    const unexplained = { kind: 'unexplained' };
    expect(lost('graceful', claim, { lives: [life, back] })).toMatchObject(unexplained);
    expect(lost('graceful', claim, { receipts: [] })).toMatchObject(unexplained);
  });
});
