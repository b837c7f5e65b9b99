import { describe, expect, it } from 'vitest';
import type { Entrance } from '../../pipeline/doors.ts';
import type { Component, ComponentKind, Output, SignalPipeline } from '../../pipeline/types.ts';
import { wayThrough } from './ways.ts';

const component = (kind: ComponentKind, id: string): Component => ({
  kind,
  id,
  type: id.split('/')[0] ?? '',
  config: {},
  place: { file: 'p.yaml', line: 1, column: 1 },
});
const kindOf = (id: string): ComponentKind =>
  /^(forward|routing|span_metrics)/.test(id) ? 'connectors' : 'exporters';

/** `receivers → exporters`, each a list of ids. */
function pipeline(id: string, receivers: string[], exporters: string[]): SignalPipeline {
  return {
    id,
    signal: 'traces',
    receivers: receivers.map((r) =>
      component(kindOf(r) === 'connectors' ? 'connectors' : 'receivers', r),
    ),
    processors: [],
    exporters: exporters.map((e) => component(kindOf(e), e)),
  };
}

const outputs = ['otlp_grpc/tempo', 'otlp_grpc/archive'].map(
  (id) =>
    ({ signal: 'traces', exporter: component('exporters', id), to: { backend: id } }) as Output,
);
function way(...pipelines: SignalPipeline[]) {
  const { pipelines: through, unclear } = wayThrough({ pipelines, outputs }, 'traces');
  return { ids: through.map(({ id }) => id), unclear };
}
const main = pipeline('traces', ['otlp'], ['otlp_grpc/tempo']);

describe('one way', () => {
  it.each<[string, SignalPipeline[], string[]]>([
    ['one pipeline', [main], ['traces']],
    [
      'beside one that ends here',
      [pipeline('traces/debug', ['otlp'], ['debug']), main],
      ['traces'],
    ],
    [
      'beside one for another signal',
      [pipeline('t', ['otlp'], ['span_metrics']), main],
      ['traces'],
    ],
    [
      'beside what takes nothing from outside',
      [pipeline('t', ['jaeger'], ['otlp_grpc/archive']), main],
      ['traces'],
    ],
    ['what takes by something else alone', [pipeline('t', ['jaeger'], ['otlp_grpc/tempo'])], ['t']],
    [
      'a chain, whatever the order of the file',
      [
        pipeline('b', ['forward'], ['otlp_grpc/tempo']),
        pipeline('a', ['otlp'], ['forward', 'debug']),
      ],
      ['a', 'b'],
    ],
    [
      'two exporters of one pipeline',
      [pipeline('t', ['otlp'], ['otlp_grpc/tempo', 'otlp_grpc/archive'])],
      ['t'],
    ],
  ])('%s', (_, pipelines, ids) => {
    expect(way(...pipelines)).toEqual({ ids, unclear: [] });
  });
});

describe('several ways are said', () => {
  it.each<[string, SignalPipeline[], string]>([
    [
      'pipelines beside each other',
      [main, pipeline('traces/archive', ['otlp'], ['otlp_grpc/archive'])],
      'pipelines traces, traces/archive beside each other',
    ],
    [
      'a split',
      [
        pipeline('in', ['otlp'], ['forward/a', 'otlp_grpc/archive']),
        pipeline('out', ['forward/a'], ['otlp_grpc/tempo']),
      ],
      'pipeline in splits',
    ],
    [
      'a connector that chooses',
      [pipeline('in', ['otlp'], ['routing']), pipeline('out', ['routing'], ['otlp_grpc/tempo'])],
      'connector routing, which is not modelled',
    ],
  ])('%s', (_, pipelines, why) => {
    expect(way(...pipelines).unclear).toEqual([why]);
  });
});

describe('a signal that goes on to nowhere', () => {
  const endsOf = (...pipelines: SignalPipeline[]) => {
    const { pipelines: through, ends, unclear } = wayThrough({ pipelines, outputs }, 'traces');
    return { through: through.map(({ id }) => id), ends: ends.map(({ id }) => id), unclear };
  };

  it('ends in the exporters and connectors that hand on none of it', () => {
    const debug = pipeline('traces', ['otlp'], ['debug', 'nop']);
    expect(endsOf(debug)).toEqual({ through: ['traces'], ends: ['debug', 'nop'], unclear: [] });
    expect(endsOf(pipeline('traces', ['otlp'], ['span_metrics'])).ends).toEqual(['span_metrics']);
    const front = pipeline('traces/in', ['otlp'], ['forward']);
    expect(endsOf(front, pipeline('traces/out', ['forward'], ['file']))).toEqual({
      through: ['traces/in', 'traces/out'],
      ends: ['file'],
      unclear: [],
    });
  });

  it('does not end in what stands beside an exporter that leads on', () => {
    expect(endsOf(main, pipeline('traces/debug', ['otlp'], ['debug'])).ends).toEqual([]);
    expect(endsOf(pipeline('traces', ['otlp'], ['otlp_grpc/tempo', 'debug'])).ends).toEqual([]);
  });

  it('is clear where it splits, whichever way an item goes', () => {
    const two = [
      pipeline('traces/1', ['otlp'], ['debug']),
      pipeline('traces/2', ['otlp'], ['nop']),
    ];
    expect(endsOf(...two)).toEqual({
      through: ['traces/1', 'traces/2'],
      ends: ['debug', 'nop'],
      unclear: [],
    });
    expect(endsOf(...routed(['traces/b']))).toEqual({
      through: ['traces/in', 'traces/a', 'traces/b'],
      ends: ['debug', 'file'],
      unclear: [],
    });
  });

  it('is unclear where some of it may end on the way', () => {
    expect(endsOf(...routed([])).unclear).toContain('connector routing, which is not modelled');
    const [first, ...rest] = routed(['traces/b']);
    const sampler = component('processors', 'tail_sampling');
    const sampled = [{ ...first, processors: [sampler] } as SignalPipeline, ...rest];
    expect(endsOf(...sampled).unclear).toContain('connector routing, which is not modelled');
  });
});

/** A routing connector in front of two pipelines that end in the collector. */
function routed(defaults: readonly string[]): SignalPipeline[] {
  const routing = {
    ...component('connectors', 'routing'),
    config: { default_pipelines: defaults },
  };
  return [
    { ...pipeline('traces/in', ['otlp'], []), exporters: [routing] },
    pipeline('traces/a', ['routing'], ['debug']),
    pipeline('traces/b', ['routing'], ['file']),
  ];
}

describe('a signal that comes by one of several receivers', () => {
  const receiver = (id: string, port: number): Component => ({
    ...component('receivers', id),
    config: { protocols: { grpc: { endpoint: `0.0.0.0:${port}` } } },
  });
  const [blue, green] = [receiver('otlp/blue', 4317), receiver('otlp/green', 14_317)];
  const taking = (id: string, from: Component, to: string): SignalPipeline => ({
    ...pipeline(id, [], [to]),
    receivers: [from],
  });
  const pipelines = [
    taking('traces/blue', blue, 'forward'),
    taking('traces/green', green, 'otlp_grpc/archive'),
    pipeline('traces', ['forward'], ['otlp_grpc/tempo']),
  ];
  const through = (by?: Entrance) => {
    const own = wayThrough({ pipelines, outputs }, 'traces', by);
    const ids = own.pipelines.map(({ id }) => id);
    return { ids, to: own.outputs.map(({ exporter }) => exporter.id), unclear: own.unclear };
  };

  it('goes through the pipelines of that one alone', () => {
    const one = { ids: ['traces/blue', 'traces'], to: ['otlp_grpc/tempo'], unclear: [] };
    expect(through({ receiver: blue })).toEqual(one);
    expect(through({ ports: [4317] })).toEqual(one);
    expect(through({ ports: [14_317] })).toMatchObject({ to: ['otlp_grpc/archive'], unclear: [] });
  });

  it('goes through both where it is sent to both, or to a port that neither has', () => {
    const unclear = ['pipelines traces/blue, traces/green beside each other'];
    expect(through({ ports: [4317, 14_317] }).unclear).toEqual(unclear);
    expect(through({ ports: [9999] }).unclear).toEqual(unclear);
  });
});
