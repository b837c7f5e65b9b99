import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { createDictionaries } from './dictionary.ts';
import type { TapInput, TapRead } from './ingest-taps.ts';
import { numberMet, shareOut, tableTaps } from './tap-tables.ts';

const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'runs', 'small-steady');
const { tapFiles } = JSON.parse(readFileSync(join(recorded, 'run.json'), 'utf8')) as {
  tapFiles: { name: string; file: string }[];
};
const pods = [{ name: 'checkout-0' }, { name: 'frontend-0' }];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tap-tables-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The records of a run, as they may be damaged. */
function recordsOf(damage: (files: readonly string[]) => void): TapInput[] {
  const taps = tapFiles.map(({ name, file }, number) => {
    const own = join(folder, `${number}.tap`);
    copyFileSync(join(recorded, file), own);
    return { number, name, file: own, identity: undefined };
  });
  damage(taps.map(({ file }) => file));
  return taps;
}

/** All that comes of reading records, by threads where there are so many bytes. */
async function read(taps: readonly TapInput[], fromBytes: number) {
  const database = await openDatabase(join(folder, 'spill'));
  const dictionaries = createDictionaries();
  const found: TapRead[] = await tableTaps(database, taps, pods, fromBytes);
  await numberMet(database, found, dictionaries);
  const tables = {
    seen: await database.rows('SELECT * FROM seen ORDER BY recorder, request, nth'),
    points: await database.rows('SELECT * FROM seen_points ORDER BY recorder, request, nth'),
    requests: await database.rows('SELECT * FROM requests ORDER BY recorder, request'),
    met: await database.rows('SELECT * FROM met_contents ORDER BY kind, recorder, met'),
  };
  database.close();
  const { attributes, resources, scopes } = dictionaries;
  const contents = [attributes, resources, scopes].map((own) => own.entries());
  return { found, tables, contents };
}

const never = Number.POSITIVE_INFINITY;

describe('tableTaps', () => {
  it('reads the same by threads as without', { timeout: 60_000 }, async () => {
    const taps = recordsOf(() => undefined);
    const here = await read(taps, never);
    expect(here.tables.seen.length).toBeGreaterThan(500);
    expect(here.found.every(({ reading }) => reading.complete)).toBe(true);
    expect(await read(taps, 0)).toEqual(here);
  });

  it('tells of a damaged record, and of one that is not there', { timeout: 60_000 }, async () => {
    const taps = recordsOf(([first = '', second = '']) => {
      truncateSync(first, 5_000);
      rmSync(second);
    });
    const here = await read(taps, never);
    expect(here.found.map(({ reading }) => reading.defect).slice(0, 2)).toEqual([
      expect.stringMatching(/^cut off/),
      'the record is missing',
    ]);
    expect(await read(taps, 0)).toEqual(here);
  });

  it('ends with what ended a thread', { timeout: 60_000 }, async () => {
    const taps = recordsOf(() => undefined);
    const database = await openDatabase(join(folder, 'spill'));
    const nobody = [undefined as unknown as { name: string }];
    await expect(tableTaps(database, taps, nobody, 0)).rejects.toThrow(/destructure/);
    database.close();
  });
});

describe('shareOut', () => {
  it('gives the largest first to who has least', () => {
    expect(shareOut(['a', 'b', 'c', 'd'], [1, 5, 3, 3], 2)).toEqual([
      ['b', 'a'],
      ['c', 'd'],
    ]);
  });

  it('leaves nobody with nothing to do', () => {
    expect(shareOut(['a'], [1], 2)).toEqual([['a']]);
  });
});
