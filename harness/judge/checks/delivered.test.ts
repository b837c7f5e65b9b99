import { expect, it } from 'vitest';
import type { Bucket, ItemAccount } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, logOf } from './accounts.testing.ts';
import { createDeliveredCheck } from './delivered.ts';

const way = { steps: [], backends: ['prometheus:9090'], ends: [] };
const paths = { logs: way, metrics: way } as unknown as JudgeContext['paths'];

const check = (own: { logs?: number; metricPoints?: number }) =>
  createDeliveredCheck(
    { check: 'delivered', logs: undefined, metricPoints: undefined, ...own },
    { paths },
  );
const came = itemOf('delivered');
const ended = (bucket: object, over: Partial<ItemAccount> = {}): ItemAccount =>
  itemOf('delivered', { bucket: bucket as Bucket, ...over });
const all = { metricPoints: 1 };

it.each([
  [
    'dropped-by-filter',
    { kind: 'filtered', processor: 'gateway/filter/all' },
    'gateway/filter/all',
  ],
  ['ended-by-config', { kind: 'ended', exporter: 'gateway/debug' }, 'gateway/debug'],
  ['refused-by-backend', { kind: 'lost', hop: 'g→p', cause: 'refused-by-backend' }, 'g→p'],
  ['refused-at-entry', { kind: 'refused', message: '' }, 'load'],
])('counts what did not come, and why: %s', async (kind, bucket, component) => {
  expect(await judged(check(all), [], [], [came, ended(bucket)])).toMatchObject({
    verdict: 'fail',
    observed: '1 of 2 metric points',
    findings: [{ kind, component, count: 1 }],
  });
  expect((await judged(check({ metricPoints: 0.5 }), [], [], [came, ended(bucket)])).verdict).toBe(
    'pass',
  );
});

it('is unknown where what did not come is not known, and accuses nobody', async () => {
  const open = [
    ended({ kind: 'filtered', processor: 'gateway/x' }, { unmodelled: 'gateway/x' }),
    ended({ kind: 'unexplained', hop: 'g→p', why: '' }, { missing: true }),
    ended({ kind: 'unseen' }),
  ];
  for (const one of open) {
    const { verdict, observed } = await judged(check(all), [], [], [came, one]);
    expect([verdict, observed]).toEqual(['unknown', '1 of 2 metric points, 1 open']);
  }
});

it('proves nothing where nothing was sent', async () => {
  expect((await judged(check(all), [])).verdict).toBe('unknown');
  expect((await judged(check(all), [], [], [itemOf('notOffered')])).verdict).toBe('unknown');
});

it('asks for each signal that is named, and for no other', async () => {
  const logs = [logOf(ended({ kind: 'ended', exporter: 'gateway/debug' }))];
  expect((await judged(check({ logs: 1 }), [], logs, [came])).verdict).toBe('fail');
  expect((await judged(check(all), [], logs, [came])).verdict).toBe('pass');
});

it('holds where just the share came that was asked for', async () => {
  const gone = ended({ kind: 'ended', exporter: 'gateway/debug' });
  for (const percent of [7, 14, 28, 55, 56, 57]) {
    const points = Array.from({ length: 100 }, (_, i) => (i < percent ? came : gone));
    const asked = { metricPoints: percent / 100 };
    expect((await judged(check(asked), [], [], points)).verdict).toBe('pass');
    expect((await judged(check(asked), [], [], points.with(0, gone))).verdict).toBe('fail');
  }
});
