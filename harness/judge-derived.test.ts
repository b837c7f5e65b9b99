import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence, MadeSeries } from './evidence/types.ts';
import { openEvidence } from './evidence/view.ts';
import { judgeDerived } from './judge/derived/judge-derived.ts';
import { comprehend } from './prepare.ts';
import { reingest } from './reingest.ts';
import { loadSource } from './run-source.ts';

/** A recorded run, as if its gateways had made metrics of the spans that they got. */
let folder: string;
let evidence: Awaited<ReturnType<typeof openEvidence>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'derived-'));
  const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-steady');
  cpSync(recorded, folder, { recursive: true });
  await reingest(folder);
  evidence = await openEvidence(folder);
}, 60_000);
afterAll(() => {
  evidence.close();
  rmSync(folder, { recursive: true, force: true });
});

const inFront = {
  traces: ['memory_limiter', 'tail_sampling', 'attributes/redact'],
  counted: ['memory_limiter'],
};

/** @param processors what spans go through in front of the connector */
function pipelineWith(processors: readonly string[]) {
  const source = loadSource(folder);
  const edit = (path: string, value: unknown) => ({
    resource: 'OpenTelemetryCollector/gateway',
    path,
    value,
    origin: '--set',
  });
  const pipelines = 'spec.config.service.pipelines';
  const exporters = ['span_metrics'];
  return comprehend({
    ...source,
    edits: [
      ...source.edits,
      edit('spec.config.connectors', { span_metrics: { metrics_flush_interval: '1s' } }),
      edit(`${pipelines}["traces/counted"]`, { receivers: ['otlp'], processors, exporters }),
      edit(`${pipelines}["metrics/spans"]`, {
        receivers: exporters,
        exporters: ['otlp_http/prometheus'],
      }),
    ],
  });
}

/** What the connector makes of spans that were recorded in front of the gateways. */
async function seriesOf(isCounted: (traceId: string) => boolean): Promise<MadeSeries> {
  const at = (hop: 'tier' | 'backend', name: string): number[] =>
    evidence.recorders.flatMap((one) =>
      (one.hop as Record<string, string>)[hop]?.startsWith(name) ? one.number : [],
    );
  const [gateways, [recorder = -1]] = [new Set(at('tier', 'gateway')), at('backend', 'prometheus')];
  const counts = new Map<string, { value: number; sum: number }>();
  for await (const { spans, traceId } of evidence.traces()) {
    for (const span of isCounted(traceId) ? spans : []) {
      const seen = span.sightings.find((one) => gateways.has(one.recorder));
      if (!seen) continue;
      const { name, kind } = evidence.name(span.nameId);
      const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT'];
      const labels = {
        'service.name': evidence.resource(seen.resourceId)['service.name'],
        'span.name': name,
        'span.kind': `SPAN_KIND_${kinds[Number(kind)]}`,
        'status.code': `STATUS_CODE_${['UNSET', 'OK', 'ERROR'][span.statusCode]}`,
      };
      const own = counts.get(JSON.stringify(labels)) ?? { value: 0, sum: 0 };
      own.value++;
      own.sum += (span.endOffsetNanos - span.startOffsetNanos) / 1e6;
      counts.set(JSON.stringify(labels), own);
    }
  }
  const moments = { startMs: 1, firstMs: 2, lastMs: 3 };
  const series = [...counts].flatMap(([labels, { value, sum }]) => {
    const common = { recorder, resource: {}, isDelta: false, refused: 0 };
    const attributes = { ...JSON.parse(labels), 'collector.instance.id': 'a' };
    return [
      {
        ...common,
        attributes,
        metric: 'traces.span.metrics.calls',
        streams: [{ ...moments, value }],
      },
      {
        ...common,
        attributes,
        metric: 'traces.span.metrics.duration',
        streams: [{ ...moments, value, sum }],
      },
    ];
  });
  return { series, exemplars: [], isWhole: true };
}

async function judged(
  processors: readonly string[],
  series: MadeSeries | undefined,
  counts: 'all' | 'entered' = 'all',
) {
  const { scenario, pipeline } = pipelineWith(processors);
  const own: Evidence = { ...evidence, series };
  const expectation = { check: 'derived', from: 'span_metrics', counts } as const;
  const [result] = await judgeDerived(scenario, pipeline, own, expectation);
  const { verdict, findings = [], observed } = result ?? {};
  return { verdict, kinds: findings.map(({ kind }) => kind), findings, observed };
}

const all = () => true;

describe('what span_metrics counts', () => {
  it('in front of the sampler is what came', async () => {
    const { verdict, kinds } = await judged(inFront.counted, await seriesOf(all));
    expect([verdict, kinds]).toEqual(['pass', []]);
  });

  it('one span more or less of any label set is noticed, and a duration', async () => {
    const made = await seriesOf(all);
    const edits = [{ value: 1 }, { value: -1 }, { sum: 5 }] as const;
    for (const [i, by] of edits.entries()) {
      const series = made.series.map((one, nth) => {
        if (nth !== 2 * i + 1) return one;
        const streams = one.streams.map((own) => ({
          ...own,
          value: own.value + ('value' in by ? by.value : 0),
          sum: (own.sum ?? 0) + ('sum' in by ? by.sum : 0),
        }));
        return { ...one, streams };
      });
      const { verdict, kinds } = await judged(inFront.counted, { ...made, series });
      expect([verdict, kinds]).toEqual(['fail', ['derived-miscounted']]);
    }
    const { verdict } = await judged(inFront.counted, { ...made, series: made.series.slice(2) });
    expect(verdict).toBe('fail');
  });

  it('behind the sampler is what was kept, which is not all', async () => {
    const kept = new Set<string>();
    const tempo = evidence.recorders.flatMap(({ hop, number }) =>
      'backend' in hop && hop.backend.startsWith('tempo') ? number : [],
    );
    for await (const { traceId, spans } of evidence.traces()) {
      if (spans.some((s) => s.sightings.some((one) => tempo.includes(one.recorder)))) {
        kept.add(traceId);
      }
    }
    const series = await seriesOf((traceId) => kept.has(traceId));
    const entered = await judged(inFront.traces, series, 'entered');
    expect([entered.verdict, entered.kinds]).toEqual(['pass', []]);
    const of = await judged(inFront.traces, series);
    expect([of.verdict, of.kinds]).toEqual(['fail', ['derived-of-sampled']]);
    expect(of.findings[0]?.component).toBe('gateway/span_metrics');
    expect(of.findings[0]?.why).toContain('tail_sampling');
  });

  it('of strange traces, by exemplars, is noticed', async () => {
    const made = await seriesOf(all);
    const recorder = made.series[0]?.recorder ?? -1;
    const exemplars = [{ recorder, traceId: 'f'.repeat(32) }];
    const { kinds } = await judged(inFront.counted, { ...made, exemplars });
    expect(kinds).toEqual(['never-planned']);
  });

  it('is unknown where nobody looked, or where what stands in front is not modelled', async () => {
    expect((await judged(inFront.counted, undefined)).verdict).toBe('unknown');
    const made = await seriesOf(all);
    const partly = await judged(inFront.counted, { ...made, isWhole: false });
    expect([partly.verdict, partly.kinds]).toEqual(['unknown', ['not-modelled']]);
  });
});
