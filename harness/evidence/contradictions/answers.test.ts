import { expect, it } from 'vitest';
import type { RawRun } from '../raw.ts';
import { contradictAnswers } from './answers.ts';

const nothing = { traces: [], searched: [], logs: [], series: [], visibility: [], errors: [] };
const entry = { entry: 1, atMs: 1, monotonicMs: 1, event: 'asked' };
const asked = { ...entry, traceIds: ['fcf3ce084013b6887927e96f16405631'], probes: [] };

const doubtsWith = (...tiers: readonly string[]) => {
  const lives = tiers.map((tier) => ({ pod: tier, tier }));
  const raw = { lives, startMs: 0 } as unknown as RawRun;
  return contradictAnswers(nothing, asked, raw, entry).map(({ what }) => what);
};

it('a trace that Tempo was asked for must be there', () => {
  expect(doubtsWith('tempo')).toEqual([
    'traces by id: fcf3ce084013b6887927e96f16405631 was asked for and is not there',
  ]);
});

it('where no Tempo runs, nobody was asked', () => {
  expect(doubtsWith('prometheus')).toEqual([]);
});
