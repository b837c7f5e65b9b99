import {
  type ExposedSample,
  exposition,
  podsOfTarget,
  readExposition,
} from '../plan/exposition.ts';
import { metricNames, type Plan } from '../plan/types.ts';
import type { AnswerRecord, RequestRecord } from '../tap/format.ts';
import { appendTo, type Database, type TableWriter } from './database.ts';
import type { Dictionaries, Dictionary } from './dictionary.ts';
import { createSeries, labelIn, plannedPointColumns } from './points.ts';
import type { RawRun } from './raw.ts';
import {
  firstScrapeByMs,
  type MissedScrape,
  missedScrapes,
  type SeenScrape,
  usualIntervalMs,
} from './scrape-gaps.ts';
import { readTap } from './tap-reader.ts';
import type { Attributes, BlockFact } from './types.ts';

/** What metrics are scraped of, with the labels that each of its samples gets. */
export interface ScrapedTarget {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** The rule that leaves it out: it is not to be scraped. */
  readonly leftOutBy?: string | undefined;
}

/** What metrics are scraped of, and by which tier. */
export interface Scraping {
  readonly scraper: string | undefined;
  readonly targets: readonly ScrapedTarget[];
}

/** What targets were scraped of: planned is that each sample goes on as it was exposed. */
export interface AdoptedSamples {
  readonly points: number;
  /** One a scrape that told something or was missed, and one a target that was never scraped. */
  readonly blocks: readonly BlockFact[];
}

interface Scrape {
  readonly request: Pick<RequestRecord, 'atMs' | 'meta'>;
  readonly answer: Pick<AnswerRecord, 'atMs' | 'outcome' | 'code'>;
  readonly text: string;
}

interface Told {
  /** The scrapes that were answered with samples, whether or not the answer was heard. */
  readonly scrapes: readonly Scrape[];
  /** All requests, those before and behind the load as well. */
  readonly seen: readonly SeenScrape[];
}

function readScrapes(file: string): Told {
  const open = new Map<number, RequestRecord>();
  const scrapes: Scrape[] = [];
  const seen: SeenScrape[] = [];
  readTap(file, (record) => {
    if (record.type === 'request') open.set(record.request, record);
    if (record.type !== 'answer') return;
    const request = open.get(record.request);
    open.delete(record.request);
    if (!request) return;
    const text = record.payload.toString('utf8');
    const isTold = text !== '' && record.outcome !== 'error';
    if (isTold) scrapes.push({ request, answer: record, text });
    const isAnswered = isTold || record.outcome === 'ok';
    seen.push({ atMs: request.atMs, by: request.meta.peer ?? '', isAnswered });
  });
  for (const { atMs, meta } of open.values()) {
    seen.push({ atMs, by: meta.peer ?? '', isAnswered: false });
  }
  return { scrapes, seen };
}

/**
 * Takes in what was scraped of the bench's targets: when and by whom is known by what was recorded
 * in front of them. From there on each sample is accounted for as a planned metric point is. So is
 * what would have been told to scrapes that were due and never were; and of a target that nobody
 * ever scraped, one of each series.
 *
 * @param firstBlock the number of the first block here; they follow all others
 */
export async function adoptSamples(
  database: Database,
  plan: Plan,
  raw: Pick<RawRun, 'startMs' | 'endMs' | 'tapFiles' | 'lives'>,
  files: readonly string[],
  scraping: Scraping,
  dictionaries: Dictionaries,
  firstBlock: number,
): Promise<AdoptedSamples> {
  const recorders = raw.tapFiles.flatMap(({ hop }, number) =>
    'target' in hop ? { id: hop.target, number } : [],
  );
  if (recorders.length === 0) return { points: 0, blocks: [] };
  const table = await appendTo(database, 'planned_points', plannedPointColumns);
  const addPoint = pointAdder(table, plan, dictionaries);
  const blocks: BlockFact[] = [];
  let points = 0;
  for (const [index, { id, number }] of recorders.entries()) {
    const target = scraping.targets.find((own) => own.id === id);
    const pods = podsOfTarget([...plan.pods.entries()], index, recorders.length);
    const [[pod, first]] = pods.length > 0 ? pods : [[0, plan.pods[0]] as const];
    const untold = exposition(
      pods.map(([, own]) => own),
      0,
    );
    const told = readScrapes(files[number] ?? '');
    for (const { atMs, by, missed, answer, text } of duesOf(id, told, scraping, plan, raw)) {
      const samples = readExposition(text ?? untold);
      const block = firstBlock + blocks.length;
      for (const sample of samples) addPoint(points++, block, atMs, sample, target?.labels ?? {});
      blocks.push({
        block,
        signal: 'metrics',
        pod,
        node: first?.node ?? 0,
        dueMs: atMs - raw.startMs,
        items: samples.length,
        scrape: { target: id, by, ...(missed ? { missed } : {}) },
        outcome: outcomeOf(block, atMs, answer ?? { atMs, outcome: 'ok', code: 200 }),
      });
    }
  }
  table.close();
  return { points, blocks };
}

/** A scrape, or one that should have been: what was there to be told was told to nobody. */
interface Due extends Partial<Pick<Scrape, 'answer' | 'text'>> {
  readonly atMs: number;
  readonly by: string;
  readonly missed?: MissedScrape['missed'];
}

/** What became of the scrapes of a target, in the order of time. */
function duesOf(
  id: string,
  { scrapes, seen }: Told,
  { scraper, targets }: Scraping,
  { loadMs }: Pick<Plan, 'loadMs'>,
  { startMs, endMs, lives }: Pick<RawRun, 'startMs' | 'endMs' | 'lives'>,
): Due[] {
  const jobs = targets.filter((own) => own.id === id && own.leftOutBy === undefined);
  const made = scrapes.map(
    ({ request: { atMs, meta }, answer, text }): Due => ({
      atMs,
      by: meta.peer ?? '',
      answer,
      text,
    }),
  );
  const written = Math.max(...jobs.map((job) => job.intervalMs));
  const intervalMs = Number.isFinite(written) ? written : usualIntervalMs(seen);
  const ready = lives.flatMap(({ tier, readyMs }) => (tier === scraper ? (readyMs ?? []) : []));
  const firstByMs = firstScrapeByMs(Math.min(...ready, startMs), intervalMs ?? written);
  const toMs = startMs + loadMs;
  if (!seen.some(({ isAnswered }) => isAnswered)) {
    const isDue = jobs.length === 0 || (loadMs >= 2 * written && toMs >= firstByMs);
    return isDue ? [{ atMs: startMs, by: '' }] : [];
  }
  if (intervalMs === undefined) return made;
  const missed = missedScrapes(seen, {
    intervalMs,
    jobs: jobs.length,
    firstByMs,
    fromMs: startMs,
    toMs,
    watchedToMs: endMs,
  });
  return [...made, ...missed.map(({ dueMs, missed }) => ({ atMs: dueMs, by: '', missed }))].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

const outcomeOf = (
  block: number,
  sentMs: number,
  { atMs, outcome, code }: Scrape['answer'],
): NonNullable<BlockFact['outcome']> => ({
  block,
  outcome: outcome === 'ok' ? 'acked' : 'unknown',
  sentMs,
  answeredMs: atMs,
  status: Math.max(0, code),
  errorCode: 0,
});

/** As the receiver derives it of the labels `job` and `instance` (internal/prom_to_otlp.go). */
function resourceOf(job: string, instance: string): Attributes {
  const [, host = instance, port] = /^(.*):(\d+)$/.exec(instance) ?? [];
  return {
    'service.name': job,
    'service.instance.id': instance,
    'server.address': host,
    ...(port === undefined ? {} : { 'server.port': port }),
    'url.scheme': 'http',
  };
}

type AddPoint = (
  item: number,
  block: number,
  timeMs: number,
  sample: ExposedSample,
  labels: ScrapedTarget['labels'],
) => void;

/**
 * Adds a sample with what the receiver makes of its labels (prometheusreceiver v0.152.0): `job` and
 * `instance` tell the resource, the others stay with it.
 */
function pointAdder(
  table: TableWriter,
  plan: Plan,
  { attributes, resources, names }: Dictionaries,
): AddPoint {
  const seriesOf = createSeries(plan);
  const intern = (dictionary: Dictionary, value: Attributes): number => {
    const bytes = Buffer.from(JSON.stringify(value));
    return dictionary.intern(bytes, 0, bytes.length, () => value);
  };
  return (
    item,
    block,
    timeMs,
    { name, labels: own, value },
    { job = '', instance = '', ...labels },
  ) => {
    const series = seriesOf(name, labelIn(own)) ?? 0;
    table.add(
      item,
      series,
      timeMs,
      value,
      block,
      Math.floor(series / metricNames.length),
      intern(attributes, { ...labels, ...own }),
      intern(resources, resourceOf(job, instance)),
      intern(names, { name, kind: 0 }),
    );
  };
}
