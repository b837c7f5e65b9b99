import { describe, expect, it } from 'vitest';
import type { LabelAnswers } from '../../evidence/types.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createLabelledCheck } from './labelled.ts';

const pods = [0, 1].map((pod) => ({ service: 'cart', uid: `u${pod}` }));
const place = { file: 'gateway.yaml', line: 9 };
const upsert = {
  ...{ id: 'resource', type: 'resource', place },
  config: { attributes: [{ key: 'service.name', value: 'shop', action: 'upsert' }] },
};
type Processors = Partial<Record<'traces' | 'logs' | 'metrics', object[]>>;

const contextOf = (labels: LabelAnswers | undefined, processors: Processors = {}, name = 'cart') =>
  ({
    paths: Object.fromEntries(
      (['traces', 'logs', 'metrics'] as const).map((signal) => [
        signal,
        { signal, steps: [{ tier: { name: 'gateway' }, processors: processors[signal] ?? [] }] },
      ]),
    ),
    evidence: {
      facts: { pods },
      answers: { labels },
      resource: (id: number) => ({ 'service.name': name, 'service.instance.id': `u${id}` }),
    },
    spoken: { by: () => [], startMs: 0 },
  }) as unknown as JudgeContext;

const itemAt = (pod: number, kind: 'delivered' | 'notSampled' = 'delivered') => {
  const item = itemOf(kind);
  Object.assign(item.view.item, { pod, spanId: `s${pod}` });
  const deliveries = kind === 'delivered' ? [{ kind: 'ok', sighting: { resourceId: pod } }] : [];
  return { ...item, view: { ...item.view, deliveries } } as unknown as typeof item;
};
const both = [itemAt(0), itemAt(1)];

const judge = (
  context: JudgeContext,
  { logs = both, points = both, spans = both }: Partial<Record<string, typeof both>> = {},
  names = { logs: 'service_name', metrics: 'service_name' },
) =>
  judged(
    createLabelledCheck({ check: 'labelled', by: 'service.name', ...names }, context),
    [traceOf(spans)],
    logs.map(logOf),
    points,
  );

const streamsOf = (...names: (string | undefined)[]) =>
  names.map((name, pod) => ({
    labels: name === undefined ? {} : { service_name: name },
    spanIds: [`s${pod}`],
  }));
const seriesOf = (name: string | undefined) =>
  pods.map(({ uid }) => ({
    ...{ __name__: 'orders', job: 'cart', instance: uid },
    ...(name === undefined ? {} : { service_name: name }),
  }));
const infoOf = (name: string) =>
  seriesOf(name).map((labels) => ({ ...labels, __name__: 'target_info' }));

describe('labelled', () => {
  it('passes where both stores have the spans’ own value', async () => {
    const labels = { streams: streamsOf('cart', 'cart'), series: seriesOf('cart') };
    expect(await judge(contextOf(labels))).toMatchObject({
      verdict: 'pass',
      subject: 'service.name',
      observed: 'log records of 2 of 2 pods, series of 2 of 2 pods',
    });
  });

  it('takes what target_info says of the same job and instance, and of no other', async () => {
    const streams = streamsOf('cart', 'cart');
    const bare = seriesOf(undefined);
    const told = { streams, series: [...bare, ...infoOf('cart')] };
    expect((await judge(contextOf(told))).verdict).toBe('pass');
    const others = infoOf('cart').map((labels) => ({ ...labels, job: 'other' }));
    const result = await judge(contextOf({ streams, series: [...bare, ...others] }));
    expect(result).toMatchObject({
      verdict: 'fail',
      findings: [{ kind: 'label-missing', component: 'prometheus', count: 2 }],
    });
  });

  it('blames the store that makes no label of it', async () => {
    const labels = { streams: streamsOf('cart', undefined), series: seriesOf('cart') };
    expect((await judge(contextOf(labels))).findings).toMatchObject([
      {
        kind: 'label-missing',
        component: 'loki',
        cause: 'log records by service_name',
        why: 'service.name is cart in spans of cart, and service_name in loki is not there',
      },
    ]);
  });

  it('blames who edits it in one signal alone, or everywhere but there', async () => {
    const labels = { streams: streamsOf('shop', 'shop'), series: seriesOf('cart') };
    expect((await judge(contextOf(labels, { logs: [upsert] }))).findings).toMatchObject([
      { kind: 'label-differs', component: 'gateway/resource' },
    ]);
    const left = { streams: streamsOf('shop', 'shop'), series: seriesOf('cart') };
    const alike = { traces: [upsert], logs: [upsert] };
    expect((await judge(contextOf(left, alike, 'shop'))).findings).toMatchObject([
      {
        ...{
          kind: 'label-differs',
          component: 'gateway/resource',
          cause: 'series by service_name',
        },
        why: expect.stringMatching(/^gateway\/resource notes it on spans, and nothing does on/),
      },
    ]);
  });

  it('blames who sends another, where nobody edits it', async () => {
    const labels = { streams: streamsOf('cart', 'Cart'), series: seriesOf('cart') };
    expect((await judge(contextOf(labels))).findings[0]?.component).toBe('load');
    const nameless = contextOf({ streams: streamsOf('cart', 'cart') }, {}, '');
    expect((await judge(nameless, { points: [] })).findings[0]).toMatchObject({
      kind: 'label-missing',
      component: 'load',
    });
  });

  it('asks each signal that came, and no other', async () => {
    const labels = { streams: streamsOf('cart', 'cart') };
    expect((await judge(contextOf(labels), { points: [] })).verdict).toBe('pass');
    expect((await judge(contextOf(labels))).verdict).toBe('unknown');
    expect((await judge(contextOf(labels), { points: [], logs: [] })).verdict).toBe('unknown');
  });

  it('is open where a store was not asked, or shows nothing of a pod', async () => {
    expect((await judge(contextOf(undefined))).verdict).toBe('unknown');
    const one = { streams: streamsOf('cart'), series: seriesOf('cart') };
    expect(await judge(contextOf(one))).toMatchObject({
      verdict: 'unknown',
      observed: 'log records of 1 of 2 pods (1 open), series of 2 of 2 pods',
    });
    const spans = [itemAt(0), itemAt(1, 'notSampled')];
    const labels = { streams: streamsOf('cart', 'cart'), series: seriesOf('cart') };
    expect((await judge(contextOf(labels), { spans })).verdict).toBe('unknown');
  });

  it('asks by the names that are written', async () => {
    const labels = { streams: streamsOf('cart', 'cart'), series: seriesOf('cart') };
    const names = { logs: 'app', metrics: 'service_name' };
    expect((await judge(contextOf(labels), {}, names)).verdict).toBe('fail');
  });
});
