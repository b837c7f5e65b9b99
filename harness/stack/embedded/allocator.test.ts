import { expect, it } from 'vitest';
import type { Allocator } from '../../pipeline/allocator.ts';
import { answerOf } from './allocator.ts';

const job = { job_name: 'my shop/1', static_configs: [{ targets: ['cart:80'] }] };
const allocator = { tier: 'scraper', jobs: { 'my shop/1': job } } as unknown as Allocator;
const ask = (asked: string): unknown => answerOf(allocator, ['scraper-0'], asked);

it('tells the jobs, and of each the targets of the pod that asks', () => {
  expect(ask('/scrape_configs')).toEqual(allocator.jobs);
  // As Go's url.QueryEscape writes a space and a slash.
  const path = '/jobs/my+shop%2F1/targets';
  expect(ask(`${path}?collector_id=scraper-0`)).toEqual([{ targets: ['cart:80'], labels: {} }]);
  expect(ask(`${path}?collector_id=scraper-1`)).toEqual([]);
});

it.each(['//', '/jobs/%/targets', '/jobs/__proto__/targets', '/jobs/other/targets', '/?a=%', ''])(
  'knows nothing else, whatever a pod asks: %s',
  (asked) => {
    expect(ask(asked)).toBeUndefined();
  },
);
