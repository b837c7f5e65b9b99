import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { shareOfPercent, spansPerSecond } from './add-size.ts';

it('reads rates and shares with their units only', () => {
  expect(spansPerSecond('50000spans/s')).toBe(50_000);
  expect(shareOfPercent('30%')).toBeCloseTo(0.3);
  for (const wrong of ['50000', '0spans/s', '-1spans/s', '5traces/s']) {
    expect(() => spansPerSecond(wrong)).toThrow(InvalidArgumentError);
  }
  expect(() => shareOfPercent('0.3')).toThrow(InvalidArgumentError);
});
