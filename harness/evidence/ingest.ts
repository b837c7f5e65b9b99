import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BlockReader } from '../drive/blocks.ts';
import { type BlockOutcome, parseOutcome } from '../drive/outcomes.ts';
import { metricNames, type Plan } from '../plan/types.ts';
import { identityOf } from '../tap/format.ts';
import { type Adopted, adoptSpans } from './adopt.ts';
import { type AdoptedSamples, adoptSamples, type Scraping } from './adopt-samples.ts';
import { readApp } from './app.ts';
import { sampleLogs } from './clicks/sample.ts';
import { collectContents } from './contents.ts';
import { type Database, openDatabase } from './database.ts';
import { createDictionaries, type Dictionaries } from './dictionary.ts';
import { readDropLines } from './drops.ts';
import type { RecordedFiles } from './files.ts';
import { ingestPlanned } from './ingest-planned.ts';
import { joinSeen } from './join-seen.ts';
import { type LeakSources, lifeOfLog, searchLeaks } from './leaks.ts';
import { joinSeries } from './made-series.ts';
import { readQueues } from './queues.ts';
import type { RawRun } from './raw.ts';
import { outcomesFile, readDerived, readRecorded, recordedNames } from './recorded.ts';
import { readProcessorStart } from './starts.ts';
import { evidenceFolder, saveJson, savePlanned, saveTables, storedDictionaries } from './store.ts';
import type { TapRead } from './tap-read.ts';
import { numberMet, tableTaps } from './tap-tables.ts';
import type { BlockFact, RecorderFact } from './types.ts';
import { readWords } from './words.ts';

/** The plan's blocks, as they were sent. */
export type BlockSource = () => BlockReader;

/** What the pipeline says of how signals enter. */
export interface Ways extends Scraping {
  /** The tier by which traces enter. */
  readonly entryTier: string | undefined;
}

export interface Ingest {
  readonly database: Database;
  /** Some traces that the backend was seen to accept, drawn by their ids' hashes. */
  deliveredTraces(limit: number): Promise<string[]>;
  /** Some log records that Loki was seen to accept: whose spans Tempo took, and others. */
  deliveredLogs(limit: number): ReturnType<typeof sampleLogs>;
  /** Saves all tables and closes. @returns digests of what they were made of */
  save(): Promise<RecordedFiles>;
}

/** Tables of the plan. */
interface Begun {
  readonly database: Database;
  readonly dictionaries: Dictionaries;
  /** They are being written; undefined where there is more to come. */
  readonly planned: Promise<void> | undefined;
  /** What the taps recorded is being tabled; undefined while they record. */
  readonly seen: Promise<TapRead[]> | undefined;
}

/**
 * Tables the planned items; may begin as soon as the blocks are written.
 * @param raw of a run whose records are closed: they are tabled meanwhile
 */
export async function beginIngest(
  runFolder: string,
  plan: Plan,
  startMs: number,
  source: BlockSource,
  raw?: RawRun,
): Promise<Begun> {
  const database = await openDatabase(join(runFolder, 'spill'));
  const dictionaries = createDictionaries();
  const seen = raw && tableSeen(database, runFolder, plan, raw);
  // Thrown where it is awaited.
  seen?.catch(() => undefined);
  await ingestPlanned(database, plan, startMs, source, dictionaries);
  // What the sample application sends is taken in as planned.
  const planned = plan.users ? undefined : savePlanned(database, runFolder);
  // Thrown where it is awaited.
  planned?.catch(() => undefined);
  return { database, dictionaries, planned, seen };
}

const tableSeen = (database: Database, runFolder: string, { pods }: Plan, raw: RawRun) =>
  tableTaps(
    database,
    raw.tapFiles.map((tap, number) => ({
      number,
      name: tap.name,
      file: resolve(runFolder, tap.file),
      identity: raw.seed === undefined ? undefined : identityOf(raw.runId, tap),
    })),
    pods.map(({ name }) => ({ name })),
  );

/**
 * Tables what was seen, once the records are closed.
 * @param ways by which tier traces enter, and of what metrics are scraped
 */
export async function finishIngest(
  runFolder: string,
  plan: Plan,
  raw: RawRun,
  source: BlockSource,
  { entryTier, ...scraping }: Ways,
  { database, dictionaries, planned, seen }: Begun,
): Promise<Ingest> {
  const files = raw.tapFiles.map(({ file }) => resolve(runFolder, file));
  const read = await (seen ?? tableSeen(database, runFolder, plan, raw));
  await numberMet(database, read, dictionaries);
  const recorders = raw.tapFiles.map(({ name, hop, pod }, number): RecorderFact => {
    const { unreadPoints, ...reading } = (read[number] as TapRead).reading;
    const unread = unreadPoints.length > 0 ? { unreadPoints } : {};
    return { number, name, hop, pod, ...reading, ...unread };
  });
  const adopted = await adoptSpans(database, plan, raw, files, entryTier, dictionaries);
  const adopting = plan.blocks.length + adopted.blocks.length;
  const samples = await adoptSamples(database, plan, raw, files, scraping, dictionaries, adopting);
  // Beside it there may be too little memory.
  await planned;
  await joinSeen(database);
  const contents = await collectContents(database, source, files, adopted.read);
  const traceRecorders = recorders.filter(({ hop }) => 'backend' in hop).map((r) => r.number);
  return {
    database,
    deliveredTraces: async (limit) => {
      if (traceRecorders.length === 0) return [];
      const rows = await database.rows(`
        SELECT DISTINCT format('{:016x}{:016x}', trace_high, trace_low) AS trace_id FROM seen JOIN requests r USING (recorder, request)
        WHERE seen.signal = 'traces' AND recorder IN (${traceRecorders.join(', ')}) AND r.outcome = 'ok' AND r.rejected = 0
        ORDER BY hash(trace_id) LIMIT ${limit}`);
      return rows.map((row) => String(row.trace_id));
    },
    deliveredLogs: (limit) => sampleLogs(database, traceRecorders, limit),
    save: async () => {
      const saved = saveTables(database, runFolder, planned ?? savePlanned(database, runFolder));
      // Thrown where it is awaited.
      saved.catch(() => undefined);
      // Digested here while DuckDB writes.
      const recorded = readRecorded(runFolder, raw);
      await saved;
      database.close();
      saveJson(runFolder, 'recorders', recorders);
      saveJson(runFolder, 'contents', contents);
      saveJson(runFolder, 'dictionaries', storedDictionaries(dictionaries));
      const blocks = blockFacts(plan, readOutcomes(runFolder));
      saveJson(runFolder, 'blocks', [...blocks, ...adopted.blocks, ...samples.blocks]);
      const app = readApp(runFolder, plan, adopted, dictionaries);
      if (app) saveJson(runFolder, 'app', app);
      const logs = readLogs(runFolder, plan);
      saveJson(runFolder, 'leaks', searchLeaks(plan, leakSources(runFolder, raw, files)));
      saveJson(
        runFolder,
        'drops',
        logs.flatMap(({ pod, log }) => readDropLines(pod, log)),
      );
      saveJson(
        runFolder,
        'words',
        logs.flatMap(({ pod, log }) => readWords(pod, log)),
      );
      saveJson(
        runFolder,
        'starts',
        logs.flatMap(({ pod, log }) => readProcessorStart(pod, log) ?? []),
      );
      saveJson(runFolder, 'series', joinSeries(read.map(({ made }) => made)));
      saveJson(runFolder, 'queues', readQueues(runFolder, raw.lives));
      saveJson(runFolder, 'lives', raw.lives);
      saveJson(runFolder, 'receipts', raw.receipts);
      saveFacts(runFolder, plan, raw, adopted, samples);
      saveJson(runFolder, 'recorded', { ...recorded, ...readDerived(runFolder) });
      return recorded;
    },
  };
}

function saveFacts(
  runFolder: string,
  plan: Plan,
  raw: RawRun,
  adopted: Adopted,
  samples: AdoptedSamples,
): void {
  const reports = plan.blocks.filter(({ signal }) => signal === 'metrics').length;
  const scraped = samples.points / metricNames.length;
  saveJson(runFolder, 'facts', {
    runId: raw.runId,
    runtime: raw.runtime,
    seed: plan.seed,
    planHash: plan.hash,
    startMs: raw.startMs,
    loadMs: plan.loadMs,
    endMs: raw.endMs,
    unsettled: raw.unsettled,
    classNames: plan.classNames,
    pods: plan.pods.map((pod, i) => ({ ...pod, uid: raw.uidOfPod?.[i] ?? pod.uid })),
    addressOfPod: raw.addressOfPod,
    workerNodes: raw.workerNodes,
    faults: plan.faults,
    plannedTraces: plan.traces.count + adopted.traces,
    plannedSpans: plan.spans.count + adopted.spans.length,
    plannedLogs: plan.logOrder.length,
    plannedMetricBlocks: reports + scraped,
    ...(samples.blocks.length > 0 ? { isScraped: true } : {}),
    load: raw.load,
    notes: raw.notes,
    versions: raw.versions,
  });
}

function readOutcomes(runFolder: string): Map<number, BlockOutcome> {
  const file = outcomesFile(runFolder);
  if (!existsSync(file)) return new Map();
  const outcomes = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => parseOutcome(line) ?? []);
  return new Map(outcomes.map((outcome) => [outcome.block, outcome]));
}

function blockFacts(plan: Plan, outcomes: ReadonlyMap<number, BlockOutcome>): BlockFact[] {
  return plan.blocks.map((block) => ({
    block: block.index,
    signal: block.signal,
    pod: block.pod,
    node: plan.pods[block.pod]?.node ?? 0,
    dueMs: block.sendAtMs,
    items: block.to - block.from,
    outcome: outcomes.get(block.index),
  }));
}

/** What backends were sent, and the logs of those that are no backends. */
const leakSources = (runFolder: string, raw: RawRun, files: readonly string[]): LeakSources => ({
  taps: raw.tapFiles.flatMap(({ hop }, number) =>
    'backend' in hop ? { number, file: files[number] ?? '' } : [],
  ),
  logs: recordedNames(runFolder, raw)
    .filter((name) => name.startsWith('evidence/logs/'))
    .flatMap((name) => {
      const life = lifeOfLog(name);
      return life ? { ...life, file: join(runFolder, name) } : [];
    }),
});

/**
 * The logs of collectors and backends, one for each of their lives; named `<pod>.<life>.log`. The
 * sample application's say nothing of the pipeline.
 */
function readLogs(
  runFolder: string,
  { pods, users }: Plan,
): { readonly pod: string; readonly log: string }[] {
  const folder = join(evidenceFolder(runFolder), 'logs');
  if (!existsSync(folder)) return [];
  const ofApp = pods.slice(users?.firstPod ?? pods.length);
  return readdirSync(folder).flatMap((name) => {
    const pod = /^(.+)\.\d+\.log$/.exec(name)?.[1];
    const isOfApp = ofApp.some((planned) => planned.name === pod);
    return pod === undefined || isOfApp
      ? []
      : { pod, log: readFileSync(join(folder, name), 'utf8') };
  });
}
