import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { messageOf as errorText } from '../lib/errors.ts';
import type {
  AnswerRecord,
  FollowedRecord,
  RequestRecord,
  TapIdentity,
  TapRecord,
} from '../tap/format.ts';
import { signalNames, type TableWriter } from './database.ts';
import { createDictionaries, type Dictionaries } from './dictionary.ts';
import { idsOf, setIds, walkItems } from './items.ts';
import { createSeriesReader } from './made-series.ts';
import { messageOf, rejectedItems, signalOfPath } from './payload.ts';
import { type FindSeries, type MetPoint, readPoints } from './points.ts';
import type { SeenWriters } from './seen-tables.ts';
import { type MetContent, type MetKind, metKinds, type TapRead } from './tap-read.ts';
import { readTap, type TapIngest } from './tap-reader.ts';
import type { FollowedAnswer } from './types.ts';

export interface TapInput {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  /** What the record must say of itself; undefined for runs from before records did. */
  readonly identity: TapIdentity | undefined;
}

/** The how manieth of how many parts of a tap's record: of its bytes, about. */
export interface TapPart {
  readonly index: number;
  readonly of: number;
}

const whole: TapPart = { index: 0, of: 1 };

/**
 * Decodes every request that a tap recorded into tables.
 * @param part whose items are read here: the record is gone through whole, others read the rest
 */
export function tableTap(
  tap: TapInput,
  writers: SeenWriters,
  seriesOf: FindSeries,
  part: TapPart = whole,
): TapRead {
  const dictionaries = createDictionaries();
  const made = createSeriesReader(seriesOf);
  const unreadPoints: number[] = [];
  const write = (record: RequestRecord): number => {
    const signal = signalOfPath(record.meta.path);
    if (signal === 'metrics') {
      made.request(tap.number, record);
      const count = writePoints(writers.seen_points, tap.number, record, seriesOf);
      if (count === undefined) unreadPoints.push(record.request);
      return count ?? 0;
    }
    return signal ? writeItems(writers.seen, tap.number, record, signal, dictionaries, part) : 0;
  };
  const answered = (request: number, isTaken: boolean): void =>
    made.answered(tap.number, request, isTaken);
  const reading = { ...ingestTap(tap, part, writers.requests, write, answered), unreadPoints };
  const met = (kind: MetKind): MetContent[] => {
    const dictionary = dictionaries[metKinds[kind]];
    const keys = dictionary.keys();
    return dictionary
      .entries()
      .map((value, own) => ({ met: numberIn(part, own), key: keys[own] as number, value }));
  };
  return {
    reading,
    made: made.finish(),
    met: { attributes: met('attributes'), resource: met('resource'), scope: met('scope') },
  };
}

/** Parts number what they meet each for itself. */
const numberIn = ({ index, of }: TapPart, own: number): number => own * of + index;

interface Open {
  readonly record: Omit<RequestRecord, 'payload'>;
  readonly signal: string;
  /** Undefined where another part reads them. */
  readonly items: number | undefined;
  readonly bytes: number;
  readonly position: number;
}

/**
 * @param write tables what a request carries; returns how many items that are
 * @param answered is told of each request whether it was taken
 */
function ingestTap(
  tap: TapInput,
  part: TapPart,
  requests: TableWriter,
  write: (record: RequestRecord) => number,
  answered: (request: number, isTaken: boolean) => void,
): Omit<TapIngest, 'unreadPoints'> {
  const open = new Map<number, Open>();
  const unheard: number[] = [];
  const followed: FollowedAnswer[] = [];
  const givenUp = new Map<number, Open>();
  let defect: string | undefined;
  const isOwn = ownRequests(tap.file, part);
  const finish = (request: Open, answer: AnswerRecord | undefined): void => {
    if (isRead(request)) writeRequest(requests, tap.number, request, answer);
  };
  const watch = watchRecords(tap.identity);
  const moments: { fromMs?: number; toMs?: number } = {};
  const reading = readTap(tap.file, (record, position) => {
    defect ??= watch(record, position);
    moments.fromMs ??= record.atMs;
    moments.toMs = record.atMs;
    if (record.type === 'request') {
      const { payload, ...rest } = record;
      const signal = signalOfPath(record.meta.path) ?? 'other';
      let items = isOwn(signal, position) ? 0 : undefined;
      try {
        if (items !== undefined) items = write(record);
      } catch (error) {
        defect ??= `request ${record.request} can't be read: ${errorText(error)}`;
      }
      open.set(record.request, { record: rest, signal, items, bytes: payload.length, position });
    } else if (record.type === 'unheard') {
      unheard.push(record.request);
    } else if (record.type === 'followed') {
      const request = givenUp.get(record.request);
      givenUp.delete(record.request);
      if (request && isRead(request)) followed.push(followedAnswer(record, request));
      else if (!request)
        defect ??= `request ${record.request} was followed, which nobody had given up`;
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

type ReadRequest = Open & { readonly items: number };

const isRead = (request: Open): request is ReadRequest => request.items !== undefined;

/** What goes on from request to request, as counters do, is the first part's. */
function ownRequests(file: string, { index, of }: TapPart) {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return (signal: string, position: number): boolean =>
    (signal === 'traces' || signal === 'logs' ? Math.floor((position * of) / bytes) : 0) === index;
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
  seen: SeenWriters['seen'],
  recorder: number,
  record: RequestRecord,
  signal: 'traces' | 'logs',
  dictionaries: Dictionaries,
  part: TapPart,
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
    cells.attributes[row] = numberIn(part, met.attributesId);
    cells.resource[row] = numberIn(part, met.resourceId);
    cells.scope[row] = numberIn(part, met.scopeId);
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
  { record, signal, items, bytes, position }: ReadRequest,
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

const followedAnswer = (
  answer: FollowedRecord,
  { record, items }: ReadRequest,
): FollowedAnswer => ({
  request: record.request,
  atMs: answer.atMs,
  outcome: answer.outcome,
  rejected: rejectedItems(answer, record.meta.grpc, items),
});
