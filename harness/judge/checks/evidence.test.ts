import { expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { createEvidenceCheck } from './evidence.ts';

const found = async (tier: string, ending: string) => {
  const recorder = { name: 'tempo', complete: true, requests: 1, unanswered: [] };
  const life = { pod: `${tier}-0`, tier, ending, exitCode: 2 };
  const context = {
    evidence: { lives: [life], recorders: [recorder] },
    pipeline: { tiers: [{ name: 'gateway' }] },
  } as unknown as JudgeContext;
  const { findings } = await createEvidenceCheck(context, []).finish();
  return findings.map(({ component, cause, gap }) => [component, cause, gap]);
};

it('says of a backend that it died, where nobody told it to', async () => {
  const said = [['tempo-0', 'a backend died unasked: exit code 2', 'bench']];
  expect(await found('tempo', 'unasked')).toEqual(said);
  for (const ending of ['running', 'stop', 'fault'])
    expect(await found('tempo', ending)).toEqual([]);
  expect(await found('gateway', 'unasked')).toEqual([]);
});
