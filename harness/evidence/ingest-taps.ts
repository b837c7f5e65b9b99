import { isDeepStrictEqual } from 'node:util';
import { messageOf as errorText } from '../lib/errors.ts';
import type {
  AnswerRecord,
  FollowedRecord,
  RequestRecord,
  TapIdentity,
  TapRecord,
} from '../tap/format.ts';
import {
  type Columns,
  createTable,
  type Database,
  signalNames,
  type TableWriter,
} from './database.ts';
import type { Dictionaries } from './dictionary.ts';
import { idColumns, idsOf, setIds, walkItems } from './items.ts';
import type { SeriesReader } from './made-series.ts';
import { messageOf, rejectedItems, signalOfPath } from './payload.ts';
import { type FindSeries, type MetPoint, readPoints, seenPointColumns } from './points.ts';
import { readTap, type TapIngest } from './tap-reader.ts';
import type { FollowedAnswer } from './types.ts';

export const seenColumns = {
  signal: 'signal',
  recorder: 'count',
  request: 'count',
  /** Its place among the request's items. */
  nth: 'count',
  ...idColumns,
  core_digest: 'count',
  state_digest: 'count',
  attributes: 'count',
  resource: 'count',
  scope: 'count',
} as const satisfies Columns;

export const requestColumns = {
  recorder: 'count',
  request: 'count',
  connection: 'count',
  signal: 'text',
  path: 'text',
  at_ms: 'number',
  answered_ms: 'number',
  outcome: 'text',
  code: 'number',
  message: 'text',
  rejected: 'count',
  items: 'count',
  bytes: 'count',
  /** Where its record begins in the tap's file. */
  position: 'number',
} as const satisfies Columns;

export interface TapInput {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  /** What the record must say of itself; undefined for runs from before records did. */
  readonly identity: TapIdentity | undefined;
}

/** Decodes every recorded request into tables; returns how each file was. */
export async function ingestTaps(
  database: Database,
  taps: readonly TapInput[],
  dictionaries: Dictionaries,
  seriesOf: FindSeries,
  made: SeriesReader,
): Promise<TapIngest[]> {
  const seen = await createTable(database, 'seen', seenColumns);
  const seenPoints = await createTable(database, 'seen_points', seenPointColumns);
  const requests = await createTable(database, 'requests', requestColumns);
  const readings: TapIngest[] = [];
  for (const tap of taps) {
    const unreadPoints: number[] = [];
    const write = (record: RequestRecord): number => {
      const signal = signalOfPath(record.meta.path);
      if (signal === 'metrics') {
        made.request(tap.number, record);
        const count = writePoints(seenPoints, tap.number, record, seriesOf);
        if (count === undefined) unreadPoints.push(record.request);
        return count ?? 0;
      }
      return signal ? writeItems(seen, tap.number, record, signal, dictionaries) : 0;
    };
    const answered = (request: number, isTaken: boolean): void =>
      made.answered(tap.number, request, isTaken);
    readings.push({ ...ingestTap(tap, requests, write, answered), unreadPoints });
    // Lets a Ctrl-C through between files.
    await new Promise((resolve) => setImmediate(resolve));
  }
  seen.close();
  seenPoints.close();
  requests.close();
  return readings;
}

interface Open {
  readonly record: Omit<RequestRecord, 'payload'>;
  readonly signal: string;
  readonly items: number;
  readonly bytes: number;
  readonly position: number;
}

/**
 * @param write tables what a request carries; returns how many items that are
 * @param answered is told of each request whether it was taken
 */
function ingestTap(
  tap: TapInput,
  requests: TableWriter,
  write: (record: RequestRecord) => number,
  answered: (request: number, isTaken: boolean) => void,
): Omit<TapIngest, 'unreadPoints'> {
  const open = new Map<number, Open>();
  const unheard: number[] = [];
  const followed: FollowedAnswer[] = [];
  const givenUp = new Map<number, Open>();
  let defect: string | undefined;
  const finish = (request: Open, answer: AnswerRecord | undefined): void =>
    writeRequest(requests, tap.number, request, answer);
  const watch = watchRecords(tap.identity);
  const moments: { fromMs?: number; toMs?: number } = {};
  const reading = readTap(tap.file, (record, position) => {
    defect ??= watch(record, position);
    moments.fromMs ??= record.atMs;
    moments.toMs = record.atMs;
    if (record.type === 'request') {
      const { payload, ...rest } = record;
      const signal = signalOfPath(record.meta.path) ?? 'other';
      let items = 0;
      try {
        items = write(record);
      } catch (error) {
        defect ??= `request ${record.request} can't be read: ${errorText(error)}`;
      }
      open.set(record.request, { record: rest, signal, items, bytes: payload.length, position });
    } else if (record.type === 'unheard') {
      unheard.push(record.request);
    } else if (record.type === 'followed') {
      const request = givenUp.get(record.request);
      givenUp.delete(record.request);
      if (request) followed.push(followedAnswer(record, request));
      else defect ??= `request ${record.request} was followed, which nobody had given up`;
    } else if (record.type === 'answer') {
      const request = open.get(record.request);
      open.delete(record.request);
      if (request && record.outcome === 'cancelled') givenUp.set(record.request, request);
      answered(record.request, record.outcome === 'ok');
      if (request) finish(request, record);
      else defect ??= `an answer to request ${record.request}, which was not recorded`;
    }
  });
  for (const request of open.values()) finish(request, undefined);
  const unanswered = [...open.keys()];
  const { fromMs, toMs } = moments;
  const state = defect ? { complete: false, defect } : {};
  return { ...reading, ...state, unanswered, unheard, followed, fromMs, toMs };
}

/** Says what is wrong with whose record it is, and with the order of its moments. */
function watchRecords(
  expected: TapIdentity | undefined,
): (record: TapRecord, position: number) => string | undefined {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (record, position) => {
    if (expected === undefined) return undefined;
    const said = record.type === 'identity' ? record.identity : undefined;
    if (position === 0 && !isDeepStrictEqual(said, expected)) {
      return `says it is ${nameOf(said)}, not ${nameOf(expected)}`;
    }
    const isBack = !(record.atMs >= lastMs);
    if (isBack) return `the record at byte ${position} is earlier than the one before it`;
    lastMs = record.atMs;
    const isKnown = expected && 'target' in expected.hop ? () => true : isKnownPath;
    if (record.type === 'request' && !isKnown(record.meta.path)) {
      return `request ${record.request} went to ${record.meta.path}, which is not read`;
    }
    if ((record.type === 'answer' || record.type === 'followed') && !isOfOutcome(record)) {
      return `the answer to request ${record.request} is ${record.outcome} with code ${record.code}`;
    }
    return undefined;
  };
}

/** What is neither OTLP nor remote write may carry anything. */
const isKnownPath = (path: string): boolean => signalOfPath(path) !== undefined;

type Answered = AnswerRecord | FollowedRecord;

/** gRPC's 0 and HTTP's 2xx are success; what broke has no code. */
function isOfOutcome({ outcome, code }: Answered): boolean {
  const isSuccess = code === 0 || (code >= 200 && code < 300);
  if (outcome === 'ok') return isSuccess;
  return outcome === 'error' ? !isSuccess && code >= 0 : code === -1;
}

const nameOf = (identity: TapIdentity | undefined): string =>
  identity ? `the record of ${identity.name} in run ${identity.run}` : 'nobody’s record';

function writeItems(
  seen: TableWriter<typeof seenColumns>,
  recorder: number,
  record: RequestRecord,
  signal: 'traces' | 'logs',
  dictionaries: Dictionaries,
): number {
  const bytes = messageOf(record);
  const { cells } = seen;
  const signalNumber = signalNames.indexOf(signal);
  let items = 0;
  walkItems(bytes, 0, bytes.length, signal, dictionaries, (met) => {
    const ids = idsOf(bytes, met, signal);
    const row = seen.next();
    items++;
    cells.signal[row] = signalNumber;
    cells.recorder[row] = recorder;
    cells.request[row] = record.request;
    cells.nth[row] = items;
    setIds(cells, row, ids);
    cells.core_digest[row] = met.scanned.coreDigest;
    cells.state_digest[row] = met.scanned.stateDigest;
    cells.attributes[row] = met.attributesId;
    cells.resource[row] = met.resourceId;
    cells.scope[row] = met.scopeId;
  });
  return items;
}

/**
 * What a metrics pipeline sends may be of a form that nobody reads here, or hidden: that opens what
 * is said of metric points, and of nothing else. @returns undefined then
 */
function writePoints(
  seen: TableWriter,
  recorder: number,
  record: RequestRecord,
  seriesOf: FindSeries,
): number | undefined {
  const points: MetPoint[] = [];
  try {
    readPoints(record, seriesOf, (point) => points.push(point));
  } catch {
    return undefined;
  }
  points.forEach(({ series, timeMs, value }, i) => {
    seen.add(recorder, record.request, i + 1, series, timeMs, value);
  });
  return points.length;
}

function writeRequest(
  requests: TableWriter,
  recorder: number,
  { record, signal, items, bytes, position }: Open,
  answer: AnswerRecord | undefined,
): void {
  requests.add(
    recorder,
    record.request,
    record.connection,
    signal,
    record.meta.path,
    record.atMs,
    answer?.atMs ?? 0,
    answer?.outcome ?? 'missing',
    answer?.code ?? -1,
    answer?.message ?? '',
    answer ? rejectedItems(answer, record.meta.grpc, items) : 0,
    items,
    bytes,
    position,
  );
}

const followedAnswer = (answer: FollowedRecord, { record, items }: Open): FollowedAnswer => ({
  request: record.request,
  atMs: answer.atMs,
  outcome: answer.outcome,
  rejected: rejectedItems(answer, record.meta.grpc, items),
});
