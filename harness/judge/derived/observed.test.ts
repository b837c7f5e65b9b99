import { describe, expect, it } from 'vitest';
import { keyOf, observe } from './observed.ts';

type Made = Parameters<typeof observe>[0];
type Stream = Made['series'][number]['streams'][number];

const stream = (startMs: number, firstMs: number, lastMs: number, value: number): Stream => ({
  ...{ startMs, firstMs, lastMs, value },
});

function made(
  streams: readonly Stream[],
  over: Partial<Made['series'][number]> = {},
): Made['series'][number] {
  const attributes = { 'span.name': 'a', 'collector.instance.id': 'i1' };
  return {
    recorder: 1,
    metric: 'm',
    attributes,
    resource: {},
    isDelta: false,
    streams,
    refused: 0,
    ...over,
  };
}

const of = (...series: Made['series'][number][]) =>
  observe({ series, exemplars: [], isWhole: true }, 'm', new Set([1, 2]));
const key = keyOf({ 'span.name': 'a' });

describe('observe', () => {
  it('adds what several processes, and each before and after a restart, counted', () => {
    const other = { attributes: { 'span.name': 'a', 'collector.instance.id': 'i2' } };
    const seen = of(
      made([stream(0, 10, 20, 5), stream(25, 30, 40, 3)]),
      made([stream(0, 10, 40, 7)], other),
      made([stream(0, 10, 40, 100)], { metric: 'other' }),
      made([stream(0, 10, 40, 100)], { recorder: 3 }),
    );
    expect(seen.byLabels.get(key)?.value).toBe(15);
    expect(seen.colliding).toEqual([]);
  });

  it('takes the latest value of a stream that came by several recorders', () => {
    const seen = of(made([stream(0, 10, 20, 5)]), made([stream(0, 15, 30, 8)], { recorder: 2 }));
    expect(seen.byLabels.get(key)?.value).toBe(8);
    expect(seen.colliding).toEqual([]);
  });

  it('two that count at once under one name collide, two deltas do not', () => {
    const both = [stream(0, 10, 40, 5), stream(1, 11, 41, 6)];
    expect(of(made(both)).colliding).toEqual([key]);
    const deltas = of(made(both, { isDelta: true }));
    expect([deltas.colliding, deltas.byLabels.get(key)?.value]).toEqual([[], 11]);
  });

  it('tells of an overflow and of what was refused', () => {
    const beyond = { attributes: { 'otel.metric.overflow': true }, refused: 2 };
    expect(of(made([stream(0, 1, 2, 3)], beyond))).toMatchObject({ overflows: true, refused: 2 });
    // Two processes have one each, and no label tells them apart: that is the limit's doing.
    const both = of(made([stream(0, 10, 40, 5), stream(1, 11, 41, 6)], beyond));
    expect(both.colliding).toEqual([]);
  });
});
