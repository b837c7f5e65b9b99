import { describe, expect, it } from 'vitest';
import type { ItemFacts } from './item-facts.ts';
import { lastAnswer, processor, strange, traces } from './path.testing.ts';

describe('probabilistic_sampler on traces', () => {
  const never = processor('probabilistic_sampler', { sampling_percentage: 0 });
  const always = processor('probabilistic_sampler', { sampling_percentage: 100 });

  it.each<[unknown, boolean | undefined]>([
    [1, true],
    [0.5, true],
    ['2', true],
    ['+1e0', true],
    ['Inf', true],
    [0, false],
    ['-0', false],
    ['0.0', false],
    [true, undefined],
    [false, undefined],
    ['yes', undefined],
    ['', undefined],
    [' 1', undefined],
    ['1e999', undefined],
    [-1, undefined],
    [['1'], undefined],
  ])('sampling.priority %j keeps: %j', (value, forced) => {
    const attributes = { 'sampling.priority': value } as ItemFacts['attributes'];
    expect(lastAnswer(traces(never), { attributes })).toBe(forced !== true);
    expect(lastAnswer(traces(always), { attributes })).toBe(forced === false);
  });

  // The id ends in 0xce929d0e0e4736 of 2^56, which is 80.7 %.
  it.each(['proportional', 'equalizing'])('goes by the end of the id in mode %s', (mode) => {
    const at = (sampling_percentage: number, more = {}) =>
      lastAnswer(
        traces(processor('probabilistic_sampler', { mode, sampling_percentage, ...more })),
      );
    expect([0, 19, 20, 100].map((share) => at(share))).toEqual([true, true, false, false]);
    // 0xcd of two digits, 0xd of one.
    expect([2, 1].map((sampling_precision) => at(20, { sampling_precision }))).toEqual([
      false,
      true,
    ]);
    expect(
      lastAnswer(traces(always, processor('probabilistic_sampler', { mode }))),
    ).toBeUndefined();
  });

  it('says nothing of what it does not model', () => {
    expect(lastAnswer(traces(always, always))).toBeUndefined();
    const expanded = processor('probabilistic_sampler', { sampling_percentage: `\${env:P}` });
    expect(lastAnswer(traces(expanded))).toBeUndefined();
    expect(lastAnswer(traces(strange, always))).toBeUndefined();
    const other = { mode: 'other', sampling_percentage: 10 };
    expect(lastAnswer(traces(processor('probabilistic_sampler', other)))).toBeUndefined();
    const attributes = { 'sampling.priority': '0x1p0' };
    expect(lastAnswer(traces(never), { attributes })).toBeUndefined();
  });
});
