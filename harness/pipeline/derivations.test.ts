import { describe, expect, it } from 'vitest';
import { derivationsOf } from './derivations.ts';
import { loadPipeline } from './load.ts';
import { edit, files } from './two-tier.testing.ts';

const service = (id: string) => `spec.config.service.pipelines["${id}"]`;
const pipelineWith = (...feeding: readonly (readonly [string, unknown])[]) =>
  loadPipeline('p', files, [
    edit('gateway', 'spec.config.connectors', { span_metrics: {}, routing: { table: [] } }),
    ...feeding.map(([id, value]) => edit('gateway', service(id), value)),
    edit('gateway', service('metrics/spans'), {
      receivers: ['span_metrics'],
      exporters: ['otlp_http/prometheus'],
    }),
  ]);
const counted = { receivers: ['otlp'], processors: [], exporters: ['span_metrics'] };

describe('derivationsOf', () => {
  it('ends the way of spans in the connector, in front of the sampler or behind it', () => {
    const [front] = derivationsOf(pipelineWith(['traces/counted', counted]), 'span_metrics');
    const tierOf = (one = front) => one?.pipeline.tiers.find(({ name }) => name === 'gateway');
    expect(tierOf()?.tailSampling).toBeUndefined();
    expect(front?.unclear).toEqual([]);
    const exporters = new Set(front?.outputs.map(({ exporter }) => exporter.id));
    expect([...exporters]).toEqual(['otlp_http/prometheus']);
    const sampled = {
      receivers: ['otlp'],
      processors: ['tail_sampling'],
      exporters: ['otlp_grpc/tempo', 'span_metrics'],
    };
    const [behind] = derivationsOf(pipelineWith(['traces', sampled]), 'span_metrics');
    expect(tierOf(behind)?.tailSampling?.component.id).toBe('tail_sampling');
    expect(tierOf(behind)?.outputs.some(({ signal }) => signal === 'traces')).toBe(false);
  });

  it('says where several pipelines feed it, and where none does', () => {
    const [two] = derivationsOf(
      pipelineWith(['traces/counted', counted], ['traces/again', counted]),
      'span_metrics',
    );
    expect(two?.unclear).toEqual(['several pipelines feed span_metrics']);
    expect(derivationsOf(loadPipeline('p', files), 'span_metrics')).toEqual([]);
  });

  it('says where the load comes by another receiver than what feeds it', () => {
    const grpc = (port: number) => ({ protocols: { grpc: { endpoint: `0.0.0.0:${port}` } } });
    const unclearBy = (receiver: string): readonly string[] | undefined =>
      derivationsOf(
        loadPipeline('p', files, [
          edit('agent', 'spec.config.connectors', { span_metrics: {} }),
          edit('agent', 'spec.config.receivers["otlp/own"]', grpc(14_317)),
          edit('agent', 'spec.config.exporters.debug', {}),
          edit('agent', service('traces/counted'), { ...counted, receivers: [receiver] }),
          edit('agent', service('metrics/spans'), {
            receivers: ['span_metrics'],
            exporters: ['debug'],
          }),
        ]),
        'span_metrics',
      )[0]?.unclear;
    expect(unclearBy('otlp')).toEqual([]);
    expect(unclearBy('otlp/own')).toEqual(['the load does not get into pipeline traces/counted']);
  });
});
