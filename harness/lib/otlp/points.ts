import { scanRequest } from './scan.ts';
import { cursor, readField, wire } from './wire.ts';

/** One number of one metric at one moment, read in place; the object is reused. */
export interface ScannedPoint {
  /** Range of the metric's name. */
  nameStart: number;
  nameEnd: number;
  /** The attribute fields' range; start = end where there are none. */
  attributesStart: number;
  attributesEnd: number;
  /** Whole milliseconds of the epoch, as Prometheus cuts them. */
  timeMs: number;
  value: number;
  /** Bits of DataPointFlags. */
  flags: number;
}

export interface PointVisitor {
  /** A new resource: its message's range. */
  resource(start: number, end: number): void;
  point(point: ScannedPoint): void;
}

/** Field of a data point that holds its attributes. */
export const pointAttributes = 7;

/** Kinds of metrics whose data points are numbers (metrics.proto, message Metric). */
const gauge = 5;
const sum = 7;

/**
 * Walks the numbers of gauges and sums in an OTLP request of metrics. Down to the metric it is laid
 * out as a request of spans is (opentelemetry-proto v1: metrics_service, metrics.proto).
 * @throws WireError where the bytes are no such request.
 */
export function scanPoints(
  bytes: Buffer,
  start: number,
  end: number,
  { resource, point }: PointVisitor,
): void {
  const scanned: ScannedPoint = {
    nameStart: 0,
    nameEnd: 0,
    attributesStart: 0,
    attributesEnd: 0,
    timeMs: 0,
    value: 0,
    flags: 0,
  };
  scanRequest(bytes, start, end, {
    resource,
    scope: () => undefined,
    item: (from, to) => scanMetric(bytes, from, to, scanned, point),
  });
}

function scanMetric(
  bytes: Buffer,
  start: number,
  end: number,
  scanned: ScannedPoint,
  visit: PointVisitor['point'],
): void {
  const at = cursor(bytes);
  scanned.nameStart = scanned.nameEnd = start;
  // The collector writes the highest field first, so that the name stands last.
  const data: [number, number][] = [];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.wire !== wire.delimited) continue;
    if (at.number === 1) {
      scanned.nameStart = at.value;
      scanned.nameEnd = at.end;
    } else if (at.number === gauge || at.number === sum) data.push([at.value, at.end]);
  }
  for (const [from, to] of data) {
    for (let position = from; position < to; position = at.end) {
      readField(at, position, to);
      if (at.number !== 1 || at.wire !== wire.delimited) continue;
      const next = at.end;
      scanPoint(bytes, at.value, next, scanned);
      visit(scanned);
      at.end = next;
    }
  }
}

const nanosPerMs = 1_000_000n;

/** NumberDataPoint { 3: time, 4: as_double, 6: as_int, 7: attributes, 8: flags }. */
function scanPoint(bytes: Buffer, start: number, end: number, scanned: ScannedPoint): void {
  const at = cursor(bytes);
  scanned.attributesStart = scanned.attributesEnd = start;
  scanned.timeMs = scanned.value = scanned.flags = 0;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === pointAttributes && at.wire === wire.delimited) {
      if (scanned.attributesEnd !== position) scanned.attributesStart = position;
      scanned.attributesEnd = at.end;
    } else if (at.wire === wire.fixed64 && at.number === 3) {
      scanned.timeMs = Number(bytes.readBigUInt64LE(at.value) / nanosPerMs);
    } else if (at.wire === wire.fixed64 && at.number === 4) {
      scanned.value = bytes.readDoubleLE(at.value);
    } else if (at.wire === wire.fixed64 && at.number === 6) {
      scanned.value = Number(bytes.readBigInt64LE(at.value));
    } else if (at.wire === wire.varint && at.number === 8) {
      scanned.flags = at.varint;
    }
  }
}
