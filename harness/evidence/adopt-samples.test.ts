import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exposition } from '../plan/exposition.ts';
import type { Plan } from '../plan/types.ts';
import type { PodLife } from '../stack/types.ts';
import { encodeRecord, type TapRecord } from '../tap/format.ts';
import { adoptSamples } from './adopt-samples.ts';
import { createTable, openDatabase } from './database.ts';
import { createDictionaries } from './dictionary.ts';
import { plannedPointColumns } from './points.ts';

const folder = mkdtempSync(join(tmpdir(), 'scrapes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pods = ['cart-0', 'cart-1', 'stock-0'].map((name, node) => ({ name, node }));
const plan = { pods, loadMs: 20_000 } as unknown as Plan;
const startMs = 1_000;
const lives = [{ tier: 'scraper', readyMs: 0 }] as unknown as readonly PodLife[];

function tapOf(name: string, records: readonly TapRecord[]): string {
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat(records.flatMap(encodeRecord)));
  return file;
}

const asked = (request: number, atMs: number, peer: string): TapRecord => ({
  type: 'request',
  request,
  atMs,
  connection: 1,
  meta: { path: '/metrics', encoding: 'identity', grpc: false, peer },
  payload: Buffer.alloc(0),
});
const told = (request: number, atMs: number, text: string, code = 200): TapRecord => ({
  type: 'answer',
  request,
  atMs,
  outcome: code === 200 ? 'ok' : 'error',
  code,
  message: '',
  payload: Buffer.from(text),
});

async function adopted(tap: readonly TapRecord[], { intervalMs = 2_000, endMs = 12_000 } = {}) {
  const database = await openDatabase(join(folder, 'spill'));
  (await createTable(database, 'planned_points', plannedPointColumns)).close();
  const dictionaries = createDictionaries();
  const tapFiles = [{ name: 't', file: 't', hop: { target: 'cart:80' }, pod: undefined }];
  const labels = { job: 'shop', instance: 'cart:80', team: 'web' };
  const targets = [{ id: 'cart:80', intervalMs, labels }];
  const raw = { startMs, endMs, tapFiles, lives };
  const files = [tapOf('t', tap)];
  const { points, blocks } = await adoptSamples(
    database,
    plan,
    raw,
    files,
    { scraper: 'scraper', targets },
    dictionaries,
    7,
  );
  const rows = await database.rows('SELECT * FROM planned_points ORDER BY item');
  database.close();
  return { points, blocks, rows, dictionaries };
}

it('takes in each sample that a target told, with what its receiver makes of it', async () => {
  const text = exposition(pods, 3);
  const { points, blocks, rows, dictionaries } = await adopted(
    [
      asked(1, 1_000, 'a'),
      told(1, 1_001, ''),
      asked(2, 3_000, 'a'),
      told(2, 3_004, text),
      asked(3, 5_000, 'b'),
      told(3, 5_001, 'gone', 503),
    ],
    { endMs: 6_500 },
  );
  expect(points).toBe(6);
  expect(blocks).toMatchObject([
    {
      block: 7,
      signal: 'metrics',
      dueMs: 2_000,
      items: 6,
      scrape: { target: 'cart:80', by: 'a' },
      outcome: { outcome: 'acked', sentMs: 3_000, answeredMs: 3_004 },
    },
  ]);
  expect(rows.map(({ series, value, block, pod }) => [series, value, block, pod])).toEqual([
    [0, 3, 7, 0],
    [2, 3, 7, 1],
    [4, 3, 7, 2],
    [1, 3, 7, 0],
    [3, 3, 7, 1],
    [5, 3, 7, 2],
  ]);
  expect(dictionaries.attributes.get(Number(rows[0]?.attributes))).toEqual({
    bench_pod: 'cart-0',
    team: 'web',
  });
  expect(dictionaries.resources.get(Number(rows[0]?.resource))).toEqual({
    'service.name': 'shop',
    'service.instance.id': 'cart:80',
    'server.address': 'cart',
    'server.port': '80',
    'url.scheme': 'http',
  });
});

it('has what a target would have told to scrapes that were due, and says which they were', async () => {
  const { points, blocks } = await adopted(
    [
      asked(1, 500, 'a'),
      told(1, 501, ''),
      asked(2, 2_500, 'a'),
      told(2, 2_501, exposition(pods, 1)),
    ],
    { endMs: 8_600 },
  );
  const missed = { fromMs: 2_500, before: 'a', scrapes: 2, failed: 0 };
  expect(blocks.map(({ dueMs, scrape }) => [dueMs, scrape])).toEqual([
    [1_500, { target: 'cart:80', by: 'a' }],
    [3_500, { target: 'cart:80', by: '', missed }],
    [5_500, { target: 'cart:80', by: '', missed }],
  ]);
  expect(points).toBe(18);
});

it('has what a target would have told, of one that nobody scraped while it could', async () => {
  const { points, blocks } = await adopted([]);
  expect(points).toBe(6);
  expect(blocks).toMatchObject([{ scrape: { target: 'cart:80', by: '' } }]);
  expect(blocks[0]?.scrape?.missed).toBeUndefined();
});

it('has nothing of a target whose turn may not have come', async () => {
  expect(await adopted([], { intervalMs: 15_000 })).toMatchObject({ points: 0, blocks: [] });
});
