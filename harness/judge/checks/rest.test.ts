import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../ledger/context.ts';
import { weigh, worst } from '../weigh.ts';
import { checkRest } from './rest.ts';

const restOf = (unsettled?: string) =>
  checkRest({ evidence: { facts: { unsettled } } } as unknown as JudgeContext);

describe('a run that did not come to rest', () => {
  it('passes nothing, and is said to', () => {
    const [result] = restOf('not at rest 10.0 s after the load: 3 requests open');
    expect(result).toMatchObject({ verdict: 'unknown', findings: [{ kind: 'still-retrying' }] });
    expect(restOf()).toEqual([]);
  });

  it('fails by what was recorded, whoever concluded it', () => {
    const rest = restOf('busy').map((result) => ({ result, openedBy: [] }));
    const [first] = rest;
    const failed = { ...first?.result, name: 'lost', verdict: 'fail', findings: [] } as const;
    const results = weigh([...rest, { result: failed as never, openedBy: ['record', 'way'] }]);
    expect(worst(results.map(({ verdict }) => verdict))).toBe('fail');
  });
});
