import { messageOf } from '../lib/errors.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { until } from '../shell/until.ts';
import type { RunningStack } from '../stack/types.ts';
import { askLogs } from './backends/loki.ts';
import { askSeries } from './backends/prometheus.ts';
import { askTraces, searchTraces } from './backends/tempo.ts';
import type { BackendAnswers, SeriesAnswer, VisibilityProbe } from './types.ts';

/** Kept traces that are asked for: more than the 200 that the judge wants to see. */
export const sampleSize = 220;
/** Search shows a trace only after the backend has cut it from its live traces. */
const searchWithinMs = 15_000;

/** What Prometheus holds of every collector; asked while they still run. */
export async function askCollectorSeries(
  stack: RunningStack,
  pipeline: Pipeline,
): Promise<SeriesAnswer[]> {
  const target = stack.backends.get('prometheus');
  const tiers = new Set(pipeline.tiers.map((tier) => tier.name));
  const pods = new Map(
    stack
      .lives()
      .flatMap((l) => (tiers.has(l.tier) ? [[l.pod, { pod: l.pod, tier: l.tier }] as const] : [])),
  );
  return target ? askSeries(target, [...pods.values()]) : [];
}

/** Asks the real backends for traces that were seen accepted; an error is kept, never thrown. */
export async function askBackends(
  stack: RunningStack,
  traceIds: readonly string[],
  series: readonly SeriesAnswer[],
  visibility: readonly VisibilityProbe[],
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<BackendAnswers> {
  const errors: string[] = [];
  const attempt = async <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      errors.push(`${what}: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const tempo = stack.backends.get('tempo');
  const loki = stack.backends.get('loki');
  const [traces, searched, logs] = await Promise.all([
    tempo ? attempt('tempo by id', [], () => askTraces(tempo, traceIds)) : [],
    tempo ? attempt('tempo search', [], () => searchUntilFound(stack, traceIds, window)) : [],
    loki ? attempt('loki', [], () => askLogs(loki, traceIds, window.fromMs, window.toMs)) : [],
  ]);
  return { traces, searched, logs, series, visibility, errors };
}

async function searchUntilFound(
  stack: RunningStack,
  traceIds: readonly string[],
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<string[]> {
  const tempo = stack.backends.get('tempo');
  if (!tempo || traceIds.length === 0) return [];
  let found: string[] = [];
  await until(searchWithinMs, 250, async () => {
    found = await searchTraces(tempo, { ...window, limit: 100_000 });
    const known = new Set(found);
    return traceIds.every((id) => known.has(id)) ? true : undefined;
  });
  const wanted = new Set(traceIds);
  return found.filter((id) => wanted.has(id));
}
