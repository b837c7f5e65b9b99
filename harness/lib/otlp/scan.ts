import { fnv1a32Of } from '../fnv.ts';
import { cursor, readField, WireError, wire } from './wire.ts';

/**
 * Walks an OTLP request (traces or logs) without decoding it into objects: the ledger reads
 * millions of items. The layout of both is the same down to the item:
 * request { 1: resource_x { 1: resource, 2: scope_x { 1: scope, 2: item } } }
 * (opentelemetry-proto v1: trace_service, logs_service, trace.proto, logs.proto).
 */
export interface ItemVisitor {
  /** A new resource: its message's range. */
  resource(start: number, end: number): void;
  /** A new instrumentation scope: its message's range. */
  scope(start: number, end: number): void;
  item(start: number, end: number): void;
}

/** @throws WireError where the bytes are no such request. */
export function scanRequest(bytes: Buffer, start: number, end: number, visitor: ItemVisitor): void {
  const at = cursor(bytes);
  for (let outer = start; outer < end; ) {
    readField(at, outer, end);
    const [from, to] = [at.value, at.end];
    if (at.number === 1 && at.wire === wire.delimited) scanResource(bytes, from, to, visitor);
    outer = to;
  }
}

function scanResource(bytes: Buffer, start: number, end: number, visitor: ItemVisitor): void {
  const at = cursor(bytes);
  visitor.resource(...headOf(bytes, start, end));
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 2 && at.wire === wire.delimited) {
      scanScope(bytes, at.value, at.end, visitor);
    }
  }
}

function scanScope(bytes: Buffer, start: number, end: number, visitor: ItemVisitor): void {
  const at = cursor(bytes);
  visitor.scope(...headOf(bytes, start, end));
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 2 && at.wire === wire.delimited) visitor.item(at.value, at.end);
  }
}

/**
 * The range of field 1 (the resource, the scope); empty where there is none. It may stand behind
 * the items: the collector writes it last.
 */
function headOf(bytes: Buffer, start: number, end: number): [number, number] {
  const at = cursor(bytes);
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 1 && at.wire === wire.delimited) return [at.value, at.end];
  }
  return [start, start];
}

/** Field numbers that differ between spans and log records. */
export interface ItemLayout {
  readonly traceId: number;
  readonly spanId: number;
  readonly attributes: number;
  /** 0 where there is no such field. */
  readonly traceState: number;
  /** A message that says nothing where all its fields are defaults; 0 where there is none. */
  readonly status: number;
  /** Messages in the item with attributes of their own: its field, and theirs in them. */
  readonly attributesOf: Readonly<Record<number, number>>;
}

export const spanLayout: ItemLayout = {
  traceId: 1,
  spanId: 2,
  attributes: 9,
  traceState: 3,
  status: 15,
  // Events and links; a status has none, and its fields may stand in any order as well.
  attributesOf: { 11: 3, 13: 4, 15: 0 },
};
export const logLayout: ItemLayout = {
  traceId: 9,
  spanId: 10,
  attributes: 6,
  traceState: 0,
  status: 0,
  attributesOf: {},
};

/**
 * One span or log record, read in place. A fresh item is not made for each: fields are set anew.
 */
export interface ScannedItem {
  /** Position of the 16 bytes of the trace id; -1 where there is none. */
  traceId: number;
  /** Position of the 8 bytes of the span id; -1 where there is none. */
  spanId: number;
  /** The attribute fields' range; start = end where there are none. */
  attributesStart: number;
  attributesEnd: number;
  /**
   * Sum of the digests of all fields but attributes and trace_state, defaults left out: encoders
   * differ in the order of fields (collector 0.152 writes the highest first) and in writing an
   * empty status.
   */
  coreDigest: number;
  /** Digest of the span's trace_state, which samplers write to; 0 where there is none. */
  stateDigest: number;
}

export const scannedItem = (): ScannedItem => ({
  traceId: -1,
  spanId: -1,
  attributesStart: 0,
  attributesEnd: 0,
  coreDigest: 0,
  stateDigest: 0,
});

/**
 * Reads one item. Attribute fields must be contiguous, as every protobuf encoder writes them;
 * where they are not, all after the first count as core and the item shows as altered.
 */
export function scanItem(
  bytes: Buffer,
  start: number,
  end: number,
  layout: ItemLayout,
  item: ScannedItem,
): void {
  const at = cursor(bytes);
  item.traceId = -1;
  item.spanId = -1;
  item.attributesStart = start;
  item.attributesEnd = start;
  item.stateDigest = 0;
  let digest = 0;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    const none = item.attributesEnd === start;
    if (at.number === layout.attributes && (none || item.attributesEnd === position)) {
      if (none) item.attributesStart = position;
      item.attributesEnd = at.end;
      continue;
    }
    if (isDefault(at.wire, at.value, at.end, at.varint)) continue;
    if (at.number === layout.status && isUnset(bytes, at.value, at.end)) continue;
    if (at.number === layout.traceId && at.end - at.value === 16) item.traceId = at.value;
    if (at.number === layout.spanId && at.end - at.value === 8) item.spanId = at.value;
    if (at.number === layout.traceState) {
      item.stateDigest = fnv1a32Of(bytes, position, at.end);
      continue;
    }
    const attributes = layout.attributesOf[at.number];
    const own =
      attributes === undefined
        ? fnv1a32Of(bytes, position, at.end)
        : digestOfMessage(bytes, at.value, at.end, at.number, attributes);
    digest = (digest + own) >>> 0;
  }
  item.coreDigest = digest;
}

/**
 * The digest of a message whose fields may stand in any order, and of the messages in its field
 * `nested`; defaults are left out.
 */
function digestOfMessage(
  bytes: Buffer,
  start: number,
  end: number,
  number: number,
  nested: number,
): number {
  const at = cursor(bytes);
  let digest = number;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (isDefault(at.wire, at.value, at.end, at.varint)) continue;
    const own =
      at.number === nested && at.wire === wire.delimited
        ? digestOfMessage(bytes, at.value, at.end, at.number, 0)
        : fnv1a32Of(bytes, position, at.end);
    digest = (digest + own) >>> 0;
  }
  return Math.imul(digest ^ (digest >>> 15), 0x01000193) >>> 0;
}

/** Some encoders write a status whose code is 0, some leave it out. */
function isUnset(bytes: Buffer, start: number, end: number): boolean {
  const at = cursor(bytes);
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (!isDefault(at.wire, at.value, at.end, at.varint)) return false;
  }
  return true;
}

const isDefault = (kind: number, value: number, end: number, varint: number): boolean =>
  (kind === wire.delimited && value === end) || (kind === wire.varint && varint === 0);

/** The times, status, name and kind of a span. */
export interface SpanTimes {
  /** Range of the name's bytes. */
  nameStart: number;
  nameEnd: number;
  kind: number;
  startHigh: number;
  startLow: number;
  endHigh: number;
  endLow: number;
  statusCode: number;
}

export const spanTimes = (): SpanTimes => ({
  nameStart: 0,
  nameEnd: 0,
  kind: 0,
  startHigh: 0,
  startLow: 0,
  endHigh: 0,
  endLow: 0,
  statusCode: 0,
});

/** Reads a span's times (as 32-bit halves), status code, name and kind. */
export function scanTimes(bytes: Buffer, start: number, end: number, times: SpanTimes): void {
  const at = cursor(bytes);
  times.startHigh = times.startLow = times.endHigh = times.endLow = times.statusCode = 0;
  times.nameStart = times.nameEnd = times.kind = 0;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 5 && at.wire === wire.delimited) {
      times.nameStart = at.value;
      times.nameEnd = at.end;
    } else if (at.number === 6 && at.wire === wire.varint) {
      times.kind = at.varint;
    } else if (at.number === 7 && at.wire === wire.fixed64) {
      times.startLow = bytes.readUInt32LE(at.value);
      times.startHigh = bytes.readUInt32LE(at.value + 4);
    } else if (at.number === 8 && at.wire === wire.fixed64) {
      times.endLow = bytes.readUInt32LE(at.value);
      times.endHigh = bytes.readUInt32LE(at.value + 4);
    } else if (at.number === 15 && at.wire === wire.delimited) {
      const [from, to] = [at.value, at.end];
      times.statusCode = readStatus(bytes, from, to);
      at.end = to;
    }
  }
}

function readStatus(bytes: Buffer, start: number, end: number): number {
  const at = cursor(bytes);
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 3 && at.wire === wire.varint) return at.varint;
  }
  return 0;
}

export { WireError };
