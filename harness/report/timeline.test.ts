import { describe, expect, it } from 'vitest';
import { timeline } from './testing.ts';
import { chartOf, ticksUpTo } from './timeline.ts';

describe('chartOf', () => {
  it('gives rates a second, losses as sums, and leaves empty series out', () => {
    const chart = chartOf(timeline());
    expect(chart).toMatchObject({ columnMs: 500, columns: 10, endMs: 5_000, rows: 1 });
    expect(chart.panels.map(({ title, series }) => [title, series.map((s) => s.name)])).toEqual([
      ['Sent', ['acknowledged']],
      ['Decided', ['kept', 'not kept']],
      ['Delivered', ['at the backend']],
      ['Lost', ['held-by-killed at gateway']],
    ]);
    expect(chart.panels[0]?.series[0]?.values[1]).toBe(200);
    expect(chart.panels[3]?.series[0]?.values[2]).toBe(3);
    for (const { top, ticks } of chart.panels) expect(ticks.at(-1)).toBeLessThanOrEqual(top);
  });

  it('joins buckets of a long run so that no count is lost', () => {
    const ones = Array.from({ length: 1_001 }, () => 1);
    const chart = chartOf(timeline({ delivered: ones, lost: [] }));
    expect(chart.columns).toBeLessThanOrEqual(180);
    const delivered = chart.panels.find(({ title }) => title === 'Delivered')?.series[0];
    const total = delivered?.values.reduce((sum, n) => sum + (n * chart.columnMs) / 1_000, 0);
    expect(total).toBeCloseTo(1_001);
    expect(chart.panels.some(({ title }) => title === 'Lost')).toBe(false);
  });

  it('puts the labels of neighbouring faults in rows, and none behind the end', () => {
    const [fault] = timeline().faults;
    if (!fault) throw new Error('no fault');
    const faults = [fault, { ...fault, fromMs: 1_100 }, { ...fault, fromMs: 4_500, toMs: null }];
    const { bands, rows } = chartOf(timeline({ faults }));
    expect(bands.map(({ row }) => row)).toEqual([0, 1, 0]);
    expect(rows).toBe(2);
    expect(bands[2]).toMatchObject({ fromMs: 4_500, toMs: 5_000 });
    expect(bands[2]?.detail).toContain('never healed');
  });

  it('shows when a pod was down and why', () => {
    const lane = chartOf(timeline()).lanes.find(({ pod }) => pod === 'gateway-collector-1');
    expect(lane).toEqual({
      pod: 'gateway-collector-1',
      up: [
        { fromMs: 0, toMs: 1_010 },
        { fromMs: 2_200, toMs: 5_000 },
      ],
      ends: [{ atMs: 1_010, how: 'ended by the scenario' }],
    });
  });
});

describe('ticksUpTo', () => {
  it.each([
    [5_500, 3, [0, 2_000, 4_000]],
    [1, 3, [0, 0.5, 1]],
    [37, 8, [0, 5, 10, 15, 20, 25, 30, 35]],
    [30_000, 3, [0, 10_000, 20_000, 30_000]],
  ])('%d in %d steps', (top, most, ticks) => {
    expect(ticksUpTo(top, most)).toEqual(ticks);
  });
});
