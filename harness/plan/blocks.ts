import type { Scenario } from '../scenario/types.ts';
import { random } from './random.ts';
import {
  connectionsPerPod,
  type Drawing,
  type PlannedBlock,
  type PlannedPod,
  type SpanTable,
  spanFlags,
  type TraceTable,
} from './types.ts';

/** How an SDK's batch processor sends: on a timer, in requests of a bounded size. */
export const sdk = {
  /** Each pod exports this often, at a phase of its own. */
  flushEveryMs: 400,
  maxItemsPerBlock: 200,
  /** Several requests of one flush follow one another at this distance. */
  betweenBlocksMs: 5,
} as const;

const nanosPerMs = 1e6;

export interface BlockPlan {
  readonly spanOrder: Uint32Array;
  readonly logOrder: Uint32Array;
  readonly blocks: readonly PlannedBlock[];
  readonly loadMs: number;
}

/**
 * Puts spans, log records and metrics into requests: one pod's items of many traces, sent when
 * the pod's exporter next flushes after the span has ended (late ones: so much later).
 */
export function buildBlocks(
  scenario: Scenario,
  seed: number,
  pods: readonly PlannedPod[],
  traces: TraceTable,
  spans: SpanTable,
  drawing: Drawing,
): BlockPlan {
  const stream = random(seed, 'flush');
  const phases = pods.map(() => stream.unit() * sdk.flushEveryMs);
  const readyMs = (span: number): number => {
    const endMs = (spans.endOffsetNanos[span] ?? 0) / nanosPerMs;
    if (!((spans.flags[span] ?? 0) & spanFlags.late)) return endMs;
    const load = scenario.load[traces.loadIndex[spans.trace[span] ?? 0] ?? 0];
    return endMs + (load?.late?.deliverAfterMs ?? 0);
  };
  const all = Uint32Array.from({ length: spans.count }, (_, i) => i);
  const logged = all.filter((span) => (spans.flags[span] ?? 0) & spanFlags.logged);
  const spanGroups = groupByFlush(all, readyMs, spans, phases);
  const logGroups = groupByFlush(
    logged,
    (s) => (spans.endOffsetNanos[s] ?? 0) / nanosPerMs,
    spans,
    phases,
  );
  const drafts = [
    ...cut('traces', spanGroups, phases),
    ...cut('logs', logGroups, phases),
    ...withExemplars(scenario, spans, metricSamples(scenario, phases)),
  ].sort((a, b) => a.sendAtMs - b.sendAtMs || a.pod - b.pod || a.signal.localeCompare(b.signal));
  const lots = random(seed, 'blocks');
  const connection = () => (drawing === 1 ? {} : { connection: lots.below(connectionsPerPod) });
  return {
    spanOrder: spanGroups.order,
    logOrder: logGroups.order,
    blocks: drafts.map((block, index) => ({ ...block, ...connection(), index })),
    loadMs: drafts.at(-1)?.sendAtMs ?? 0,
  };
}

interface Groups {
  readonly order: Uint32Array;
  /** Start of each group in `order`, with its pod and flush number. */
  readonly groups: readonly { from: number; to: number; pod: number; flush: number }[];
}

function groupByFlush(
  items: Uint32Array,
  readyMs: (span: number) => number,
  spans: SpanTable,
  phases: readonly number[],
): Groups {
  const podCount = phases.length;
  const total = spans.count;
  // One sortable number a span: flush and pod above, the span's own index below (exact to 2^53).
  const keys = new Float64Array(items.length);
  items.forEach((span, i) => {
    const pod = spans.pod[span] ?? 0;
    const flush = Math.ceil(Math.max(0, readyMs(span) - (phases[pod] ?? 0)) / sdk.flushEveryMs);
    keys[i] = (flush * podCount + pod) * total + span;
  });
  keys.sort();
  const order = new Uint32Array(items.length);
  const groups: { from: number; to: number; pod: number; flush: number }[] = [];
  let current = -1;
  keys.forEach((key, i) => {
    const group = Math.floor(key / total);
    order[i] = key - group * total;
    if (group !== current) {
      groups.push({ from: i, to: i, pod: group % podCount, flush: Math.floor(group / podCount) });
      current = group;
    }
    const last = groups.at(-1);
    if (last) last.to = i + 1;
  });
  return { order, groups };
}

type Draft = Omit<PlannedBlock, 'index'>;

function cut(signal: 'traces' | 'logs', { groups }: Groups, phases: readonly number[]): Draft[] {
  return groups.flatMap(({ from, to, pod, flush }) => {
    const blocks: Draft[] = [];
    for (let start = from; start < to; start += sdk.maxItemsPerBlock) {
      blocks.push({
        signal,
        pod,
        from: start,
        to: Math.min(to, start + sdk.maxItemsPerBlock),
        sendAtMs:
          (phases[pod] ?? 0) + flush * sdk.flushEveryMs + blocks.length * sdk.betweenBlocksMs,
      });
    }
    return blocks;
  });
}

/** Each pod reports its metrics at its own phase, as long as traces begin. */
function metricSamples(scenario: Scenario, phases: readonly number[]): Draft[] {
  const totalMs = scenario.phases.reduce((sum, phase) => sum + phase.forMs, 0);
  const everyMs = Math.min(...scenario.load.map((l) => l.metricsEveryMs || Infinity));
  if (!Number.isFinite(everyMs)) return [];
  return phases.flatMap((phase, pod) => {
    const samples: Draft[] = [];
    for (let n = 1; phase + n * everyMs <= totalMs; n++) {
      samples.push({ signal: 'metrics', pod, sendAtMs: phase + n * everyMs, from: n, to: n + 1 });
    }
    return samples;
  });
}

/** As an SDK's reservoir does: the last span that the pod ended before it reports. */
function withExemplars(
  { load }: Scenario,
  spans: SpanTable,
  samples: readonly Draft[],
): readonly Draft[] {
  if (!load.some(({ exemplars }) => exemplars)) return samples;
  const ended = new Map<number, number[]>();
  const byEnd = Uint32Array.from({ length: spans.count }, (_, i) => i).sort(
    (a, b) => (spans.endOffsetNanos[a] ?? 0) - (spans.endOffsetNanos[b] ?? 0),
  );
  for (const span of byEnd) {
    const pod = spans.pod[span] ?? 0;
    const own = ended.get(pod) ?? [];
    ended.set(pod, own);
    own.push(span);
  }
  return samples.map((sample) => {
    const exemplar = (ended.get(sample.pod) ?? []).findLast(
      (span) => (spans.endOffsetNanos[span] ?? 0) <= sample.sendAtMs * 1e6,
    );
    return exemplar === undefined ? sample : { ...sample, exemplar };
  });
}
