import { describe, expect, it } from 'vitest';
import { decodeAttributes, decodeCore, decodeResource } from '../lib/otlp/decode.ts';
import {
  logLayout,
  scanItem,
  scannedItem,
  scanRequest,
  scanTimes,
  spanLayout,
  spanTimes,
} from '../lib/otlp/scan.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { buildPlan } from './build.ts';
import { createEncoder } from './encode.ts';
import { spanFlags } from './types.ts';

const scenario = decodeScenario(
  's.yaml',
  `
name: small
about: A small load with everything in it.
pipeline: two-tier
load:
  - traces: checkout
    rate: 50/s
    services: [frontend, checkout, payment]
    shape: { spans: 5, depth: 3 }
    classes:
      error: 10%
      slow: { share: 10%, duration: 2.5s }
      flagged: { share: 10%, attributes: { sampling.priority: always_on } }
      health: { share: 10%, attributes: { http.route: /healthz }, on: each }
    late: { share: 10%, deliverAfter: 15s }
    logs: { perSpan: 0.5 }
    metrics: { every: 2s }
    canaries: { http.request.header.authorization: 10% }
phases: [{ for: 10s }]
faults: [{ at: 3s, kill: gateway/random }]
expect: [{ decided: as-predicted }]
`,
  [],
);
const context = { workerNodes: 2, podsOfTier: () => 2 };
const plan = buildPlan(scenario, context, 7);
const startMs = 1_800_000_000_000;
const encoder = createEncoder(plan, {
  startMs,
  addressOfPod: plan.pods.map((_, i) => `10.9.0.${i}`),
});

function encode(index: number): Buffer {
  const block = plan.blocks[index];
  if (!block) throw new Error(`no block ${index}`);
  const buffer = Buffer.alloc(encoder.size(block));
  return buffer.subarray(0, encoder.write(block, buffer, 0));
}

interface Seen {
  id: string;
  start: number;
  end: number;
  bytes: Buffer;
  pod: string;
}

function itemsOf(signal: 'traces' | 'logs'): Seen[] {
  const layout = signal === 'traces' ? spanLayout : logLayout;
  return plan.blocks.flatMap((block) => {
    if (block.signal !== signal) return [];
    const bytes = encode(block.index);
    const seen: Seen[] = [];
    const item = scannedItem();
    let pod = '';
    scanRequest(bytes, 0, bytes.length, {
      resource: (from, to) => {
        pod = String(decodeResource(bytes, from, to)['service.instance.id']);
      },
      scope: () => undefined,
      item: (start, end) => {
        scanItem(bytes, start, end, layout, item);
        const id = bytes.toString('hex', item.traceId, item.traceId + 16);
        seen.push({
          id: `${id}/${bytes.toString('hex', item.spanId, item.spanId + 8)}`,
          start,
          end,
          bytes,
          pod,
        });
      },
    });
    return seen;
  });
}

const hex = (...words: (number | undefined)[]) =>
  words.map((w) => (w ?? 0).toString(16).padStart(8, '0')).join('');

function plannedId(span: number): string {
  const { idWords } = plan.traces;
  const t = 4 * (plan.spans.trace[span] ?? 0);
  return `${hex(idWords[t], idWords[t + 1], idWords[t + 2], idWords[t + 3])}/${hex(plan.spans.idHigh[span], plan.spans.idLow[span])}`;
}

describe('the plan', () => {
  it('is the same for the same seed and another for another', () => {
    expect(buildPlan(scenario, context, 7).hash).toBe(plan.hash);
    expect(buildPlan(scenario, context, 8).hash).not.toBe(plan.hash);
  });

  it('draws exactly each class share, and the fault target within the tier', () => {
    const counts = plan.classNames.map(
      (_, c) => plan.traces.classIndex.filter((x) => x === c).length,
    );
    expect(counts).toEqual([300, 50, 50, 50, 50]);
    expect([0, 1]).toContain(plan.faults[0]?.ordinals[0]);
  });

  it('sends each span once, never before its end, late ones that much later', () => {
    const sent = new Map<number, number>();
    for (const block of plan.blocks) {
      if (block.signal !== 'traces') continue;
      for (let i = block.from; i < block.to; i++) {
        const span = plan.spanOrder[i] ?? -1;
        expect(sent.has(span)).toBe(false);
        sent.set(span, block.sendAtMs);
        expect(plan.spans.pod[span]).toBe(block.pod);
      }
    }
    expect(sent.size).toBe(plan.spans.count);
    let late = 0;
    for (const [span, sendAtMs] of sent) {
      const afterEndMs = sendAtMs - (plan.spans.endOffsetNanos[span] ?? 0) / 1e6;
      const isLate = ((plan.spans.flags[span] ?? 0) & spanFlags.late) !== 0;
      late += isLate ? 1 : 0;
      expect(afterEndMs).toBeGreaterThanOrEqual(isLate ? 15_000 : 0);
      expect(afterEndMs).toBeLessThan((isLate ? 15_000 : 0) + 500);
    }
    expect(late).toBe(50);
  });

  it('puts each trace into at least two blocks and spreads pods over both nodes', () => {
    const blocksOf = new Map<number, Set<number>>();
    for (const block of plan.blocks) {
      if (block.signal !== 'traces') continue;
      for (let i = block.from; i < block.to; i++) {
        const trace = plan.spans.trace[plan.spanOrder[i] ?? 0] ?? 0;
        blocksOf.set(trace, (blocksOf.get(trace) ?? new Set()).add(block.index));
      }
    }
    expect(Math.min(...[...blocksOf.values()].map((s) => s.size))).toBeGreaterThanOrEqual(2);
    expect(new Set(plan.pods.map((p) => p.node))).toEqual(new Set([0, 1]));
  });
});

describe('the encoder', () => {
  it('writes every planned span with its ids, times, parent and attributes', () => {
    const seen = itemsOf('traces');
    expect(new Set(seen.map((s) => s.id)).size).toBe(plan.spans.count);
    const byId = new Map(seen.map((s) => [s.id, s]));
    const times = spanTimes();
    const base = BigInt(startMs) * 1_000_000n;
    for (let span = 0; span < plan.spans.count; span++) {
      const { bytes, start, end, pod } = byId.get(plannedId(span)) ?? seen[0]!;
      const template = plan.templates[plan.spans.template[span] ?? 0];
      scanTimes(bytes, start, end, times);
      const at = (high: number, low: number) => Number((BigInt(high) << 32n) + BigInt(low) - base);
      expect(at(times.startHigh, times.startLow)).toBe(plan.spans.startOffsetNanos[span]);
      expect(at(times.endHigh, times.endLow)).toBe(plan.spans.endOffsetNanos[span]);
      expect(times.statusCode).toBe(template?.statusCode);
      expect(decodeAttributes(bytes, start, end, 9)).toEqual(template?.attributes);
      expect(pod).toBe(plan.pods[plan.spans.pod[span] ?? 0]?.uid);
      const core = decodeCore(bytes, start, end, 'traces');
      const parent = plan.spans.parent[span] ?? 0;
      expect(core.name).toBe(template?.name);
      expect(core.parentSpanId).toBe(parent === span ? undefined : plannedId(parent).split('/')[1]);
    }
  });

  it('writes a log record for each span marked so', () => {
    const expected = Array.from({ length: plan.spans.count }, (_, i) => i)
      .filter((span) => (plan.spans.flags[span] ?? 0) & spanFlags.logged)
      .map(plannedId);
    expect(expected.length).toBeGreaterThan(1000);
    expect(
      itemsOf('logs')
        .map((s) => s.id)
        .sort(),
    ).toEqual(expected.sort());
  });
});

describe('a pod that sends from its own address', () => {
  it('does not say it, and the plan without such pods is as it was', () => {
    const load = scenario.load.map((own) => ({ ...own, address: 'connection' as const }));
    const other = buildPlan({ ...scenario, load }, context, 7);
    expect(other.pods.every(({ sendsItself }) => sendsItself)).toBe(true);
    expect(plan.pods.some((pod) => 'sendsItself' in pod)).toBe(false);
    const first = (of: typeof plan): string => {
      const writer = createEncoder(of, { startMs, addressOfPod: of.pods.map(() => '10.9.0.1') });
      const [block] = of.blocks;
      if (!block) throw new Error('no block');
      const buffer = Buffer.alloc(writer.size(block));
      return buffer.subarray(0, writer.write(block, buffer, 0)).toString('latin1');
    };
    expect(first(plan)).toContain('k8s.pod.ip');
    expect(first(other)).not.toContain('k8s.pod.ip');
  });
});
