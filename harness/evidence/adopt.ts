import { scanTimes, spanTimes } from '../lib/otlp/scan.ts';
import { WireError } from '../lib/otlp/wire.ts';
import type { Plan } from '../plan/types.ts';
import { appendTo, type Database } from './database.ts';
import type { Dictionaries } from './dictionary.ts';
import { nameOf, offsetOf, plannedColumns, traceColumns } from './ingest-planned.ts';
import { idKeys, type MetItem, walkItems } from './items.ts';
import { messageOf } from './payload.ts';
import type { RawRun } from './raw.ts';
import { readRecordAt } from './tap-reader.ts';
import type { BlockFact } from './types.ts';

/** A span that one of the application's services made: planned is that it goes on as it came in. */
export interface AdoptedSpan {
  readonly block: number;
  readonly pod: number;
  readonly trace: bigint;
  readonly row: readonly (bigint | number | boolean)[];
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly attributesId: number;
}

/** What the application sent, as it entered the pipeline. */
export interface Adopted {
  readonly spans: readonly AdoptedSpan[];
  readonly traces: number;
  /** One a request at the entry; they follow the planned ones. */
  readonly blocks: readonly BlockFact[];
  /** The request that a block stands for, uncompressed. */
  read(block: number): Buffer | undefined;
}

const nothing: Adopted = { spans: [], traces: 0, blocks: [], read: () => undefined };

/** What a record at a place of a tap's file carries; undefined where it is no request. */
function payloadAt(file: string, position: number): Buffer | undefined {
  const record = readRecordAt(file, position);
  return record.type === 'request' ? messageOf(record) : undefined;
}

/** The recorders in front of a tier's pods. */
const recordersOf = ({ tapFiles }: RawRun, tier: string | undefined): number[] =>
  tapFiles.flatMap(({ hop }, number) => ('tier' in hop && hop.tier === tier ? number : []));

interface EntryRequest {
  readonly recorder: number;
  readonly request: number;
  readonly position: number;
  readonly at_ms: number;
  readonly answered_ms: number;
  readonly outcome: string;
  readonly code: number;
}

/**
 * Takes in what the application's services sent: their ids are their own, so they are known by what
 * arrived at the entry. From there on each span is accounted for as a planned one is. A span is the
 * application's by the address of the pod that its resource names; all others that nobody planned
 * stay foreign.
 *
 * @param entryTier the first tier of the pipeline
 */
export async function adoptSpans(
  database: Database,
  plan: Plan,
  raw: RawRun,
  files: readonly string[],
  entryTier: string | undefined,
  dictionaries: Dictionaries,
): Promise<Adopted> {
  const recorders = recordersOf(raw, entryTier);
  if (!plan.users || recorders.length === 0) return nothing;
  const requests = (await database.rows(`
    SELECT DISTINCT r.recorder, r.request, r.position, r.at_ms, r.answered_ms, r.outcome, r.code
    FROM seen s ANTI JOIN planned_spans p USING (${idKeys}) JOIN requests r USING (recorder, request)
    WHERE s.signal = 'traces' AND s.recorder IN (${recorders.join(', ')})
    ORDER BY r.at_ms, r.recorder, r.request`)) as unknown as EntryRequest[];
  const podOf = podsByAddress(plan, raw);
  const seen = new Set<string>();
  const payloads = new Map<number, Buffer>();
  const blocks: BlockFact[] = [];
  const spans: AdoptedSpan[] = [];
  for (const request of requests) {
    const bytes = payloadAt(files[request.recorder] ?? '', request.position);
    if (!bytes) continue;
    const block = plan.blocks.length + blocks.length;
    const own = spansOf(bytes, block, { raw, podOf, dictionaries, seen });
    const [first] = own;
    if (!first) continue;
    spans.push(...own);
    payloads.set(block, bytes);
    const node = plan.pods[first.pod]?.node ?? 0;
    blocks.push(blockOf(request, raw.startMs, { block, pod: first.pod, node, items: own.length }));
  }
  const traces = await tableSpans(database, plan, spans);
  return { spans, traces, blocks, read: (block) => payloads.get(block) };
}

function podsByAddress({ pods, users }: Plan, { addressOfPod }: RawRun): Map<string, number> {
  const { firstPod = pods.length } = users ?? {};
  return new Map(
    pods.flatMap((_, pod) => {
      const address = addressOfPod[pod];
      return pod < firstPod || address === undefined ? [] : [[address, pod] as const];
    }),
  );
}

interface Reading {
  readonly raw: RawRun;
  readonly podOf: ReadonlyMap<string, number>;
  readonly dictionaries: Dictionaries;
  /** Spans that were met before: an exporter may send a request again. */
  readonly seen: Set<string>;
}

function spansOf(bytes: Buffer, block: number, reading: Reading): AdoptedSpan[] {
  const { raw, podOf, dictionaries, seen } = reading;
  const base = BigInt(Math.round(raw.startMs)) * 1_000_000n;
  const times = spanTimes();
  const spans: AdoptedSpan[] = [];
  const take = (item: MetItem): void => {
    const { scanned, start, end, attributesId, resourceId, scopeId } = item;
    const pod = podOf.get(String(dictionaries.resources.get(resourceId)['k8s.pod.ip']));
    if (pod === undefined || scanned.traceId < 0 || scanned.spanId < 0) return;
    const ids = [0, 8].map((at) => bytes.readBigUInt64BE(scanned.traceId + at)) as [bigint, bigint];
    const spanId = bytes.readBigUInt64BE(scanned.spanId);
    const key = `${ids[0]}/${ids[1]}/${spanId}`;
    if (seen.has(key)) return;
    seen.add(key);
    scanTimes(bytes, start, end, times);
    const row = [
      ...ids,
      spanId,
      block,
      pod,
      false,
      offsetOf(times.startHigh, times.startLow, base),
      offsetOf(times.endHigh, times.endLow, base),
      times.statusCode,
      scanned.coreDigest,
      scanned.stateDigest,
      attributesId,
      resourceId,
      scopeId,
      nameOf(dictionaries, bytes, times),
    ];
    spans.push({
      block,
      pod,
      trace: (ids[0] << 64n) | ids[1],
      row,
      bytes,
      start,
      end,
      attributesId,
    });
  };
  try {
    walkItems(bytes, 0, bytes.length, 'traces', dictionaries, take);
  } catch (error) {
    // Its record is told to be damaged; what stands before that is read.
    if (!(error instanceof WireError)) throw error;
  }
  return spans;
}

const outcomes: Readonly<Record<string, 'acked' | 'refused'>> = { ok: 'acked', error: 'refused' };

const blockOf = (
  { at_ms, answered_ms, outcome, code }: EntryRequest,
  startMs: number,
  own: Pick<BlockFact, 'block' | 'pod' | 'node' | 'items'>,
): BlockFact => ({
  ...own,
  signal: 'traces',
  dueMs: at_ms - startMs,
  ofApp: true,
  outcome: {
    block: own.block,
    outcome: outcomes[outcome] ?? 'unknown',
    sentMs: at_ms,
    answeredMs: outcome === 'missing' ? at_ms : answered_ms,
    status: Math.max(0, code),
    errorCode: 0,
  },
});

/** Behind the planned ones, the spans of a trace in a row. @returns how many traces they are */
async function tableSpans(
  database: Database,
  plan: Plan,
  spans: readonly AdoptedSpan[],
): Promise<number> {
  const classOf = new Map(
    plan.users?.requests.map(({ traceId, className }) => [BigInt(`0x${traceId}`), className]),
  );
  const spanTable = await appendTo(database, 'planned_spans', plannedColumns);
  const traceTable = await appendTo(database, 'planned_traces', traceColumns);
  let item = plan.spans.count;
  let trace = plan.traces.count;
  for (const [id, own] of Map.groupBy(spans, (span) => span.trace)) {
    traceTable.add(trace, classOf.get(id) ?? brokenOff);
    for (const { row } of own) spanTable.add(item++, trace, ...row);
    trace++;
  }
  spanTable.close();
  traceTable.close();
  return trace - plan.traces.count;
}

/** The class of traces that the application began by itself. */
const brokenOff = 'broken-off';
