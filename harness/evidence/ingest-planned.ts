import { setImmediate as breathe } from 'node:timers/promises';
import type { BlockReader } from '../drive/blocks.ts';
import { hexOfHalf } from '../lib/hex.ts';
import { type ScannedItem, type SpanTimes, scanTimes, spanTimes } from '../lib/otlp/scan.ts';
import type { Plan, PlannedBlock } from '../plan/types.ts';
import { spanFlags } from '../plan/types.ts';
import { type Columns, createTable, type Database, type TableWriter } from './database.ts';
import type { Dictionaries } from './dictionary.ts';
import { idColumns, setIds, walkItems } from './items.ts';
import { plannedPoints } from './planned-points.ts';
import { plannedPointColumns } from './points.ts';

export const plannedColumns = {
  item: 'count',
  trace: 'count',
  ...idColumns,
  block: 'count',
  pod: 'count',
  late: 'flag',
  start_offset_nanos: 'number',
  end_offset_nanos: 'number',
  status_code: 'small',
  core_digest: 'count',
  state_digest: 'count',
  attributes: 'count',
  resource: 'count',
  scope: 'count',
  /** Number of the span's name and kind. */
  name: 'count',
} as const satisfies Columns;

export const traceColumns = {
  trace: 'count',
  class: 'text',
} as const satisfies Columns;

const breatheEvery = 16;

/**
 * Reads the blocks back as they were written and tables every planned span and log record. The
 * ids found must be the plan's: the block writer is checked by the way.
 *
 * @throws Error where a block does not hold what the plan says: a defect of the bench.
 */
export async function ingestPlanned(
  database: Database,
  plan: Plan,
  startMs: number,
  openBlocks: () => BlockReader,
  dictionaries: Dictionaries,
): Promise<void> {
  const spans = await createTable(database, 'planned_spans', plannedColumns);
  const logs = await createTable(database, 'planned_logs', plannedColumns);
  const points = await createTable(database, 'planned_points', plannedPointColumns);
  const addPoints = plannedPoints(points, plan, dictionaries);
  using reader = openBlocks();
  for (const block of plan.blocks) {
    // What threads have read meanwhile is taken in.
    if (block.index % breatheEvery === 0) await breathe();
    if (block.signal === 'metrics') {
      addPoints(block, reader.read(block.index));
      continue;
    }
    const table = block.signal === 'traces' ? spans : logs;
    ingestBlock(table, plan, block, reader.read(block.index), startMs, dictionaries);
  }
  spans.close();
  logs.close();
  points.close();
  await ingestTraces(database, plan);
}

function ingestBlock(
  table: TableWriter<typeof plannedColumns>,
  plan: Plan,
  block: PlannedBlock,
  bytes: Buffer,
  startMs: number,
  dictionaries: Dictionaries,
): void {
  const signal = block.signal as 'traces' | 'logs';
  const { cells } = table;
  const order = signal === 'traces' ? plan.spanOrder : plan.logOrder;
  const times = spanTimes();
  const base = BigInt(Math.round(startMs)) * 1_000_000n;
  let position = block.from;
  walkItems(bytes, 0, bytes.length, signal, dictionaries, ({ scanned, start, end, ...ids }) => {
    const span = order[position++] ?? -1;
    if (position > block.to || !isPlanned(plan, span, bytes, scanned)) {
      throw new Error(`block ${block.index} does not hold what was planned at item ${position}`);
    }
    const isSpan = signal === 'traces';
    if (isSpan) scanTimes(bytes, start, end, times);
    const row = table.next();
    cells.item[row] = span;
    cells.trace[row] = plan.spans.trace[span] ?? 0;
    setIds(cells, row, { bytes, traceId: scanned.traceId, spanId: scanned.spanId });
    cells.block[row] = block.index;
    cells.pod[row] = block.pod;
    cells.late[row] = isSpan && ((plan.spans.flags[span] ?? 0) & spanFlags.late) !== 0;
    cells.start_offset_nanos[row] = isSpan ? offsetOf(times.startHigh, times.startLow, base) : 0;
    cells.end_offset_nanos[row] = isSpan ? offsetOf(times.endHigh, times.endLow, base) : 0;
    cells.status_code[row] = times.statusCode;
    cells.core_digest[row] = scanned.coreDigest;
    cells.state_digest[row] = scanned.stateDigest;
    cells.attributes[row] = ids.attributesId;
    cells.resource[row] = ids.resourceId;
    cells.scope[row] = ids.scopeId;
    cells.name[row] = nameOf(dictionaries, bytes, times);
  });
  if (position !== block.to) throw new Error(`block ${block.index} holds too few items`);
}

/** Names and kinds repeat as attributes do; a log record has none. */
export function nameOf(dictionaries: Dictionaries, bytes: Buffer, times: SpanTimes): number {
  const { nameStart, nameEnd, kind } = times;
  // The kind stands behind the name, so that the two together are one key.
  return dictionaries.names.intern(bytes, nameStart, nameEnd + (kind > 0 ? 2 : 0), () => ({
    name: bytes.toString('utf8', nameStart, nameEnd),
    kind,
  }));
}

const twoTo32 = 4_294_967_296;

/** A 64-bit time minus the run's start, exact as long as the offset is below 104 days. */
export function offsetOf(high: number, low: number, base: bigint): number {
  return (high - Number(base >> 32n)) * twoTo32 + (low - Number(base & 0xffffffffn));
}

/** The bytes that were written hold the ids that were planned. */
function isPlanned(
  plan: Plan,
  span: number,
  bytes: Buffer,
  { traceId, spanId }: ScannedItem,
): boolean {
  if (traceId < 0 || spanId < 0) return false;
  const at = 4 * (plan.spans.trace[span] ?? -1);
  for (let word = 0; word < 4; word++) {
    if (bytes.readUInt32BE(traceId + 4 * word) !== plan.traces.idWords[at + word]) return false;
  }
  return (
    bytes.readUInt32BE(spanId) === plan.spans.idHigh[span] &&
    bytes.readUInt32BE(spanId + 4) === plan.spans.idLow[span]
  );
}

/** The spans that the plan's metrics name as examples. */
export const exemplarsOf = (plan: Plan): { traceId: string; spanId: string }[] =>
  plan.blocks.flatMap(({ exemplar }) => {
    if (exemplar === undefined) return [];
    const { trace, idHigh, idLow } = plan.spans;
    const spanId = hexOfHalf(idHigh[exemplar] ?? 0) + hexOfHalf(idLow[exemplar] ?? 0);
    return [{ traceId: traceIdOf(plan, trace[exemplar] ?? 0), spanId }];
  });

/** A planned trace's id as hexadecimal text. */
export function traceIdOf(plan: Plan, trace: number): string {
  const { idWords } = plan.traces;
  const at = 4 * trace;
  return [0, 1, 2, 3].map((i) => hexOfHalf(idWords[at + i] ?? 0)).join('');
}

async function ingestTraces(database: Database, plan: Plan): Promise<void> {
  const table = await createTable(database, 'planned_traces', traceColumns);
  for (let trace = 0; trace < plan.traces.count; trace++) {
    const className = plan.classNames[plan.traces.classIndex[trace] ?? 0] ?? 'normal';
    table.add(trace, className);
  }
  table.close();
}
