import { describe, expect, it } from 'vitest';
import {
  firstScrapeByMs,
  missedScrapes,
  type SeenScrape,
  usualIntervalMs,
  type Watch,
} from './scrape-gaps.ts';

const watch: Watch = {
  intervalMs: 2_000,
  jobs: 1,
  firstByMs: 3_000,
  fromMs: 0,
  toMs: 20_000,
  watchedToMs: 23_000,
};
const by = (pod: string, ...moments: readonly number[]): SeenScrape[] =>
  moments.map((atMs) => ({ atMs, by: pod, isAnswered: true }));
const each = (pod: string, fromMs: number, toMs: number): SeenScrape[] =>
  by(pod, ...Array.from({ length: (toMs - fromMs) / 2_000 + 1 }, (_, i) => fromMs + i * 2_000));

const missedOf = (seen: readonly SeenScrape[], over: Partial<Watch> = {}): number[] =>
  missedScrapes(seen, { ...watch, ...over }).map(({ dueMs }) => dueMs);

describe('scrapes that were due and never were', () => {
  it('are those of a while in which nobody asked', () => {
    const seen = [...each('a', 1_000, 7_000), ...each('a', 13_000, 23_000)];
    expect(missedScrapes(seen, watch)).toEqual(
      [9_000, 11_000].map((dueMs) => ({
        dueMs,
        missed: { fromMs: 7_000, toMs: 13_000, before: 'a', scrapes: 2, failed: 0 },
      })),
    );
  });

  it('are one, where one alone is missing', () => {
    expect(missedOf([...each('a', 1_000, 7_000), ...each('a', 11_000, 23_000)])).toEqual([9_000]);
    const early = [...each('a', 1_000, 7_000), ...each('a', 10_990, 22_990)];
    expect(missedOf(early)).toEqual([9_000]);
  });

  it('are all that follow, where nobody comes again', () => {
    expect(missedOf(each('a', 1_000, 13_000))).toEqual([15_000, 17_000, 19_000]);
    expect(missedScrapes(each('a', 1_000, 13_000), watch)[0]?.missed.toMs).toBeUndefined();
  });

  it('are those before the first that came too late', () => {
    expect(missedOf(each('a', 9_500, 23_500))).toEqual([3_000, 5_000, 7_000]);
    expect(missedScrapes(each('a', 9_500, 23_500), watch)[0]?.missed.before).toBeUndefined();
  });

  it('are those that were asked for in vain', () => {
    const seen = each('a', 1_000, 23_000).map((one) =>
      one.atMs === 9_000 || one.atMs === 11_000 ? { ...one, isAnswered: false } : one,
    );
    expect(missedScrapes(seen, watch).map(({ dueMs, missed }) => [dueMs, missed.failed])).toEqual([
      [9_000, 2],
      [11_000, 2],
    ]);
  });

  it('are found where a late one stands before them', () => {
    expect(missedOf(by('a', 1_000, 4_900, 5_000, 9_000, 11_000), { toMs: 11_000 })).toEqual([
      7_000,
    ]);
  });

  it('are found of several jobs of one address, where none of them came', () => {
    const two = [...each('a', 1_000, 7_000), ...each('a', 1_700, 7_700)];
    const seen = [...two, ...two.map((one) => ({ ...one, atMs: one.atMs + 14_000 }))].sort(
      (a, b) => a.atMs - b.atMs,
    );
    expect(missedOf(seen, { jobs: 2 })).toEqual([9_700, 11_700]);
    expect(missedOf(two, { jobs: 2, toMs: 7_000 })).toEqual([]);
  });
});

describe('no scrape is missed', () => {
  it.each([
    ['is scraped at each interval', each('a', 1_000, 23_000)],
    ['began before there was anything to tell', each('a', -5_000, 23_000)],
    ['is first scraped as late as it may be', each('a', 3_000, 23_000)],
    ['has its turn behind the last moment', each('a', 1_000, 19_000)],
  ])('where a target %s', (_, seen) => {
    expect(missedOf(seen)).toEqual([]);
  });

  it('by the jitter of a loaded machine', () => {
    const late = [300, 1_900, 0, 700, 1_200, 1_990, 40, 1_000, 0, 900, 1_500, 0];
    const seen = late.map((ms, i) => by('a', 1_000 + i * 2_000 + ms)[0] as SeenScrape);
    expect(missedOf(seen)).toEqual([]);
  });

  it('by a pause that ends before the next one was due', () => {
    expect(missedOf(by('a', 1_000, 3_000, 6_950, 7_000, 9_000), { toMs: 9_000 })).toEqual([]);
  });

  it('where another pod scrapes the target, or takes over in time', () => {
    expect(missedOf([...each('a', 1_000, 7_000), ...each('b', 1_800, 23_800)])).toEqual([]);
    expect(missedOf([...each('a', 1_000, 7_000), ...each('b', 10_500, 22_500)])).toEqual([]);
  });

  it('before there is anything to tell, or behind that', () => {
    const seen = [...each('a', -9_000, -5_000), ...each('a', 1_000, 19_000)];
    expect(missedOf(seen)).toEqual([]);
    expect(missedOf(each('a', 1_000, 7_000), { toMs: 8_000 })).toEqual([]);
  });

  it('of a target that nobody ever scraped: all is', () => {
    expect(missedOf([])).toEqual([]);
  });
});

it('gives targets time to be discovered, and one interval', () => {
  expect(firstScrapeByMs(500, 2_000)).toBe(12_500);
});

it('learns an interval that can’t be read, of enough scrapes', () => {
  expect(usualIntervalMs([...each('a', 0, 8_000), ...each('b', 900, 8_900)])).toBe(2_000);
  expect(usualIntervalMs(each('a', 0, 4_000))).toBeUndefined();
});
