import { describe, expect, it } from 'vitest';
import type { Pipeline } from './pipeline/types.ts';
import { awaitedOf, type Hop, settle } from './settle.ts';
import type { TapCounts } from './stack/types.ts';

const exporter = (retry_on_failure: object) => ({
  type: 'otlp_grpc',
  config: { retry_on_failure },
});
const pipelineOf = (retry: object = {}, decisionWaitMs?: number): Pipeline =>
  ({
    tiers: [
      {
        pipelines: [],
        tailSampling: decisionWaitMs === undefined ? undefined : { decisionWaitMs },
        outputs: [{ to: { backend: 'tempo' }, exporter: exporter(retry) }],
      },
    ],
  }) as unknown as Pipeline;

const countsOf = (over: Partial<TapCounts> = {}): TapCounts => ({
  requests: 10,
  answers: 10,
  lastAtMs: 1_000,
  failures: {},
  ...over,
});
const tempo = (over: Partial<TapCounts> = {}): Hop => ({
  hop: { backend: 'tempo' },
  counts: countsOf(over),
});

const withOther = ({ hop, counts }: Hop, lastOtherMs: number): Hop => ({
  hop,
  counts: { ...counts, lastOtherMs },
});

/** Lets a pipeline come to rest on a clock of its own. @param hopsAt what has passed by a moment */
async function settled(
  hopsAt: (ms: number) => readonly Hop[],
  settleMs: number,
  pipeline: Pipeline,
) {
  let atMs = 1_000;
  const why = await settle(
    {
      pipeline,
      lastSentMs: 1_000,
      settleMs,
      hops: () => hopsAt(atMs),
      onProgress: () => undefined,
    },
    {
      nowMs: () => atMs,
      sleep: async (ms) => {
        atMs += ms;
      },
    },
  );
  return { why, tookMs: atMs - 1_000 };
}

const unavailable = (atMs: number) => ({ 14: { firstMs: atMs, lastMs: atMs } });

describe('a pipeline', () => {
  it('is at rest when nothing passes any more', async () => {
    const { why, tookMs } = await settled(() => [tempo()], 120_000, pipelineOf());
    expect(why).toBeUndefined();
    expect(tookMs).toBeLessThan(1_500);
  });

  it('is at rest though something is scraped all along', async () => {
    const receivers = [{ type: 'prometheus' }];
    const [tier] = pipelineOf().tiers;
    const scraping = { ...tier, pipelines: [{ signal: 'metrics', receivers }] };
    const pipeline = { tiers: [scraping] } as unknown as Pipeline;
    const lastOtherMs = 6_000;
    const target = { hop: { target: 'cart:80' }, counts: countsOf({ requests: 11 }) };
    const busy = (lastAtMs: number): Hop[] => [tempo({ lastAtMs }), target];
    const draining = (ms: number) => busy(ms).map((hop) => withOther(hop, lastOtherMs));
    expect((await settled(draining, 120_000, pipeline)).tookMs).toBeGreaterThan(5_500);
    const { why, tookMs } = await settled(busy, 120_000, pipeline);
    expect(why).toBeUndefined();
    expect(tookMs).toBeGreaterThanOrEqual(3_000);
    expect(tookMs).toBeLessThan(4_500);
    const sampling = { tiers: [{ ...scraping, tailSampling: { decisionWaitMs: 5_000 } }] };
    const gateway = (lastAtMs: number): Hop[] => [
      { hop: { tier: 'gateway' }, counts: countsOf({ lastAtMs, lastOtherMs: 1_500 }) },
    ];
    const decided = await settled(gateway, 20_000, sampling as unknown as Pipeline);
    expect(decided.why).toBeUndefined();
    expect(decided.tookMs).toBeLessThan(8_000);
  });

  it('is not before its last decision, which what came last to a tier delays', async () => {
    const gateway: Hop = { hop: { tier: 'gateway' }, counts: countsOf({ lastAtMs: 3_000 }) };
    const { why, tookMs } = await settled(() => [gateway], 10_000, pipelineOf({}, 5_000));
    expect(why).toBeUndefined();
    expect(tookMs).toBeGreaterThanOrEqual(2_000 + 5_000 + 1_000);
    expect(tookMs).toBeLessThan(10_000);
  });

  it('is not before the last retry that may be due, and what that takes', async () => {
    const retriedMs = 8_400;
    const hops = (atMs: number) =>
      atMs < retriedMs
        ? [tempo({ failures: unavailable(1_000) })]
        : [tempo({ failures: unavailable(1_000), requests: 11, answers: 11, lastAtMs: retriedMs })];
    const { why, tookMs } = await settled(hops, 120_000, pipelineOf());
    expect(why).toBeUndefined();
    expect(tookMs).toBeGreaterThanOrEqual(7_400);
    expect(tookMs).toBeLessThan(12_000);
  });

  it('awaits none where none is sent again', async () => {
    const off = pipelineOf({ enabled: false });
    const { tookMs } = await settled(() => [tempo({ failures: unavailable(1_000) })], 60_000, off);
    expect(tookMs).toBeLessThan(1_500);
    const final = { 3: { firstMs: 1_000, lastMs: 1_000 } };
    const refused = await settled(() => [tempo({ failures: final })], 60_000, pipelineOf());
    expect(refused.tookMs).toBeLessThan(1_500);
  });

  it('awaits longer ones the longer it failed, 45 s at most', () => {
    const failing = (firstMs: number) => {
      const failures = { '-1': { firstMs, lastMs: 100_000 } };
      return awaitedOf(pipelineOf(), [tempo({ lastAtMs: 100_000, failures })], 1_000).untilMs;
    };
    expect(failing(100_000)).toBe(100_000 + 7_500 + 1_000);
    expect(failing(0)).toBe(100_000 + 45_000 + 1_000);
  });
});

describe('a gRPC client that was refused', () => {
  const failing = (protocol: 'grpc' | 'http', firstMs: number) => {
    const pipeline = pipelineOf({ initial_interval: '1s', randomization_factor: 0 });
    for (const { outputs } of pipeline.tiers) {
      for (const output of outputs) Object.assign(output, { protocol });
    }
    const refusals = { firstMs, lastMs: 100_000 };
    const hop = tempo({ lastAtMs: 100_000, failures: { '-1': refusals }, refusals });
    return awaitedOf(pipeline, [hop], 1_000).untilMs;
  };

  it('is awaited until it must have connected again, and its request been sent again', () => {
    // Connects again within 1.2 s; by then the second pause of the exporter may have begun.
    expect(failing('grpc', 100_000)).toBe(100_000 + 1_200 + 1_500 + 1_000);
    // 0.8 + 1.28 + 2.05 + 3.28 s have passed at least: the next pause is 1.6^4 s, and 20 % of it.
    const connectMs = 1_000 * 1.6 ** 4 * 1.2;
    expect(failing('grpc', 92_000)).toBeGreaterThan(100_000 + connectMs);
  });

  it('is not awaited where each request connects by itself', () => {
    expect(failing('http', 100_000)).toBe(100_000 + 1_000 + 1_000);
  });
});

describe('what never comes to rest', () => {
  it('is stopped where it is told when it sends again and again', async () => {
    const hops = (atMs: number) => [
      tempo({ lastAtMs: atMs, failures: { '-1': { firstMs: 0, lastMs: atMs } } }),
    ];
    const { why, tookMs } = await settled(hops, 10_000, pipelineOf({}, 5_000));
    expect(why).toBe('not at rest 15.0 s after the load: the last retry');
    expect(tookMs).toBeLessThan(15_200);
  });

  it('is stopped there when it stalls', async () => {
    const { why, tookMs } = await settled(() => [tempo({ answers: 7 })], 10_000, pipelineOf());
    expect(why).toBe('not at rest 10.0 s after the load: 3 requests open');
    expect(tookMs).toBeLessThan(10_200);
  });

  it('is at rest all the same when the end of the wait finds it calm', async () => {
    const hops = (atMs: number) => [tempo({ answers: atMs < 10_950 ? 7 : 10 })];
    expect((await settled(hops, 10_000, pipelineOf())).why).toBeUndefined();
  });
});
