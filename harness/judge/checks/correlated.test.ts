import { describe, expect, it } from 'vitest';
import type { Click } from '../../evidence/types.ts';
import { itemNamed, judged, numbers, type Run, toLogs, toTrace } from './links.testing.ts';

/** The answers of two clicks, each given to the other. */
const swapped = (clicks: readonly Click[]): Click[] => {
  const [first, second, ...others] = clicks as readonly [Click, Click, ...Click[]];
  const swap = (one: Click, other: Click): Click =>
    other.answer ? { ...one, answer: other.answer } : one;
  return [swap(first, second), swap(second, first), ...others];
};

describe.each([
  ['trace-to-log', toLogs, 'Tempo', 'tempo of all'],
  ['log-to-trace', toTrace, 'Loki', 'loki of all'],
] as const)('%s', (link, click, _, dataSource) => {
  const clicks = numbers(30).map((i) => click(i));
  const at = (kind: string): string => `${kind} grafana/${dataSource}`;

  it('passes where each click leads to its own', async () => {
    expect(await judged(link, { clicks })).toMatchObject({ verdict: 'pass', kinds: [] });
  });

  it('finds a click that returns another trace’s data', async () => {
    expect(await judged(link, { clicks: swapped(clicks) })).toMatchObject({
      verdict: 'fail',
      kinds: [at('link-leads-elsewhere')],
      observed: expect.stringContaining('28 of 30 clicks right'),
    });
  });

  it('fails where nothing is found', async () => {
    const answer = { status: link === 'log-to-trace' ? 404 : 200, items: [] };
    const broken = [...clicks.slice(1), click(0, { answer })];
    expect(await judged(link, { clicks: broken })).toMatchObject({
      verdict: 'fail',
      kinds: [at('link-finds-nothing')],
    });
  });

  it.each<[string, Run]>([
    ['no link was followed', { isRecorded: false }],
    ['too few clicks', { clicks: clicks.slice(0, 19) }],
    [
      'too few broken clicks',
      { clicks: [click(0, { answer: { status: 400, error: 'x', items: [] } })] },
    ],
    ['too few of a class', { clicks, expectation: { className: 'error' } }],
    [
      'a backend that did not answer',
      { clicks: clicks.map((c) => ({ ...c, answer: { error: 'refused', items: [] } })) },
    ],
    [
      'a backend in trouble',
      { clicks: clicks.map((c) => ({ ...c, answer: { status: 503, error: 'x', items: [] } })) },
    ],
    [
      'what is not modelled',
      {
        clicks: numbers(30).map((i) => ({
          ...itemNamed(i),
          link,
          absent: { why: 'not-modelled', what: 'x' },
        })),
      },
    ],
    [
      'a click without link and reason',
      { clicks: numbers(30).map((i) => ({ ...itemNamed(i), link })) },
    ],
  ])('is unknown: %s', async (name, run) => {
    const { verdict, kinds } = await judged(link, run);
    expect([name, verdict, kinds[0]?.split(' ')[0]]).toEqual([name, 'unknown', 'evidence-missing']);
  });

  it('counts a class of its own', async () => {
    const expectation = { className: 'error', atLeast: 5 };
    const answer = { status: 200, items: [] };
    const ofOthers = clicks.map((c, i) => (i < 5 ? c : { ...c, answer }));
    expect((await judged(link, { clicks: ofOthers, expectation })).verdict).toBe('pass');
    const ofErrors = clicks.map((c, i) => (i < 5 ? { ...c, answer } : c));
    expect((await judged(link, { clicks: ofErrors, expectation })).verdict).toBe('fail');
  });

  it('leaves room as the share says', async () => {
    const answer = { status: 200, items: [] };
    const some = clicks.map((c, i) => (i < 3 ? { ...c, answer } : c));
    expect((await judged(link, { clicks: some, expectation: { share: 0.9 } })).verdict).toBe(
      'pass',
    );
    expect((await judged(link, { clicks: some, expectation: { share: 0.95 } })).verdict).toBe(
      'fail',
    );
  });
});

describe('log-to-trace, of what Loki does not show', () => {
  it('is unknown, unless the share leaves room', async () => {
    const clicks = numbers(30).map((i) => toTrace(i));
    const more = { unseen: numbers(33).slice(30).map(itemNamed) };
    expect((await judged('log-to-trace', { clicks, more })).verdict).toBe('unknown');
    const expectation = { share: 0.9 };
    expect((await judged('log-to-trace', { clicks, more, expectation })).verdict).toBe('pass');
  });
});

describe('log-to-trace, of what is not kept', () => {
  const notFound = { status: 404, items: [] };
  const buckets = Object.fromEntries(numbers(10).map((i) => [i, 'notSampled' as const]));
  const clicks = numbers(40).map((i) => toTrace(i, i < 10 ? { answer: notFound } : {}));

  it('expects nothing, and counts it apart', async () => {
    expect(await judged('log-to-trace', { clicks, buckets })).toMatchObject({
      verdict: 'pass',
      observed: '30 of 30 clicks right, 10 of spans that are not kept find none, as expected',
    });
  });

  it('counts what was lost apart: no link’s fault', async () => {
    const lost = { ...buckets, 0: 'lost' as const, 1: 'refused' as const };
    expect(await judged('log-to-trace', { clicks, buckets: lost })).toMatchObject({
      verdict: 'pass',
      observed: expect.stringContaining(
        '8 of spans that are not kept find none, as expected, 2 of lost',
      ),
    });
  });

  it('fails where another trace opens', async () => {
    const other = clicks.map((c, i) =>
      i === 0 ? { ...c, answer: { status: 200, items: [itemNamed(20)] } } : c,
    );
    expect(await judged('log-to-trace', { clicks: other, buckets })).toMatchObject({
      verdict: 'fail',
      kinds: ['link-leads-elsewhere grafana/loki of all'],
    });
  });

  it('is unknown where what nobody delivered opens', async () => {
    const there = numbers(40).map((i) => toTrace(i));
    expect((await judged('log-to-trace', { clicks: there, buckets })).verdict).toBe('unknown');
  });

  it('is unknown where all were sampled out', async () => {
    const all = Object.fromEntries(numbers(40).map((i) => [i, 'notSampled' as const]));
    expect((await judged('log-to-trace', { clicks, buckets: all })).verdict).toBe('unknown');
  });
});
