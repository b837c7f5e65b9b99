import { describe, expect, it } from 'vitest';
import type { Click, ExemplarRow } from '../../evidence/types.ts';
import type { Bucket } from '../ledger/account.ts';
import { idOf, itemNamed, judged, numbers, type Run } from './links.testing.ts';

const destination = { name: 'trace_id', datasourceUid: 'tempo' };
const settings = { prometheus: { exemplarTraceIdDestinations: [destination] } };

const rowOf = (i: number): ExemplarRow => ({ ...itemNamed(i), labels: { trace_id: idOf(i) } });
const click = (i: number, over: Partial<Click> = {}): Click => ({
  ...itemNamed(i),
  link: 'exemplar-to-trace',
  label: 'trace_id',
  request: { path: `/api/traces/${idOf(i)}`, parameters: {} },
  answer: { status: 200, items: [itemNamed(i)] },
  ...over,
});

const clicks = numbers(30).map((i) => click(i));
const more = { sentExemplars: numbers(30).map(itemNamed), exemplars: numbers(30).map(rowOf) };
const at = (kind: string): string => `${kind} grafana/prometheus of all`;

const judgedAt = (run: Run) => judged('exemplar-to-trace', { settings, more, points: 60, ...run });

describe('exemplar-to-trace', () => {
  it('passes where each opens its own', async () => {
    expect(await judgedAt({ clicks })).toMatchObject({ verdict: 'pass', kinds: [] });
  });

  it('finds what opens another trace', async () => {
    const other = [
      ...clicks.slice(1),
      click(0, { answer: { status: 200, items: [itemNamed(9)] } }),
    ];
    expect((await judgedAt({ clicks: other })).kinds).toEqual([at('link-leads-elsewhere')]);
  });

  it('finds those of what was sampled out, at who did', async () => {
    const buckets = Object.fromEntries(
      numbers(10).map((i): [number, Bucket['kind']] => [i, 'notSampled']),
    );
    const answer = { status: 404, items: [] };
    const some = numbers(30).map((i) => click(i, i < 10 ? { answer } : {}));
    expect(await judgedAt({ clicks: some, buckets })).toMatchObject({
      verdict: 'fail',
      kinds: ['exemplar-of-unsampled sampling'],
      observed: '20 of 30 clicks right',
    });
    const expectation = { share: 0.6 };
    expect((await judgedAt({ clicks: some, buckets, expectation })).verdict).toBe('pass');
  });

  it('counts those of lost spans apart', async () => {
    const buckets = { 0: 'lost' as const };
    const some = [click(0, { answer: { status: 404, items: [] } }), ...clicks.slice(1)];
    expect((await judgedAt({ clicks: some, buckets })).verdict).toBe('pass');
  });

  it('finds a label of another name', async () => {
    const named = { exemplarTraceIdDestinations: [{ ...destination, name: 'traceID' }] };
    const unlinked = numbers(30).map((i): Click => {
      return { ...itemNamed(i), link: 'exemplar-to-trace', absent: { why: 'nothing-matches' } };
    });
    expect(await judgedAt({ clicks: unlinked, settings: { prometheus: named } })).toMatchObject({
      verdict: 'fail',
      kinds: [at('exemplar-label-name')],
    });
  });

  it('finds that none is stored, where metrics came and it was asked', async () => {
    const none = { ...more, exemplars: [] };
    expect(await judgedAt({ clicks: [], more: none })).toMatchObject({
      verdict: 'fail',
      kinds: ['exemplars-not-stored prometheus'],
    });
  });

  it.each<[string, Run]>([
    ['no metrics came', { clicks: [], more: { ...more, exemplars: [] }, points: 0 }],
    ['none were sent', { clicks: [], more: { sentExemplars: [], exemplars: [] } }],
    ['too few were sent', { clicks: [], more: { sentExemplars: [itemNamed(0)], exemplars: [] } }],
    [
      'Prometheus did not answer',
      { clicks: [], more: { ...more, exemplars: [], errors: ['prometheus: x'] } },
    ],
    ['recorded before they were asked for', { clicks: [], more: {} }],
    [
      'exemplars of no span that was sent',
      { clicks: clicks.map((c) => ({ ...c, traceId: '', spanId: '' })) },
    ],
    [
      'a backend in trouble',
      { clicks: clicks.map((c) => ({ ...c, answer: { status: 500, items: [] } })) },
    ],
  ])('is unknown: %s', async (_, run) => {
    expect((await judgedAt(run)).verdict).toBe('unknown');
  });
});
