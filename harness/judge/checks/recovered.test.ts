import { describe, expect, it } from 'vitest';
import type { QueueFact } from '../../evidence/types.ts';
import type { LeftFiles, PodLife } from '../../stack/types.ts';
import type { Bucket, ItemAccount } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { judged, logOf } from './accounts.testing.ts';
import { createRecoveredCheck } from './recovered.ts';

const endedMs = 10_000;
const backMs = 12_000;
const file = '/queue/exporter_otlp_http_loki_logs';

interface Met {
  readonly storage?: string;
  readonly left?: LeftFiles | undefined;
  readonly queues?: readonly Partial<QueueFact>[];
  readonly ended?: boolean;
}

const idOf = (n: number): string => `${n}`.padStart(16, '0');
const queued = (...items: number[]): Partial<QueueFact> => ({
  requests: items.map((n) => ({ index: n, dispatched: n === 1, items: [`t${idOf(n)}`] })),
});

/** A gateway that was killed once; its queue for loki is on a volume unless told otherwise. */
function contextOf({ storage = 'file_storage', queues = [], ended = true, ...rest }: Met) {
  const left = 'left' in rest ? rest.left : { files: [{ path: file, file: 'copy' }] };
  const life = { pod: 'gateway-0', uid: 'u', life: 0, startedMs: 0, endedMs, left } as PodLife;
  const next = { ...life, life: 1, startedMs: 11_000, readyMs: backMs } as PodLife;
  const exporter = {
    id: 'otlp_http/loki',
    type: 'otlp_http',
    config: { sending_queue: { storage } },
  };
  const tier = {
    name: 'gateway',
    components: [
      {
        id: 'file_storage',
        kind: 'extensions',
        type: 'file_storage',
        config: { directory: '/queue' },
      },
    ],
    workload: {
      mounts: [{ volume: 'q', path: '/queue' }],
      volumes: [{ name: 'q', source: { claim: 'q' } }],
    },
    outputs: [
      {
        signal: 'logs',
        exporter: { ...exporter, place: { file: 'g.yaml', line: 1 } },
        to: { backend: 'loki:3100' },
      },
    ],
  };
  const none = { steps: [] };
  const incarnation = { tier: 'gateway', ending: 'killed', life, key: 'gateway-0/u/0' };
  return {
    evidence: {
      lives: [life, next],
      queues: queues.map((queue) => ({
        pod: 'gateway-0',
        uid: 'u',
        life: 0,
        path: file,
        ...queue,
      })),
    },
    incarnations: { endedEarly: ended ? [incarnation] : [] },
    paths: { traces: none, logs: { steps: [{ tier, processors: [] }] }, metrics: none },
    samplerStep: -1,
  } as unknown as JudgeContext;
}

interface Record_ {
  readonly n: number;
  /** When it was answered at the backend. */
  readonly okMs?: readonly number[];
  readonly takenMs?: number;
  readonly bucket?: Partial<Bucket>;
  readonly open?: boolean;
}

function recordOf({ n, okMs = [], takenMs = 5_000, bucket, open = false }: Record_): ItemAccount {
  const incarnation = { key: 'gateway-0/u/0' };
  const arrival = (atMs: number) => ({
    kind: 'ok',
    fromMs: atMs,
    toMs: atMs,
    backend: 'loki:3100',
  });
  const view = {
    item: { traceId: 't', spanId: idOf(n) },
    arrivals: [[{ ...arrival(takenMs), incarnation }]],
    deliveries: okMs.map(arrival),
  };
  const lost = { kind: 'lost', cause: 'held-by-killed', detail: '' };
  return {
    view,
    bucket: bucket ?? (okMs.length > 0 ? { kind: 'delivered' } : lost),
    indeterminate: open,
    missing: false,
  } as unknown as ItemAccount;
}

const ask = (met: Met, records: readonly Record_[], over = {}) =>
  judged(
    createRecoveredCheck(
      {
        check: 'recovered',
        tier: 'gateway',
        exporter: 'otlp_http/loki',
        atLeast: 2,
        lost: 0,
        doubled: undefined,
        withinMs: undefined,
        ...over,
      },
      contextOf(met),
    ),
    [],
    records.map((record) => logOf(recordOf(record))),
  );

const kinds = ({ findings }: Awaited<ReturnType<typeof ask>>) =>
  findings.map(({ kind, component }) => `${kind} at ${component}`);

describe('recovered', () => {
  it('passes where all that was on disk came after its process was back', async () => {
    const met = { queues: [queued(1, 2)] };
    const result = await ask(met, [
      { n: 1, okMs: [13_000] },
      { n: 2, okMs: [14_500] },
      { n: 3, okMs: [6_000] },
    ]);
    expect(result).toMatchObject({ verdict: 'pass', findings: [] });
    expect(result.observed).toBe(
      '1 delivered before, 2 on disk, 1 of these being sent, 2 redelivered, drained after 2500 ms',
    );
  });

  it('fails where some of it never came, and says who lost it', async () => {
    const lost = { kind: 'lost', cause: 'dropped-by-exporter', detail: 'no more retries' } as const;
    const result = await ask({ queues: [queued(1, 2)] }, [
      { n: 1, okMs: [13_000] },
      { n: 2, bucket: lost },
    ]);
    expect(result.verdict).toBe('fail');
    expect(kinds(result)).toEqual(['dropped-by-exporter at gateway/otlp_http/loki']);
  });

  it('does not call lost what was answered as its process died, or what is open', async () => {
    const met = { queues: [queued(1, 2)] };
    expect(
      await ask(met, [
        { n: 1, okMs: [9_990] },
        { n: 2, okMs: [13_000] },
      ]),
    ).toMatchObject({
      verdict: 'pass',
    });
    expect(
      await ask(met, [
        { n: 1, open: true },
        { n: 2, okMs: [13_000] },
      ]),
    ).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('counts what came twice, and fails beyond what may', async () => {
    const met = { queues: [queued(1, 2)] };
    const twice = [
      { n: 1, okMs: [9_990, 13_000] },
      { n: 2, okMs: [13_000] },
    ];
    expect((await ask(met, twice)).observed).toContain('1 doubled');
    expect(await ask(met, twice, { doubled: 1 })).toMatchObject({ verdict: 'pass' });
    expect(kinds(await ask(met, twice, { doubled: 0 }))).toEqual([
      'duplicated at gateway/otlp_http/loki',
    ]);
  });

  it('fails where the queue drains too slowly', async () => {
    const met = { queues: [queued(1, 2)] };
    const late = [
      { n: 1, okMs: [13_000] },
      { n: 2, okMs: [40_000] },
    ];
    expect(await ask(met, late, { withinMs: 30_000 })).toMatchObject({ verdict: 'pass' });
    expect(await ask(met, late, { withinMs: 20_000 })).toMatchObject({ verdict: 'fail' });
  });

  it('finds what was queued in memory, and leaves what may not have been', async () => {
    const met = { storage: 'none', left: undefined };
    const result = await ask(met, [
      { n: 1 },
      { n: 2 },
      { n: 3, takenMs: 9_900 },
      { n: 4, okMs: [1] },
    ]);
    expect(result.verdict).toBe('fail');
    expect(kinds(result)).toEqual(['queue-gone-with-process at gateway/otlp_http/loki']);
    expect(result.observed).toContain('2 lost from memory');
    expect(result.findings[0]?.why).toMatch(/sending_queue.storage: none/);
  });

  it('finds what a graceful end gave up, and leaves what was given up before', async () => {
    const met = { storage: 'none', left: undefined };
    const dropped = (detail: string) => ({
      bucket: { kind: 'lost', cause: 'dropped-by-exporter', detail } as const,
    });
    const atEnd = dropped('gateway-0 otlp_http/loki: interrupted due to shutdown: refused');
    // What is decided on SIGTERM comes to its queue only as the process ends.
    const before = dropped('gateway-0 otlp_http/loki: no more retries left: refused');
    expect(
      kinds(
        await ask(
          met,
          [1, 2].map((n) => ({ n, takenMs: 9_990, ...atEnd })),
        ),
      ),
    ).toEqual(['queue-gone-with-process at gateway/otlp_http/loki']);
    expect(
      await ask(
        met,
        [1, 2].map((n) => ({ n, ...before })),
      ),
    ).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('is unknown where too little was queued, no process ended, or all came of a memory', async () => {
    const all = [
      { n: 1, okMs: [6_000] },
      { n: 2, okMs: [6_000] },
    ];
    expect(await ask({ queues: [queued()] }, all)).toMatchObject({ verdict: 'unknown' });
    expect(await ask({ ended: false }, all)).toMatchObject({ verdict: 'unknown' });
    expect(await ask({ storage: 'none' }, all)).toMatchObject({ verdict: 'unknown' });
  });

  it('is unknown where a copy holds what nobody sent', async () => {
    const result = await ask({ queues: [queued(1, 2, 99)] }, [
      { n: 1, okMs: [13_000] },
      { n: 2, okMs: [13_000] },
    ]);
    expect(result.verdict).toBe('unknown');
    expect(result.findings[0]?.cause).toBe('1 of what the copies hold was never sent');
  });

  it.each([
    ['no copy was taken', { left: undefined }],
    ['the copy was cut off', { queues: [{ defect: 'cut off', requests: [] }] }],
    ['some could not be copied', { left: { files: [], lacking: 'ENOSPC' } }],
    ['its file is not there', { queues: [] }],
    ['the copy is of another life', { queues: [{ ...queued(1, 2), life: 1 }] }],
    [
      'the copy is of another exporter',
      { queues: [{ ...queued(1, 2), path: '/queue/exporter_a_b_logs' }] },
    ],
  ] as [string, Met][])('is unknown where %s', async (_, met) => {
    const result = await ask(met, [
      { n: 1, okMs: [13_000] },
      { n: 2, okMs: [13_000] },
    ]);
    expect(result.verdict).toBe('unknown');
    expect(kinds(result)).toContain('evidence-missing at gateway/otlp_http/loki');
  });
});
