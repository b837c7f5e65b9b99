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
import { readTap } from './tap-reader.ts';
import type { Attributes, BlockFact } from './types.ts';

/** What metrics are scraped of, with the labels that each of its samples gets. */
export interface ScrapedTarget {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
}

/** What targets were scraped of: planned is that each sample goes on as it was exposed. */
export interface AdoptedSamples {
  readonly points: number;
  /** One a scrape that told something, and one a target that was never scraped. */
  readonly blocks: readonly BlockFact[];
}

interface Scrape {
  readonly request: Pick<RequestRecord, 'atMs' | 'meta'>;
  readonly answer: Pick<AnswerRecord, 'atMs' | 'outcome' | 'code'>;
  readonly text: string;
}

/** The scrapes that were answered with samples, whether or not the answer was heard. */
function scrapesIn(file: string): Scrape[] {
  const open = new Map<number, RequestRecord>();
  const scrapes: Scrape[] = [];
  readTap(file, (record) => {
    if (record.type === 'request') open.set(record.request, record);
    if (record.type !== 'answer') return;
    const request = open.get(record.request);
    open.delete(record.request);
    const text = record.payload.toString('utf8');
    if (request && text !== '' && record.outcome !== 'error') {
      scrapes.push({ request, answer: record, text });
    }
  });
  return scrapes;
}

/**
 * Takes in what was scraped of the bench's targets: when and by whom is known by what was recorded
 * in front of them. From there on each sample is accounted for as a planned metric point is. So are
 * the samples of a target that nobody scraped, one of each series.
 *
 * @param firstBlock the number of the first block here; they follow all others
 */
export async function adoptSamples(
  database: Database,
  plan: Plan,
  { startMs, tapFiles }: Pick<RawRun, 'startMs' | 'tapFiles'>,
  files: readonly string[],
  targets: readonly ScrapedTarget[],
  dictionaries: Dictionaries,
  firstBlock: number,
): Promise<AdoptedSamples> {
  const recorders = tapFiles.flatMap(({ hop }, number) =>
    'target' in hop ? { id: hop.target, number } : [],
  );
  if (recorders.length === 0) return { points: 0, blocks: [] };
  const table = await appendTo(database, 'planned_points', plannedPointColumns);
  const addPoint = pointAdder(table, plan, dictionaries);
  const blocks: BlockFact[] = [];
  let points = 0;
  for (const [index, { id, number }] of recorders.entries()) {
    const target = targets.find((own) => own.id === id);
    const pods = podsOfTarget([...plan.pods.entries()], index, recorders.length);
    const [[pod, first]] = pods.length > 0 ? pods : [[0, plan.pods[0]] as const];
    const untold = exposition(
      pods.map(([, own]) => own),
      0,
    );
    const known = scrapesIn(files[number] ?? '');
    const isDue = plan.loadMs >= 2 * (target?.intervalMs ?? Number.POSITIVE_INFINITY);
    const scrapes = known.length > 0 || !isDue ? known : [neverScraped(startMs, untold)];
    for (const { request, answer, text } of scrapes) {
      const samples = readExposition(text);
      const block = firstBlock + blocks.length;
      for (const sample of samples) {
        addPoint(points++, block, request.atMs, sample, target?.labels ?? {});
      }
      blocks.push({
        block,
        signal: 'metrics',
        pod,
        node: first?.node ?? 0,
        dueMs: request.atMs - startMs,
        items: samples.length,
        scrape: { target: id, by: request.meta.peer ?? '' },
        outcome: outcomeOf(block, request.atMs, answer),
      });
    }
  }
  table.close();
  return { points, blocks };
}

/** As if what was there to be told had been told, to nobody. */
const neverScraped = (atMs: number, text: string): Scrape => ({
  request: { atMs, meta: { path: '', encoding: '', grpc: false } },
  answer: { atMs, outcome: 'ok', code: 200 },
  text,
});

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
