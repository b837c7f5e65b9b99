import { describe, expect, it } from 'vitest';
import { component } from './causes.testing.ts';
import { countingOf } from './counted-by.ts';
import { editItem } from './edit-item.ts';

const item = editItem(
  {
    name: 'GET /',
    kind: 2,
    statusCode: 2,
    attributes: { route: '/a', 'http.status': 500 },
    resource: { 'service.name': 'shop', team: 'blue' },
  },
  [],
  { signal: 'traces', pod: undefined },
);
const of = (type: string, config: Record<string, unknown>) =>
  countingOf(component(type, config, 'connectors'), 'traces');
const labels = (type: string, config: Record<string, unknown>) =>
  of(type, config).metrics.map(({ metric, labelsOf }) => [metric, labelsOf(item)]);

describe('span_metrics (spanmetricsconnector v0.152.0, connector.go)', () => {
  const usual = {
    'service.name': 'shop',
    'span.name': 'GET /',
    'span.kind': 'SPAN_KIND_SERVER',
    'status.code': 'STATUS_CODE_ERROR',
  };

  it('counts calls and durations by service, name, kind and status', () => {
    expect(labels('span_metrics', {})).toEqual([
      ['traces.span.metrics.calls', usual],
      ['traces.span.metrics.duration', usual],
    ]);
    const config = { namespace: '', histogram: { disable: true } };
    expect(labels('span_metrics', config)).toEqual([['calls', usual]]);
  });

  it('adds dimensions of span, resource or default, and leaves out what is excluded', () => {
    const dimensions = [{ name: 'team' }, { name: 'zone', default: 'none' }, { name: 'absent' }];
    const exclude_dimensions = ['span.name'];
    const [[, calls] = []] = labels('span_metrics', { dimensions, exclude_dimensions });
    const { 'span.name': _, ...others } = usual;
    expect(calls).toEqual({ ...others, team: 'blue', zone: 'none' });
  });

  it('leaves out spans without a service, and says nothing of labels that are open', () => {
    const [metric] = of('span_metrics', { dimensions: [{ name: 'route' }] }).metrics;
    expect(metric?.labelsOf({ ...item, resource: {} })).toBeUndefined();
    expect(metric?.labelsOf({ ...item, uncertainAttributes: new Set(['route']) })).toBe('open');
    expect(metric?.labelsOf({ ...item, uncertainFields: new Set(['name']) })).toBe('open');
  });

  it('hands on within its interval', () => {
    expect(of('span_metrics', {}).withinMs).toBe(60_000);
    expect(of('span_metrics', { metrics_flush_interval: '5s' }).withinMs).toBe(5_000);
  });
});

describe('count (countconnector v0.152.0, counter.go)', () => {
  it('counts all spans where nothing is written', () => {
    expect(labels('count', {})).toEqual([['trace.span.count', {}]]);
  });

  it('counts by attributes and conditions', () => {
    const spans = {
      a: { attributes: [{ key: 'route' }, { key: 'zone', default_value: 'x' }] },
      b: { attributes: [{ key: 'absent' }] },
      c: { conditions: ['status.code == 2', 'kind == 5'] },
      d: { conditions: ['kind == 5'] },
    };
    expect(labels('count', { spans })).toEqual([
      ['a', { route: '/a', zone: 'x' }],
      ['b', undefined],
      ['c', {}],
      ['d', undefined],
    ]);
    const strange = { spans: { a: { conditions: ['IsRootSpan()'] } } };
    expect(of('count', strange).unmodelled).toEqual(['conditions of a']);
  });
});
