import { describe, expect, it } from 'vitest';
import { component, output, tierOf } from '../model/causes.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { Incarnation } from './incarnations.ts';
import { arrival, bucketOf, idle, plainPath, process, refused, silent } from './lost.testing.ts';

describe('what a killed process had', () => {
  const holder = process('gateway', 60_000);

  it('is what it was still sending again', () => {
    const bucket = bucketOf({ holder, step: 1, attempts: [refused(false)] });
    expect(bucket).toMatchObject({ cause: 'held-by-killed', hop: 'gateway' });
  });

  it('is not what the next hop had refused for good', () => {
    const bucket = bucketOf({ holder, step: 1, attempts: [refused(true)] });
    expect(bucket).toMatchObject({ cause: 'refused-by-backend' });
  });

  it('is not what was refused, and given up by its own log, before', () => {
    const drops = [{ atMs: 8_000, error: 'no more retries left' }];
    const attempts = [refused(false)];
    expect(bucketOf({ holder, step: 1, attempts, drops })).toMatchObject({
      cause: 'refused-by-backend',
    });
    const after = [{ atMs: 61_000, error: 'no more retries left' }];
    expect(bucketOf({ holder, step: 1, attempts, drops: after })).toMatchObject({
      cause: 'held-by-killed',
    });
  });

  it('is not what was tried last longer ago than any pause between two attempts', () => {
    const told = { holder, step: 1, attempts: [refused(false)], acceptedMs: [30_000] } as const;
    const path = (max_interval: string) =>
      ({
        ...plainPath,
        steps: plainPath.steps.map((step) => ({
          ...step,
          tier: {
            ...step.tier,
            components: [],
            outputs: [
              { signal: 'logs', exporter: { config: { retry_on_failure: { max_interval } } } },
            ],
          },
        })),
      }) as unknown as SignalPath;
    expect(bucketOf({ ...told, path: path('10s') })).toMatchObject({ cause: 'refused-by-backend' });
    expect(bucketOf({ ...told, path: path('60s') })).toMatchObject({ cause: 'held-by-killed' });
  });

  it('is what waited while the next hop took nothing', () => {
    expect(bucketOf({ holder, step: 1 })).toMatchObject({ cause: 'held-by-killed' });
  });

  it('is not what should have been handed on long before', () => {
    const acceptedMs = [30_000];
    expect(bucketOf({ holder, step: 1, acceptedMs })).toMatchObject({ kind: 'unexplained' });
    const drops = [{ atMs: 6_000, error: 'sending queue is full' }];
    expect(bucketOf({ holder, step: 1, acceptedMs, drops })).toMatchObject({
      cause: 'dropped-by-exporter',
    });
  });

  it('is what waited for one pod of the next hop while another went on', () => {
    const agent = process('agent', 60_000);
    const told = { holder: agent, step: 0, acceptedMs: [30_000] } as const;
    expect(bucketOf({ ...told, pods: [1, silent] })).toMatchObject({ cause: 'held-by-killed' });
    expect(bucketOf({ ...told, pods: [1, 2] })).toMatchObject({ kind: 'unexplained' });
  });

  it('is not what a pod had nothing to do with that nobody asked, unless it was down', () => {
    const told = { holder: process('agent', 60_000), step: 0, acceptedMs: [30_000] } as const;
    const pods = [1, idle];
    expect(bucketOf({ ...told, pods })).toMatchObject({ kind: 'unexplained' });
    const down = { tier: 'gateway', pod: `gateway-${idle}`, fromMs: 500, toMs: 70_000 };
    expect(bucketOf({ ...told, pods, outages: [down] })).toMatchObject({ cause: 'held-by-killed' });
    expect(bucketOf({ ...told, pods: [idle] })).toMatchObject({ cause: 'held-by-killed' });
  });

  it('is what it could not hand on while it was stopped', () => {
    const told = { holder: process('gateway', 9_000), step: 1, acceptedMs: [8_500] } as const;
    expect(bucketOf(told)).toMatchObject({ kind: 'unexplained' });
    const pauses = [{ fromMs: 1_200, toMs: 9_000, certain: { fromMs: 1_200, toMs: 9_000 } }];
    expect(bucketOf({ ...told, pauses })).toMatchObject({ cause: 'held-by-killed' });
  });

  it('is what came too shortly before the kill to be handed on', () => {
    const late = process('gateway', 3_000);
    expect(bucketOf({ holder: late, step: 1, acceptedMs: [2_000] })).toMatchObject({
      cause: 'held-by-killed',
    });
  });
});

describe('what an agent gave up', () => {
  const holder = process('agent');
  const drops = [{ atMs: 5_100, error: 'no more retries left' }];
  const restart = { tier: 'gateway', ending: 'graceful' as const, endedMs: 6_000, toMs: 30_000 };

  it('was cut by a restart that was going on', () => {
    const outages = [{ ...restart, fromMs: 5_000 }];
    expect(bucketOf({ holder, step: 0, drops, outages })).toMatchObject({
      cause: 'cut-by-restart',
    });
  });

  it('was cut too where the pod did not end in its grace, but not where it was only killed', () => {
    const killed = { ...restart, ending: 'killed' as const, fromMs: 5_000 };
    const causeOf = (deleted: boolean) =>
      bucketOf({ holder, step: 0, drops, outages: [{ ...killed, deleted }] });
    expect(causeOf(true)).toMatchObject({ cause: 'cut-by-restart' });
    expect(causeOf(false)).toMatchObject({ cause: 'dropped-by-exporter' });
  });

  it('was taken from it where the bench stopped it first', () => {
    const last = [{ atMs: 90_001, error: 'no more retries left' }];
    expect(bucketOf({ holder, step: 0, drops: last })).toMatchObject({
      kind: 'unexplained',
      why: expect.stringContaining('when the bench stopped the collectors'),
    });
  });

  it('was not cut by one that came later, nor by that of another tier', () => {
    for (const outage of [
      { ...restart, fromMs: 25_000 },
      { ...restart, fromMs: 5_000, tier: 'agent' },
    ]) {
      expect(bucketOf({ holder, step: 0, drops, outages: [outage] })).toMatchObject({
        cause: 'dropped-by-exporter',
      });
    }
  });
});

describe('what was in a persistent queue', () => {
  const mount = { path: '/q', volume: 'v' };
  const disk = { kind: 'extensions', type: 'file_storage', id: 'disk' };
  const volumes = { emptyDir: { emptyDir: true }, claim: { claim: 'queue' } };
  const pathOf = (
    volume?: keyof typeof volumes,
    storage: string | undefined = 'disk',
    processors: readonly object[] = [],
  ) => {
    const queue = { sending_queue: storage ? { storage } : {} };
    const exporter = component('otlp_grpc/tempo', queue);
    const tier = {
      name: 'gateway',
      outputs: [{ signal: 'logs', exporter }],
      components: [{ ...disk, config: { directory: '/q' } }],
      workload: {
        mounts: volume ? [mount] : [],
        volumes: volume ? [{ name: 'v', source: volumes[volume] }] : [],
      },
    };
    return {
      ...plainPath,
      steps: [plainPath.steps[0], { tier, processors }],
    } as unknown as SignalPath;
  };
  const life = { pod: 'gateway-0', uid: 'old', endedMs: 3_000, ending: 'fault' };
  const holder = (ending: Incarnation['ending']) =>
    ({ ...process('gateway', 3_000), ending, life }) as Incarnation;
  const followed = (uid: string) => [life, { pod: 'gateway-0', uid, startedMs: 4_000 }];
  const restarted = { holder: holder('graceful'), step: 1, lives: followed('new') } as const;
  const killed = { holder: holder('killed'), step: 1, lives: followed('old') } as const;
  const gone = {
    cause: 'queue-gone-with-pod',
    hop: 'gateway',
    component: 'gateway/otlp_grpc/tempo',
    why: 'sending_queue.storage: disk (p.yaml:7)',
  };
  const unexplained = { kind: 'unexplained' };

  it('went with the pod that it was on, or with the container that was killed', () => {
    expect(bucketOf({ ...restarted, path: pathOf('emptyDir') })).toMatchObject(gone);
    expect(bucketOf({ ...restarted, path: pathOf() })).toMatchObject(gone);
    expect(bucketOf({ ...killed, path: pathOf() })).toMatchObject(gone);
    const attempts = [refused(false)];
    expect(bucketOf({ ...killed, path: pathOf(), attempts })).toMatchObject(gone);
  });

  it('did not where its folder outlived the process', () => {
    expect(bucketOf({ ...restarted, path: pathOf('claim') })).toMatchObject(unexplained);
    expect(bucketOf({ ...killed, path: pathOf('claim') })).toMatchObject(unexplained);
    expect(bucketOf({ ...killed, path: pathOf('emptyDir') })).toMatchObject(unexplained);
  });

  it('nor where it was in memory, or nobody came to look for it', () => {
    const memory = pathOf(undefined, '');
    expect(bucketOf({ ...restarted, path: memory })).toMatchObject(unexplained);
    const held = { cause: 'held-by-killed' };
    expect(bucketOf({ ...killed, path: memory })).toMatchObject(held);
    expect(bucketOf({ ...killed, path: pathOf(), lives: [life] })).toMatchObject(held);
  });

  it('nor where a batch in front of it may still have had it', () => {
    // Taken in at 1.01 s, killed at 3 s.
    const held = { cause: 'held-by-killed' };
    const batched = (timeout: string) =>
      pathOf('emptyDir', 'disk', [{ type: 'batch', config: { timeout } }]);
    expect(bucketOf({ ...killed, path: batched('2s') })).toMatchObject(held);
    expect(bucketOf({ ...killed, path: batched('1800ms') })).toMatchObject(held);
    expect(bucketOf({ ...killed, path: batched('1s') })).toMatchObject(unexplained);
    const pauses = [{ fromMs: 1_100, toMs: 3_000, certain: { fromMs: 1_100, toMs: 3_000 } }];
    expect(bucketOf({ ...killed, path: batched('1s'), pauses })).toMatchObject(held);
  });

  it('is known by the copy that was taken, whatever the moments say', () => {
    const held = { cause: 'held-by-killed' };
    const path = pathOf('emptyDir', 'disk', [{ type: 'batch', config: { timeout: '2s' } }]);
    expect(bucketOf({ ...killed, path, copied: new Set(['ts']) })).toMatchObject(unexplained);
    const empty = new Set<string>();
    expect(bucketOf({ ...killed, path: pathOf('emptyDir'), copied: empty })).toMatchObject(held);
    expect(bucketOf({ ...killed, path: pathOf(), copied: new Set(['ts']) })).toMatchObject(gone);
  });

  it('nor was it in one that was full: its log says so, and goes before the kill', () => {
    const full = [{ atMs: 1_020, component: 'otlp_grpc/tempo', error: 'sending queue is full' }];
    const path = pathOf('emptyDir');
    const empty = new Set<string>();
    const dropped = { cause: 'dropped-by-exporter', component: 'gateway/otlp_grpc/tempo' };
    expect(bucketOf({ ...killed, path, copied: empty, drops: full })).toMatchObject(dropped);
    const memory = pathOf(undefined, '');
    expect(bucketOf({ ...killed, path: memory, drops: full })).toMatchObject(dropped);
    const held = { cause: 'held-by-killed' };
    const batched = pathOf(undefined, '', [{ type: 'batch', config: { timeout: '2s' } }]);
    expect(bucketOf({ ...killed, path: batched, drops: full })).toMatchObject(held);
    const others = full.map((line) => ({ ...line, pod: 'gateway-1' }));
    expect(bucketOf({ ...killed, path: memory, drops: others })).toMatchObject(held);
    const later = full.map((line) => ({ ...line, atMs: 3_500 }));
    expect(bucketOf({ ...killed, path: memory, drops: later })).toMatchObject(held);
  });

  it('went with its volumes where these were emptied', () => {
    const wiped = (over: object) => [
      { kind: 'wipe', pod: 'gateway-0', injectedMs: 2_990, bit: true, ...over },
    ];
    const lives = [{ ...life, startedMs: 0 }, ...killed.lives.slice(1)];
    const own = { ...killed, holder: { ...killed.holder, life: lives[0] } as Incarnation, lives };
    const path = pathOf('claim');
    expect(bucketOf({ ...own, path, receipts: wiped({}) })).toMatchObject(gone);
    expect(bucketOf({ ...own, path, receipts: wiped({ bit: false }) })).toMatchObject(unexplained);
    const other = wiped({ pod: 'gateway-1' });
    expect(bucketOf({ ...own, path, receipts: other })).toMatchObject(unexplained);
  });

  it('nor where it was sent long before', () => {
    const late = { ...life, endedMs: 60_000 };
    const sent = { ...restarted, holder: { ...holder('graceful'), life: late } as Incarnation };
    expect(bucketOf({ ...sent, path: pathOf(), acceptedMs: [30_000] })).toMatchObject(unexplained);
  });
});

it('what a backend took is its sender’s timeout’s, where that gave it up and nobody refused it', () => {
  const overrun = { component: 'gateway/otlp_http/loki', why: 'timeout: 2ms' };
  const attempts = [arrival({ kind: 'maybe', takenMs: 1_040 })];
  const drops = [{ atMs: 8_000, error: 'rpc error: code = DeadlineExceeded' }];
  const told = { holder: process('gateway'), step: 1, attempts, drops, overrun } as const;
  const other = [{ atMs: 8_000, error: 'no more retries left: Unavailable' }];
  const also = [...attempts, refused(false)];
  expect(bucketOf(told)).toMatchObject({ ...overrun, cause: 'timeout-too-short' });
  const causes = [{ overrun: undefined }, { drops: other }, { attempts: also }].map((over) =>
    Reflect.get(bucketOf({ ...told, ...over }), 'cause'),
  );
  expect(causes).toEqual(['dropped-by-exporter', 'dropped-by-exporter', 'refused-by-backend']);
});

it('what is sent in vain is no less lost where the bench ends its retries', () => {
  const exporter = component('otlp_http/loki', { endpoint: 'http://loki:3101' });
  const pathTo = (own: object) => {
    const one = { ...output(exporter, { backend: 'loki:3101' }, 'logs'), ...own };
    const step = { tier: tierOf('gateway', [], [one]), processors: [] };
    return { ...plainPath, steps: [plainPath.steps[0], step] } as unknown as SignalPath;
  };
  const error = 'interrupted due to shutdown: connection refused';
  const drops = [{ atMs: 90_010, component: exporter.id, error }];
  const told = { holder: process('gateway'), step: 1, drops } as const;
  expect(bucketOf({ ...told, path: pathTo({ listensAt: '3100 (HTTP)' }) })).toMatchObject({
    cause: 'dropped-by-exporter',
    component: 'gateway/otlp_http/loki',
    fix: 'correct the port of its endpoint: the backend listens at 3100 (HTTP)',
  });
  expect(bucketOf({ ...told, path: pathTo({}) })).toMatchObject({ open: 'still-retrying' });
  const words = 'interrupted due to shutdown: x509: certificate has expired or is not yet valid';
  const handshake = drops.map((line) => ({ ...line, error: words }));
  expect(bucketOf({ ...told, drops: handshake, path: pathTo({}) })).toMatchObject({
    cause: 'dropped-by-exporter',
    component: 'gateway/otlp_http/loki',
  });
});
