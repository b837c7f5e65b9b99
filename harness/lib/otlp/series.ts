import { decodeAttributes, type OtlpValue } from './decode.ts';
import { scanRequest } from './scan.ts';
import { cursor, readField, wire } from './wire.ts';

/** One point of a sum or of a histogram. */
export interface MetricSample {
  readonly metric: string;
  readonly isDelta: boolean;
  readonly attributes: Readonly<Record<string, OtlpValue>>;
  /** Since when it counts, epoch milliseconds. */
  readonly startMs: number;
  readonly timeMs: number;
  /** What was counted; of a histogram, how many. */
  readonly value: number;
  /** Of a histogram: what they come to. */
  readonly sum?: number;
  /** Trace ids of its exemplars. */
  readonly traceIds: readonly string[];
}

export interface SampleVisitor {
  /** A new resource: its message's range. */
  resource(start: number, end: number): void;
  sample(sample: MetricSample): void;
}

/** Where a kind of metric and its points keep what (metrics.proto, message Metric). */
interface Layout {
  readonly attributes: number;
  readonly exemplars: number;
  readonly isHistogram: boolean;
}

const layouts: ReadonlyMap<number, Layout> = new Map([
  [7, { attributes: 7, exemplars: 5, isHistogram: false }],
  [9, { attributes: 9, exemplars: 8, isHistogram: true }],
  [10, { attributes: 1, exemplars: 11, isHistogram: true }],
]);

const delta = 1;

/**
 * Walks the points of sums, histograms and exponential histograms in an OTLP request of metrics.
 * @throws WireError where the bytes are no such request.
 */
export function scanSamples(
  bytes: Buffer,
  start: number,
  end: number,
  { resource, sample }: SampleVisitor,
): void {
  scanRequest(bytes, start, end, {
    resource,
    scope: () => undefined,
    item: (from, to) => scanMetric(bytes, from, to, sample),
  });
}

function scanMetric(
  bytes: Buffer,
  start: number,
  end: number,
  visit: SampleVisitor['sample'],
): void {
  let metric = '';
  const data: { readonly layout: Layout; readonly from: number; readonly to: number }[] = [];
  eachField(bytes, start, end, ({ number, from, to }) => {
    const layout = layouts.get(number);
    if (number === 1) metric = bytes.toString('utf8', from, to);
    else if (layout) data.push({ layout, from, to });
  });
  for (const { layout, from, to } of data) {
    let isDelta = false;
    const points: [number, number][] = [];
    eachField(bytes, from, to, (field) => {
      if (field.number === 1) points.push([field.from, field.to]);
      else if (field.number === 2) isDelta = field.varint === delta;
    });
    for (const [a, b] of points) visit({ metric, isDelta, ...readPoint(bytes, a, b, layout) });
  }
}

/** Of all points 2 is the start and 3 the time; of histograms 4 is the count and 5 the sum. */
function readPoint(
  bytes: Buffer,
  start: number,
  end: number,
  { attributes, exemplars, isHistogram }: Layout,
): Omit<MetricSample, 'metric' | 'isDelta'> {
  const point = { startMs: 0, timeMs: 0, value: 0 };
  let sum: number | undefined;
  const traceIds: string[] = [];
  eachField(bytes, start, end, ({ number, kind, from, to }) => {
    if (kind === wire.delimited && number === exemplars) {
      traceIds.push(...traceIdIn(bytes, from, to));
    }
    if (kind !== wire.fixed64) return;
    if (number === 2) point.startMs = Number(bytes.readBigUInt64LE(from)) / 1e6;
    else if (number === 3) point.timeMs = Number(bytes.readBigUInt64LE(from)) / 1e6;
    else if (number === 4) {
      point.value = isHistogram ? Number(bytes.readBigUInt64LE(from)) : bytes.readDoubleLE(from);
    } else if (number === 5 && isHistogram) sum = bytes.readDoubleLE(from);
    else if (number === 6 && !isHistogram) point.value = Number(bytes.readBigInt64LE(from));
  });
  return {
    ...point,
    attributes: decodeAttributes(bytes, start, end, attributes),
    ...(sum === undefined ? {} : { sum }),
    traceIds,
  };
}

/** Exemplar { 5: trace_id }. */
function traceIdIn(bytes: Buffer, start: number, end: number): string[] {
  const ids: string[] = [];
  eachField(bytes, start, end, ({ number, from, to }) => {
    if (number === 5 && to - from === 16) ids.push(bytes.toString('hex', from, to));
  });
  return ids;
}

interface Field {
  readonly number: number;
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly varint: number;
}

function eachField(bytes: Buffer, start: number, end: number, visit: (field: Field) => void): void {
  const at = cursor(bytes);
  for (let position = start; position < end; ) {
    readField(at, position, end);
    const { number, wire: kind, value: from, end: to, varint } = at;
    visit({ number, kind, from, to, varint });
    position = to;
  }
}
