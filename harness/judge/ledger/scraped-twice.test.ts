import { describe, expect, it } from 'vitest';
import { scraper } from '../../pipeline/scraper.testing.ts';
import type { SignalPath } from '../model/path.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';
import { notAskedFor } from './not-asked-for.ts';
import { scrapedTwice } from './scraped-twice.ts';

const keep = '{ source_labels: [job], regex: sho, action: keep }';
const shop = `{ job_name: shop, static_configs: [{ targets: ["cart:80"] }] }`;
const leftOut = `{ job_name: shop, static_configs: [{ targets: ["cart:80"] }], relabel_configs: [${keep}] }`;

/** Who asked a target when: `[target, address, moment]`. */
const contextOf = (
  scrapes: readonly [string, string, number][],
  job = shop,
  ended: Readonly<Record<string, number>> = {},
) =>
  ({
    pipeline: scraper([job]),
    incarnations: {
      byAddress: (address: string) => ({
        life: { pod: `pod-${address}`, endedMs: ended[address] },
      }),
    },
    evidence: {
      blocks: scrapes.map(([target, by, dueMs], block) => ({
        block,
        dueMs,
        scrape: { target, by },
        outcome: { sentMs: dueMs },
      })),
    },
  }) as unknown as JudgeContext;

const twiceOf = (...scrapes: [string, string, number][]): number[] => [
  ...scrapedTwice(contextOf(scrapes)).keys(),
];

describe('a target that several pods scrape', () => {
  it('is scraped twice by who came to it later', () => {
    const found = scrapedTwice(
      contextOf([
        ['cart:80', 'a', 0],
        ['cart:80', 'b', 900],
        ['cart:80', 'a', 1_000],
        ['cart:80', 'b', 1_900],
        ['cart:80', 'a', 2_000],
      ]),
    );
    expect([...found.keys()]).toEqual([1, 3]);
    expect(found.get(1)).toMatchObject({ component: 'scraper/prometheus', hop: 'scraper' });
    expect(found.get(1)?.why).toMatch(/^2 pods scrape each of the targets \(replicas: 2, scraper/);
  });

  it('is not where each has targets of its own, or one pod asks', () => {
    expect(twiceOf(['cart:80', 'a', 0], ['stock:80', 'b', 1], ['cart:80', 'a', 2])).toEqual([]);
  });

  it('is not where one takes over when the other has ended', () => {
    const first: [string, string, number][] = [0, 1_000].map((ms) => ['cart:80', 'a', ms]);
    const second: [string, string, number][] = [1_100, 2_100].map((ms) => ['cart:80', 'b', ms]);
    const of = (ended: Readonly<Record<string, number>>): number[] => [
      ...scrapedTwice(contextOf([...first, ...second], shop, ended)).keys(),
    ];
    expect(of({ a: 1_050 })).toEqual([]);
    expect(of({})).toEqual([2, 3]);
  });

  it('is where the load was over before either came again', () => {
    // Each five seconds.
    expect(twiceOf(['cart:80', 'a', 1_000], ['cart:80', 'b', 3_000])).toEqual([1]);
    expect(twiceOf(['cart:80', 'a', 1_000], ['cart:80', 'b', 7_000])).toEqual([]);
  });
});

describe('a target that nobody scrapes', () => {
  const lost = (job: string, by = '') => {
    const scrape = { target: 'cart:80', by };
    const view = { block: { scrape }, arrivals: [] } as unknown as ItemView;
    return notAskedFor(contextOf([], job), { signal: 'metrics' } as SignalPath, 0, view);
  };

  it('is blamed on its receiver, and on the rule that leaves it out', () => {
    expect(lost(shop)).toMatchObject({
      cause: 'target-not-scraped',
      component: 'scraper/prometheus',
      detail: 'cart:80 was scraped by nobody',
    });
    expect(lost(leftOut)).toMatchObject({ why: expect.stringMatching(/^relabel_configs\[0\]/) });
  });

  it('is none that somebody asked', () => {
    expect(lost(shop, 'a')).toBeUndefined();
  });
});
