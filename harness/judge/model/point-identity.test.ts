import { describe, expect, it } from 'vitest';
import { processor } from './causes.testing.ts';
import { convertsLoad, pointChange } from './point-identity.ts';

const attributes = { 'bench.pod': 'orders-1', 'http.route': '/cart' };
const [sum, gauge] = ['bench.requests', 'bench.load'].map((name) => ({
  ...{ name, kind: 0, statusCode: 0 },
  ...{ attributes, resource: { 'service.name': 'orders' } },
}));

/** Of the load's sum and its gauge. */
const changes = (type: string, config: Record<string, unknown>) => {
  const mayChange = pointChange(processor(type, config));
  return mayChange && [sum, gauge].map((point) => point && mayChange(point));
};
const neither = [false, false];
const both = [true, true];
const theSum = [true, false];

describe('transform', () => {
  const of = (...statements: string[]) => changes('transform', { metric_statements: statements });

  it.each([
    'set(datapoint.attributes["cluster"], resource.attributes["k8s.cluster.name"])',
    'set(datapoint.attributes["a"], "b") where IsRootSpan()',
    'set(metric.description, "x")',
    'delete_matching_keys(datapoint.attributes, "^http")',
    'set(metric.name, "x") where metric.name == "other"',
    'keep_keys(resource.attributes, ["service.name"])',
  ])('%s leaves a point what it is known by', (statement) => {
    expect(of(statement)).toEqual(neither);
  });

  it.each([
    ['set(datapoint.value_int, 5)', both],
    ['set(metric.name, "x")', both],
    ['set(metric.name, "x") where metric.name == "bench.requests"', theSum],
    ['set(metric.name, "x") where metric.type == METRIC_DATA_TYPE_SUM', both],
    ['keep_keys(datapoint.attributes, ["http.route"])', both],
    ['delete_key(datapoint.attributes, "bench.pod")', both],
    ['convert_sum_to_gauge() where metric.name == "bench.requests"', both],
    ['limit(datapoint.attributes, 1, [])', both],
  ])('%s may make another of it', (statement, expected) => {
    expect(of(statement)).toEqual(expected);
  });

  it('reads statements in the context that they are written in', () => {
    const group = { context: 'datapoint', statements: ['set(attributes["a"], "b")'] };
    expect(changes('transform', { metric_statements: [group] })).toEqual(neither);
    const ofMetric = { context: 'metric', statements: ['set(name, "x")'] };
    expect(changes('transform', { metric_statements: [ofMetric] })).toEqual(both);
    expect(changes('transform', { trace_statements: ['set(span.name, "x")'] })).toBeUndefined();
  });
});

describe('metrics_transform', () => {
  const of = (transform: Record<string, unknown>) =>
    changes('metrics_transform', { transforms: [transform] });
  const found = { include: 'bench.requests', action: 'update' };
  const add = { action: 'add_label', new_label: 'env', new_value: 'test' };

  it.each([
    { include: 'system.cpu.usage', action: 'update', new_name: 'cpu' },
    { include: '^system', match_type: 'regexp', action: 'update', new_name: 'x' },
    { ...found, operations: [add] },
    { ...found, operations: [{ action: 'update_label', label: 'a', new_label: 'b' }] },
    { include: 'bench.requests', action: 'insert', new_name: 'other' },
  ])('leaves the load’s points alone by %j', (transform) => {
    expect(of(transform)).toEqual(neither);
  });

  it.each([
    [{ ...found, new_name: 'other' }, theSum],
    [{ include: 'requests$', match_type: 'regexp', action: 'update', new_name: 'x' }, theSum],
    [{ include: '^bench', match_type: 'regexp', action: 'combine', new_name: 'x' }, both],
    [{ include: '(?<open', match_type: 'regexp', action: 'update', new_name: 'x' }, both],
    [{ ...found, operations: [{ action: 'experimental_scale_value' }] }, theSum],
    [{ ...found, operations: [{ action: 'aggregate_labels', label_set: ['a'] }] }, theSum],
    [{ ...found, operations: [{ action: 'update_label', label: 'bench.pod' }] }, theSum],
    [{ ...found, operations: [{ ...add, new_label: 'bench.pod' }] }, theSum],
    [{ include: 'bench.load', action: 'insert', new_name: 'bench.requests' }, [false, true]],
  ])('may make others of them by %j', (transform, expected) => {
    expect(of(transform)).toEqual(expected);
  });
});

describe('processors that convert between deltas and totals', () => {
  const names = (match_type: string, ...metrics: string[]) => ({ match_type, metrics });

  it.each([
    [{}, theSum],
    [{ include: names('strict', 'bench.requests') }, theSum],
    [{ include: names('strict', 'other') }, neither],
    [{ include: names('regexp', '^bench') }, theSum],
    [{ exclude: names('regexp', 'req.*s$') }, neither],
    [{ exclude: names('regexp', '(?<open') }, theSum],
    [{ include: { metric_types: ['Histogram'] } }, neither],
    [{ exclude: { metric_types: ['sum'] } }, neither],
    [{ include: { metric_types: ['sum', 'histogram'] } }, theSum],
  ])('cumulativetodelta by %j', (config, expected) => {
    expect(changes('cumulativetodelta', config)).toEqual(expected);
  });

  it('deltatocumulative leaves totals as they are', () => {
    expect(changes('deltatocumulative', {})).toEqual(neither);
  });

  it('are modelled where they convert nothing of the load', () => {
    expect(convertsLoad(processor('cumulativetodelta', {}))).toBe(true);
    expect(convertsLoad(processor('deltatocumulative', {}))).toBe(false);
    const other = { transforms: [{ include: 'other', action: 'update', new_name: 'x' }] };
    expect(convertsLoad(processor('metrics_transform', other))).toBe(false);
  });
});
