import { expect, it } from 'vitest';
import type { Allocator } from '../../pipeline/allocator.ts';
import type { ScrapeTarget } from '../../pipeline/scrape.ts';
import { answerOf, withDiscovered } from './allocator.ts';

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

it('tells what service discovery would find, with its labels', () => {
  const target = {
    id: '10.0.0.1:9464',
    called: 'shop/cart-0:9464',
    jobName: 'serviceMonitor/shop/cart/0',
    path: '/internal',
    intervalMs: 2_000,
    labels: { job: 'cart', instance: '10.0.0.1:9464' },
    metricRelabel: [{ replacement: '$$1' }],
    leftOutBy: undefined,
  } as unknown as ScrapeTarget;
  const lost = { ...target, id: '10.0.0.2:9464', leftOutBy: 'a rule' };
  const standing = withDiscovered(allocator, [target, lost]);
  const name = encodeURIComponent(target.jobName);
  const asked = `/jobs/${name}/targets?collector_id=scraper-0`;
  expect(answerOf(standing, ['scraper-0'], asked)).toEqual([
    { targets: [target.id], labels: { ...target.labels, __metrics_path__: '/internal' } },
  ]);
  expect(standing.jobs[target.jobName]).toMatchObject({
    scrape_interval: '2s',
    metric_relabel_configs: [{ replacement: '$1' }],
  });
  expect(Object.keys(standing.jobs)).toContain('my shop/1');
});
