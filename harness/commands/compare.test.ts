import { expect, it } from 'vitest';
import type { Comparison } from '../compare-folders.ts';
import type { Outcome } from '../judge/types.ts';
import { outcomeOf } from './compare.ts';

const item = { signal: 'traces', traceId: 'a', spanId: 'b' } as const;

const comparison = (verdicts: readonly [Outcome, Outcome], spans: number, only = 0): Comparison =>
  ({
    left: { verdict: verdicts[0] },
    right: { verdict: verdicts[1] },
    delivered: {
      both: { traces: spans, logs: 0 },
      onlyLeft: Array.from({ length: only }, () => item),
      onlyRight: [],
    },
    checks: [],
    buckets: [],
    filled: 3,
  }) as unknown as Comparison;

it.each([
  ['runs that delivered the same', comparison(['pass', 'pass'], 100), 0],
  ['runs that failed alike', comparison(['fail', 'fail'], 100), 0],
  ['runs that delivered something else', comparison(['pass', 'pass'], 100, 1), 1],
  [
    'runs of which a check came out otherwise',
    {
      ...comparison(['pass', 'fail'], 100),
      checks: [{ check: 'restarts', left: 'pass', right: 'fail' }],
    } as Comparison,
    1,
  ],
  ['runs of which one proves nothing', comparison(['pass', 'unknown'], 100, 1), 2],
  ['runs that delivered nothing', comparison(['pass', 'pass'], 0), 2],
])('%s', (_, compared, code) => {
  expect(outcomeOf(compared)).toBe(code);
});
