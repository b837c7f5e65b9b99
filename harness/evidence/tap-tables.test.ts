import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { createDictionaries } from './dictionary.ts';
import type { TapInput } from './ingest-taps.ts';
import type { TapRead } from './tap-read.ts';
import { numberMet, tableTaps } from './tap-tables.ts';

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
    seen: await database.rows(`
      SELECT seen.* EXCLUDE (attributes, resource, scope), ${contentColumns.join(', ')}
      FROM seen ${contentJoins.join(' ')} ORDER BY seen.recorder, request, nth`),
    points: await database.rows('SELECT * FROM seen_points ORDER BY recorder, request, nth'),
    requests: await database.rows('SELECT * FROM requests ORDER BY recorder, request'),
  };
  database.close();
  const { attributes, resources, scopes } = dictionaries;
  const contents = [attributes, resources, scopes].map((own) => own.entries());
  return { found: found.map(({ reading, made }) => ({ reading, made })), tables, contents };
}

/** What items carry, by the numbers that all records share. */
const contentKinds = ['attributes', 'resource', 'scope'];
const contentColumns = contentKinds.map((kind) => `of_${kind}.number AS ${kind}`);
const contentJoins = contentKinds.map(
  (kind) => `
    JOIN met_contents of_${kind} ON of_${kind}.kind = '${kind}'
      AND of_${kind}.recorder = seen.recorder AND of_${kind}.met = seen.${kind}`,
);

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
