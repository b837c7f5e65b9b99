import { messageOf } from '../lib/errors.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { until } from '../shell/until.ts';
import type { HttpTarget, RunningStack } from '../stack/types.ts';
import { askAlerts } from './backends/alerts.ts';
import { askLogs } from './backends/loki.ts';
import { askInstances, askSeries } from './backends/prometheus.ts';
import { askTraces, searchTraces } from './backends/tempo.ts';
import type { BackendAnswers, SeriesAnswer, VisibilityProbe } from './types.ts';

/** Kept traces that are asked for: more than the 200 that the judge wants to see. */
export const sampleSize = 220;
/** Search shows a trace only after the backend has cut it from its live traces. */
const searchWithinMs = 15_000;

type Scraped = Pick<BackendAnswers, 'series' | 'alerts' | 'errors'>;

/**
 * What Prometheus holds of every collector; asked while they still run. An error is kept, never
 * thrown.
 */
export async function askCollectorSeries(
  stack: RunningStack,
  pipeline: Pipeline,
): Promise<Scraped> {
  try {
    const target = stack.backends.get('prometheus');
    const alerts = target && pipeline.rules ? await askAlerts(target) : undefined;
    return { series: await seriesOf(stack, pipeline), alerts, errors: [] };
  } catch (error) {
    return { errors: [`prometheus: ${messageOf(error)}`] };
  }
}

async function seriesOf(stack: RunningStack, pipeline: Pipeline): Promise<SeriesAnswer[]> {
  const target = stack.backends.get('prometheus');
  const tiers = new Set(pipeline.tiers.map((tier) => tier.name));
  const pods = new Map(
    stack
      .lives()
      .flatMap((l) => (tiers.has(l.tier) ? [[l.pod, { pod: l.pod, tier: l.tier }] as const] : [])),
  );
  return target ? askSeries(target, [...pods.values()]) : [];
}

/**
 * Asks the real backends for traces that were seen accepted; an error is kept, never thrown.
 * @param instanceIds of whose logs and metrics the labels are asked for; none where nobody is to
 */
export async function askBackends(
  stack: RunningStack,
  traceIds: readonly string[],
  scraped: Scraped,
  visibility: readonly VisibilityProbe[],
  window: { readonly fromMs: number; readonly toMs: number },
  instanceIds?: readonly string[],
): Promise<BackendAnswers> {
  const errors = [...scraped.errors];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      errors.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const tempo = stack.backends.get('tempo');
  const loki = stack.backends.get('loki');
  const prometheus = instanceIds ? stack.backends.get('prometheus') : undefined;
  const { fromMs, toMs } = window;
  const [traces, searched, found, instances] = await Promise.all([
    tempo ? attempt('tempo by id', () => askTraces(tempo, traceIds)) : [],
    tempo ? attempt('tempo search', () => searchUntilFound(tempo, traceIds, window)) : [],
    loki && attempt('loki', () => askLogs(loki, traceIds, fromMs, toMs)),
    prometheus &&
      attempt('prometheus’ labels', () =>
        askInstances(prometheus, instanceIds ?? [], fromMs, toMs),
      ),
  ]);
  const { series, alerts } = scraped;
  const logs = loki ? found?.logs : [];
  const labels = {
    ...(loki && found && { streams: found.streams }),
    ...(instances && { series: instances }),
  };
  return {
    ...{ traces: traces ?? [], searched, logs, series, alerts, visibility, errors },
    ...(instanceIds && { labels }),
  };
}

/** @throws what the last search said, where none was answered */
async function searchUntilFound(
  tempo: HttpTarget,
  traceIds: readonly string[],
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<string[]> {
  if (traceIds.length === 0) return [];
  const last: { found?: string[]; failure?: unknown } = {};
  await until(searchWithinMs, 250, async () => {
    try {
      last.found = await searchTraces(tempo, { ...window, limit: 100_000 });
    } catch (error) {
      last.failure = error;
    }
    const known = new Set(last.found);
    return traceIds.every((id) => known.has(id)) ? true : undefined;
  });
  if (!last.found) throw last.failure;
  const wanted = new Set(traceIds);
  return last.found.filter((id) => wanted.has(id));
}
