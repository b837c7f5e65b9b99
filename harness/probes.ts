import { traceIdOf } from './evidence/ingest-planned.ts';
import type { ProbePlan } from './evidence/visibility.ts';
import { decide } from './pipeline/decide.ts';
import type { Pipeline } from './pipeline/types.ts';
import { random, shuffle } from './plan/random.ts';
import { type Plan, spanFlags } from './plan/types.ts';
import type { PreparedRun } from './prepare.ts';

const probeCount = 24;

/** A few traces that the policies keep, to be asked for while the run goes on. */
export function probesOf({ plan, pipeline }: PreparedRun, startMs: number): ProbePlan[] {
  const sampling = pipeline.tiers.find((tier) => tier.tailSampling)?.tailSampling;
  const order = Uint32Array.from({ length: plan.traces.count }, (_, i) => i);
  shuffle(order, random(plan.seed, 'probes'));
  const lastSent = lastOnTimeSend(plan);
  const probes: ProbePlan[] = [];
  for (const trace of order) {
    if (probes.length === probeCount) break;
    const traceId = traceIdOf(plan, trace);
    if (sampling && !isKept(plan, trace, traceId, sampling)) continue;
    probes.push({ traceId, sentMs: startMs + (lastSent[trace] ?? 0) });
  }
  return probes;
}

function isKept(
  plan: Plan,
  trace: number,
  traceId: string,
  sampling: NonNullable<Pipeline['tiers'][number]['tailSampling']>,
): boolean {
  const first = plan.traces.firstSpan[trace] ?? 0;
  const spans = Array.from({ length: plan.traces.spanCount[trace] ?? 0 }, (_, i) => {
    const span = first + i;
    const template = plan.templates[plan.spans.template[span] ?? 0];
    return {
      statusCode: template?.statusCode ?? 0,
      startOffsetNanos: plan.spans.startOffsetNanos[span] ?? 0,
      endOffsetNanos: plan.spans.endOffsetNanos[span] ?? 0,
      attributes: template?.attributes,
      resource: undefined,
    };
  });
  // Health checks are kept by chance and filtered all the same: not worth asking for.
  const className = plan.classNames[plan.traces.classIndex[trace] ?? 0];
  return className !== 'health' && decide(sampling, traceId, spans).outcome === 'sampled';
}

function lastOnTimeSend(plan: Plan): Float64Array {
  const last = new Float64Array(plan.traces.count);
  for (const block of plan.blocks) {
    if (block.signal !== 'traces') continue;
    for (let i = block.from; i < block.to; i++) {
      const span = plan.spanOrder[i] ?? 0;
      if ((plan.spans.flags[span] ?? 0) & spanFlags.late) continue;
      const trace = plan.spans.trace[span] ?? 0;
      last[trace] = Math.max(last[trace] ?? 0, block.sendAtMs);
    }
  }
  return last;
}
