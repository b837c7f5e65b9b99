import { expect, it } from 'vitest';
import { fitWithIntervals } from './fit.ts';
import { cpuPicture } from './picture.ts';
import type { Answer, Measurement } from './types.ts';
import type { Window } from './windows.ts';

const window = (spansPerSecond: number, over: Partial<Window> = {}): Window =>
  ({ purpose: 'fit', spansPerSecond, cores: spansPerSecond / 20_000, ...over }) as Window;
const points = [1, 2, 3, 4, 5].map((x) => ({ x: x * 500, y: (x * 500) / 10_000 }));
const sized = { cpuFit: fitWithIntervals(points, 1) } as Answer;
const picture = (windows: readonly Window[], answer = sized) =>
  cpuPicture({ tier: { replicas: 2, cpuLimit: 0.2 }, windows } as Measurement, answer).markup;

it('shows each window once, by what it is for and whether it was carried', () => {
  const markup = picture([
    window(1_000),
    window(2_000),
    window(3_000, { purpose: 'held' }),
    window(6_000, { bad: 'lost 4 spans/s' }),
    window(4_000, { invalid: 'not sampled' }),
    window(5_000, { cores: undefined }),
  ]);
  expect(markup.match(/class="sent"/g)).toHaveLength(2);
  expect(markup.match(/class="held"/g)).toHaveLength(1);
  expect(markup.match(/class="cross"/g)).toHaveLength(1);
  expect(markup).toContain('CPU limit');
});

it('draws the line only where there is one, and nothing of nothing', () => {
  expect(picture([window(1_000)], { cpuFit: undefined } as Answer)).not.toContain('polyline');
  expect(picture([])).toBe('');
});
