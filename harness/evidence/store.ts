import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FileSchema, isReadable, readJson } from '../shell/json.ts';
import { type Database, literal, openDatabase } from './database.ts';
import type { Dictionaries } from './dictionary.ts';
import type { StoredDictionaries, StoredJson } from './files.ts';
import { idKeys, idTexts } from './items.ts';
import { passingColumns } from './join-seen.ts';
import { storedSchemas } from './schemas.ts';

/** The evidence folder of a run: Parquet tables that anybody can query, and small JSON files. */
const plannedTables = ['planned_spans', 'planned_logs', 'planned_traces'] as const;
/** Complete once the record is read: of what is scraped, planned is what was told. */
const recordedTables = ['planned_points', 'seen', 'seen_points', 'requests'] as const;
export const tables = [...plannedTables, ...recordedTables] as const;

/** The JSON that is made of the record, as the tables are; not what the backends answered. */
const derived = [
  'facts',
  'blocks',
  'recorders',
  'lives',
  'receipts',
  'drops',
  'words',
  'starts',
  'queues',
  'series',
  'leaks',
  'app',
  'contents',
  'dictionaries',
] as const satisfies readonly (keyof StoredJson)[];

export const evidenceFolder = (runFolder: string): string => join(runFolder, 'evidence');

const tableFile = (runFolder: string, table: string): string =>
  join(evidenceFolder(runFolder), `${table}.parquet`);

/** Writes the tables of the plan as Parquet; something else may be tabled meanwhile. */
export async function savePlanned(database: Database, runFolder: string): Promise<void> {
  const connection = await database.connect();
  try {
    for (const table of plannedTables) await connection.run(copyOf(table, runFolder));
  } finally {
    connection.closeSync();
  }
}

/**
 * Writes the tables as Parquet: what is judged is what was saved.
 * @param planned those of the plan are, or will be
 */
export async function saveTables(
  database: Database,
  runFolder: string,
  planned: Promise<void>,
): Promise<void> {
  // In one go: nobody here need hear of one before the next begins.
  const each = recordedTables.map((table) => `${copyOf(table, runFolder)}; DROP TABLE ${table}`);
  await database.run(each.join(';\n'));
  await planned;
}

function copyOf(table: (typeof tables)[number], runFolder: string): string {
  mkdirSync(evidenceFolder(runFolder), { recursive: true });
  const file = literal(tableFile(runFolder, table));
  return `COPY (${rowsOf(table)}) TO ${file} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`;
}

/** A table as it is kept. */
function rowsOf(table: (typeof tables)[number]): string {
  if (table === 'planned_spans' || table === 'planned_logs') return withTexts(table);
  return table === 'seen' ? withTexts('seen', passingColumns) : `SELECT * FROM ${table}`;
}

const withTexts = (from: string, without: readonly string[] = []): string =>
  `SELECT ${idTexts}, * EXCLUDE (${[idKeys, ...without].join(', ')}) FROM ${from}`;

export function saveJson<K extends keyof StoredJson>(
  runFolder: string,
  name: K,
  value: StoredJson[K],
): void {
  mkdirSync(evidenceFolder(runFolder), { recursive: true });
  writeFileSync(join(evidenceFolder(runFolder), `${name}.json`), JSON.stringify(value));
}

/**
 * Undefined where the file is not there: missing evidence is the judge's to weigh.
 * @throws UserError for a damaged one
 */
export function loadJson<K extends keyof StoredJson>(
  runFolder: string,
  name: K,
): StoredJson[K] | undefined {
  const file = join(evidenceFolder(runFolder), `${name}.json`);
  if (!existsSync(file)) return undefined;
  return readJson<StoredJson[K]>(file, schemaOf(name), fixOf(name));
}

const schemaOf = <K extends keyof StoredJson>(name: K) =>
  storedSchemas[name] as FileSchema<StoredJson[K]>;

const fixOf = (name: keyof StoredJson): string =>
  name === 'answers' || name === 'clicks'
    ? 'remove it: what the backends said is unknown then'
    : 'remove it: it is made again from the record';

/** Whether a file of this name, where it is one of ours, holds what its schema says. */
export function isStored(file: string): boolean {
  const name = basename(file, '.json');
  return !(name in storedSchemas) || isReadable(file, schemaOf(name as keyof StoredJson));
}

/** Tables that a stored run should have and has not. */
export const missingTables = (runFolder: string): string[] =>
  tables.filter((table) => !existsSync(tableFile(runFolder, table)));

/** Tables and the JSON beside them that are there, by path in the run's folder. */
export const derivedNames = (runFolder: string): string[] =>
  [...tables.map((name) => `${name}.parquet`), ...derived.map((name) => `${name}.json`)]
    .filter((name) => existsSync(join(evidenceFolder(runFolder), name)))
    .map((name) => `evidence/${name}`)
    .sort();

/** Opens the tables of a stored run as views; a table that is missing is empty and named. */
export async function openTables(
  runFolder: string,
): Promise<{ readonly database: Database; readonly missing: readonly string[] }> {
  const database = await openDatabase(join(runFolder, 'spill'));
  const missing = missingTables(runFolder);
  for (const table of tables) {
    if (missing.includes(table)) continue;
    const file = literal(tableFile(runFolder, table));
    await database.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet(${file})`);
  }
  return { database, missing };
}

export const storedDictionaries = (dictionaries: Dictionaries): StoredDictionaries => ({
  attributes: dictionaries.attributes.entries(),
  resources: dictionaries.resources.entries(),
  scopes: dictionaries.scopes.entries(),
  names: dictionaries.names.entries(),
});
