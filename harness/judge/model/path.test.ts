import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../../pipeline/types.ts';
import { lastAnswer, logs, metrics, pathOf, processor, strange, traces } from './path.testing.ts';
import { type SignalPath, signalPath } from './path.ts';

const health = 'attributes["route"] == "/healthz"';
const other = 'attributes["route"] == "/"';
const odd = 'Len(attributes["route"]) > 3';

/** May write to any key. */

describe('filter', () => {
  it.each<[string, Record<string, unknown>, boolean | undefined]>([
    ['a condition that holds', { traces: { span: [other, health] } }, true],
    ['one that does not', { error_mode: 'ignore', traces: { span: [other] } }, false],
    ['spans’ events', { traces: { span: [other], spanevent: ['name == "x"'] } }, false],
    ['other signals', { logs: { log_record: ['x'] }, metrics: { metric: ['x'] } }, false],
    ['resource conditions', { traces: { resource: [health] } }, undefined],
    ['an old match', { spans: { exclude: { services: ['shop'] } } }, undefined],
    ['an unknown key', { trace_filters: ['x'] }, undefined],
    ['properties', { spans: { exclude: { match_type: 'strict', services: ['shop'] } } }, true],
    ['others', { spans: { exclude: { match_type: 'strict', services: ['cart'] } } }, false],
    [
      'both, which the collector refuses',
      {
        spans: { exclude: { match_type: 'strict', services: ['cart'] } },
        traces: { span: [health] },
      },
      undefined,
    ],
    ['a list that is none', { traces: { span: health } }, undefined],
    ['an expanded list', { traces: { span: [`attributes["route"] == "\${env:R}"`] } }, undefined],
    ['an inferred context', { trace_conditions: [`span.${health}`] }, true],
    ['one that is not named', { trace_conditions: [health] }, undefined],
    ['a written context', { trace_conditions: [{ conditions: [health] }] }, undefined],
    // The odd one may end in an error: then the span stays.
    ['an odd one first', { traces: { span: [odd, health] } }, undefined],
    ['an odd one last', { traces: { span: [health, odd] } }, true],
    [
      'an odd one whose error is ignored',
      { error_mode: 'ignore', traces: { span: [odd, health] } },
      true,
    ],
  ])('of spans by %s', (_, config, expected) => {
    expect(lastAnswer(traces(processor('filter', config)))).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, boolean | undefined]>([
    ['a condition that holds', { logs: { log_record: [`log.${health}`] } }, true],
    ['one that does not', { logs: { log_record: [other] } }, false],
    ['resource conditions', { logs: { resource: ['true == true'] } }, undefined],
    ['an old match', { logs: { exclude: { bodies: ['x'] } } }, undefined],
    ['an inferred context', { log_conditions: ['log.severity_number < 9'] }, undefined],
    ['spans', { spans: { exclude: {} }, traces: { span: [health] } }, false],
  ])('of log records by %s', (_, config, expected) => {
    expect(lastAnswer(logs(processor('filter', config)))).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, boolean | undefined]>([
    ['a condition on the metric', { metrics: { metric: ['IsMatch(name, "^GET")'] } }, true],
    ['one that does not hold', { metrics: { metric: ['name == "other"'] } }, false],
    ['a condition on the point', { metrics: { datapoint: [health] } }, true],
    ['its metric’s name', { metrics: { datapoint: ['metric.name == "GET /"'] } }, true],
    ['an inferred context', { metric_conditions: [`datapoint.${health}`] }, true],
    ['a function of metrics', { metrics: { metric: ['HasAttrKeyOnDatapoint("a")'] } }, undefined],
    ['an old match', { metrics: { exclude: { metric_names: ['x'] } } }, undefined],
    ['other signals', { traces: { span: [health] }, logs: { log_record: [health] } }, false],
  ])('of metric points by %s', (_, config, expected) => {
    expect(lastAnswer(metrics(processor('filter', config)))).toBe(expected);
  });

  it('may let through in one pipeline what it drops in another of the same tier', () => {
    const drops = [processor('filter', { traces: { span: [health] } })];
    expect(lastAnswer(pathOf([drops], 'traces', 2))).toBeUndefined();
  });
});

describe('what stands before a filter', () => {
  const filter = processor('filter', { traces: { span: ['attributes["env"] == "test"'] } });
  const insert = (over: Record<string, unknown> = {}) =>
    processor('attributes', {
      actions: [{ key: 'env', action: 'insert', value: 'test' }],
      ...over,
    });

  it('has edited the attributes, in the same tier or an earlier one', () => {
    expect(lastAnswer(traces(filter))).toBe(false);
    expect(lastAnswer(traces(insert(), filter))).toBe(true);
    expect(lastAnswer(pathOf([[insert()], [filter]], 'traces'))).toBe(true);
    const after = pathOf([[filter, insert()]], 'traces');
    expect(lastAnswer(after)).toBe(false);
  });

  it('leaves open what it did to a key that the filter reads', () => {
    expect(lastAnswer(traces(insert({ include: { services: ['x'] } }), filter))).toBeUndefined();
    expect(lastAnswer(traces(strange, filter))).toBeUndefined();
    expect(lastAnswer(traces(processor('my_own'), filter))).toBeUndefined();
    const hash = processor('attributes', { actions: [{ key: 'other', action: 'hash' }] });
    expect(lastAnswer(traces(hash, filter))).toBe(false);
  });

  it('has edited the resource, which can be told where the pod is known', () => {
    const upsert = processor('resource', {
      attributes: [{ key: 'env', action: 'upsert', value: 'test' }],
    });
    const config = { traces: { span: ['resource.attributes["env"] == "test"'] } };
    const byResource = traces(upsert, processor('filter', config));
    const pod = { pod: undefined, nodeName: 'n' };
    expect(lastAnswer(byResource)).toBeUndefined();
    expect(lastAnswer(byResource, { pod })).toBe(true);
    const later = traces(processor('filter', config), upsert);
    expect(lastAnswer(later, { pod })).toBe(false);
    const wiped = processor('resource', { attributes: [{ action: 'delete', pattern: '^env' }] });
    const andWiped = traces(processor('filter', config), wiped);
    expect(lastAnswer(andWiped)).toBeUndefined();
    const resource = { env: 'test' };
    expect(lastAnswer(andWiped, { pod, resource })).toBe(true);
    const byOther = { traces: { span: ['resource.attributes["service.name"] == "shop"'] } };
    expect(lastAnswer(traces(upsert, processor('filter', byOther)))).toBe(true);
    const detected = traces(processor('resourcedetection'), processor('filter', byOther));
    expect(lastAnswer(detected, { pod })).toBeUndefined();
    expect(lastAnswer(traces(processor('resourcedetection'), filter), { pod })).toBe(false);
  });
});

describe('groupbytrace', () => {
  it('changes nothing, and may lose what comes as it releases', () => {
    expect(lastAnswer(traces(processor('groupbytrace')))).toBeUndefined();
    expect(traces(processor('groupbytrace')).unmodelled).toEqual([]);
  });
});

describe('other processors', () => {
  it.each(['logdedup', 'my_own', 'probabilistic_sampler'])('%s may drop a log record', (type) => {
    expect(lastAnswer(logs(processor(type)))).toBeUndefined();
  });

  it.each(['batch', 'attributes', 'k8s_attributes', 'transform', 'redaction', 'groupbyattrs'])(
    '%s never drops one',
    (type) => {
      expect(lastAnswer(logs(processor(type)))).toBe('handed on');
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['transform', { metric_statements: ['set(datapoint.value_int, 5)'] }],
    ['interval', {}],
    ['attributes', { actions: [{ key: 'bench.pod', action: 'delete' }] }],
    ['attributes', { actions: [{ pattern: '.*', action: 'hash' }] }],
    ['groupbyattrs', { keys: ['bench.pod'] }],
  ])('%s may make another of a metric point', (type, config) => {
    expect(lastAnswer(metrics(processor(type, config)))).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>]>([
    ['batch', {}],
    ['transform', { trace_statements: ['set(span.name, "x")'] }],
    ['k8s_attributes', {}],
    ['resource', { attributes: [{ key: 'team', action: 'delete' }] }],
    ['attributes', { actions: [{ key: 'db.statement', action: 'delete' }] }],
    ['groupbyattrs', { keys: ['host.name'] }],
  ])('%s leaves a metric point what it is', (type, config) => {
    expect(lastAnswer(metrics(processor(type, config)))).toBe('handed on');
  });

  it('change what is not foretold where they are not modelled', () => {
    const names = (path: SignalPath) => path.unmodelled.map(({ component }) => component.type);
    const label = { tag_name: '$1', key_regex: '(.*)', from: 'pod' };
    expect(names(logs(processor('probabilistic_sampler'), processor('attributes')))).toEqual([
      'probabilistic_sampler',
    ]);
    expect(names(traces(processor('probabilistic_sampler'), strange))).toEqual(['transform']);
    expect(names(traces(processor('filter', { traces: { spanevent: ['x'] } })))).toEqual([
      'filter',
    ]);
    expect(names(traces(processor('filter', { traces: { span: [odd] } })))).toEqual([]);
    expect(names(traces(processor('k8s_attributes', { extract: { labels: [label] } })))).toEqual([
      'k8s_attributes',
    ]);
  });
});

it('knows backends to which metrics go by OTLP and by remote write', () => {
  const exporters = ['otlp_http', 'prometheusremotewrite'].map((type) => ({
    ...processor(type),
    kind: 'exporters',
  }));
  const [otlp, write] = exporters.map((exporter) => ({
    signal: 'metrics',
    exporter,
    to: { backend: 'prometheus:9090' },
  }));
  const pathTo = (outputs: object[]) => {
    const receivers = [{ ...processor('otlp'), kind: 'receivers' }];
    const own = { id: 'metrics', signal: 'metrics', receivers, processors: [], exporters };
    const tiers = [{ name: 'gateway', pipelines: [own], outputs }];
    return signalPath({ tiers } as unknown as Pipeline, 'metrics');
  };
  expect(pathTo([otlp ?? {}, write ?? {}])).toMatchObject({
    backends: ['prometheus:9090'],
    twoWays: ['prometheus:9090'],
  });
  expect(pathTo([write ?? {}]).twoWays).toEqual([]);
});
