import { expect, it } from 'vitest';
import type { RawRun } from '../raw.ts';
import { contradictAnswers } from './answers.ts';

const traceId = '9627f686a2a62fe13f8b3d083f9e2cef';
const raw = { lives: [], startMs: 1_000 } as unknown as RawRun;
const doubtsOf = (visibility: object) =>
  contradictAnswers(
    { traces: [], searched: [], logs: [], series: [], visibility: [visibility], errors: [] },
    { probes: [traceId] },
    raw,
    { atMs: 9_000 },
  ).map(({ what }) => what);

it.each([
  ['sent while the load went on', { sentMs: 5_000, missedMs: 6_000, visibleMs: 7_000 }, []],
  ['found behind the load', { sentMs: 9_000, missedMs: 9_500, visibleMs: 9_900 }, []],
  ['sent behind it', { sentMs: 29_000, visibleMs: 29_500 }, ['as sent when the load was over']],
  ['seen before it was sent', { sentMs: 5_000, visibleMs: 4_000 }, ['before it was sent']],
])('a probe %s', (_, moments, said) => {
  const doubts = doubtsOf({ traceId, ...moments });
  expect(doubts).toHaveLength(said.length);
  for (const [at, text] of said.entries()) expect(doubts[at]).toContain(text);
});
