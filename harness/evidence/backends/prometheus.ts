import { labelsKey } from '../../lib/labels.ts';
import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { LabelAnswers, SeriesAnswer } from '../types.ts';

interface VectorResult {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** Instant query; a row a series. */
export async function query(
  target: HttpTarget,
  expression: string,
): Promise<VectorResult['data']['result']> {
  const parameters = new URLSearchParams({ query: expression });
  const answer = (await getJson(target, `/api/v1/query?${parameters}`)) as VectorResult;
  return answer.data.result;
}

/** Counters whose sums tell how much each tier took, dropped and handed on. */
export const balanceCounters = [
  'otelcol_receiver_accepted_spans',
  'otelcol_receiver_refused_spans',
  'otelcol_exporter_sent_spans',
  'otelcol_exporter_send_failed_spans',
  'otelcol_exporter_enqueue_failed_spans',
  'otelcol_processor_filter_spans.filtered',
  'otelcol_processor_tail_sampling_global_count_traces_sampled',
  'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early',
] as const;

/**
 * What Prometheus itself holds of each collector: whether it was scraped, how often, and the last
 * value of some counters, summed over their labels. Names are matched with and without `_total`.
 */
export async function askSeries(
  target: HttpTarget,
  pods: readonly { readonly pod: string; readonly tier: string }[],
): Promise<SeriesAnswer[]> {
  const names = balanceCounters.map((name) => `${name.replaceAll('.', '[._]')}(_total)?`).join('|');
  const [ups, samples, counters] = await Promise.all([
    query(target, 'max by (pod) (max_over_time(up{pod!=""}[1h]))'),
    query(target, 'sum by (pod) (count_over_time(up{pod!=""}[1h]))'),
    query(target, `sum by (pod, __name__) (last_over_time({__name__=~"${names}", pod!=""}[1h]))`),
  ]);
  const valueFor = (rows: VectorResult['data']['result'], pod: string): number =>
    Number(rows.find((row) => row.metric.pod === pod)?.value[1] ?? 0);
  return pods.map(({ pod, tier }) => ({
    pod,
    tier,
    up: valueFor(ups, pod) === 1,
    samples: valueFor(samples, pod),
    counters: Object.fromEntries(
      counters
        .filter((row) => row.metric.pod === pod)
        .map((row) => [(row.metric.__name__ ?? '').replace(/_total$/, ''), Number(row.value[1])]),
    ),
  }));
}

/** Metrics of more pods than this are asked for in part. */
const mostInstances = 200;

/**
 * Labels of the series that came of applications, by what OTLP calls an instance: of their own
 * metrics, and of `target_info`, which has what is not promoted.
 */
export async function askInstances(
  target: HttpTarget,
  instanceIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<NonNullable<LabelAnswers['series']>> {
  const ids = instanceIds.slice(0, mostInstances).filter((id) => /^[\w-]+$/.test(id));
  if (ids.length === 0) return [];
  const parameters = new URLSearchParams([
    ['match[]', `{instance=~"${ids.join('|')}"}`],
    ['match[]', `{service_instance_id=~"${ids.join('|')}"}`],
    ['start', String(Math.floor(fromMs / 1_000))],
    ['end', String(Math.ceil(toMs / 1_000))],
  ]);
  const answer = (await getJson(target, `/api/v1/series?${parameters}`)) as {
    readonly data: readonly Record<string, string>[];
  };
  const rows = answer.data.map(({ le: _, quantile: __, ...labels }) => labels);
  return [...new Map(rows.map((row) => [labelsKey(row), row])).values()];
}
