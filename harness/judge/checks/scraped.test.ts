import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../watch.ts';
import { createScrapedCheck } from './scraped.ts';

const up = { pod: 'gateway-0', tier: 'gateway', up: true, samples: 3, counters: {} };
const judged = async (answers: object | undefined) => {
  const context = { evidence: { answers } } as unknown as JudgeContext;
  const { verdict, findings } = await createScrapedCheck(context).finish();
  return [
    verdict,
    ...findings.map(({ kind, component, cause }) => `${kind} ${component} ${cause}`),
  ];
};

describe('scraped', () => {
  it('passes where each collector has a series', async () => {
    expect(await judged({ series: [up, { ...up, pod: 'gateway-1' }] })).toEqual(['pass']);
  });

  it.each([
    ['was down when asked', { up: false }],
    ['was never scraped', { samples: 0 }],
  ])('fails where one %s, and names it', async (_, over) => {
    expect(await judged({ series: [up, { ...up, pod: 'gateway-1', ...over }] })).toEqual([
      'fail',
      'not-scraped gateway no series of gateway-1',
    ]);
  });

  it('is unknown where Prometheus told nothing', async () => {
    expect(await judged(undefined)).toEqual(['unknown']);
    expect(await judged({ series: [] })).toEqual(['unknown']);
  });
});
