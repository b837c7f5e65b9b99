import {
  decodeAttributes,
  decodeResource,
  decodeSpanParents,
  type OtlpValue,
} from '../../lib/otlp/decode.ts';
import {
  scanItem,
  scannedItem,
  scanRequest,
  scanTimes,
  spanLayout,
  spanTimes,
} from '../../lib/otlp/scan.ts';

type Attributes = Readonly<Record<string, OtlpValue>>;

/** A span of the load, as far as any other form has a place for it. */
export interface LoadSpan {
  /** 16 and 8 bytes in hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Its number in OTLP, as that of the status. */
  readonly kind: number;
  readonly statusCode: number;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Attributes;
  /** Of its resource. */
  readonly resource: Attributes;
}

/** The spans of an OTLP request, in their order. */
export function loadSpansOf(bytes: Buffer): LoadSpan[] {
  const spans: LoadSpan[] = [];
  const scanned = scannedItem();
  const times = spanTimes();
  let resource: Attributes = {};
  scanRequest(bytes, 0, bytes.length, {
    resource: (from, to) => {
      resource = decodeResource(bytes, from, to);
    },
    scope: () => undefined,
    item: (from, to) => {
      scanItem(bytes, from, to, spanLayout, scanned);
      scanTimes(bytes, from, to, times);
      const { attributesStart, attributesEnd, traceId, spanId } = scanned;
      const own = [attributesStart, attributesEnd, spanLayout.attributes] as const;
      spans.push({
        traceId: bytes.toString('hex', traceId, traceId + 16),
        spanId: bytes.toString('hex', spanId, spanId + 8),
        parentSpanId: decodeSpanParents(bytes, from, to).parentSpanId,
        name: bytes.toString('utf8', times.nameStart, times.nameEnd),
        kind: times.kind,
        statusCode: times.statusCode,
        startNanos: joined(times.startHigh, times.startLow),
        endNanos: joined(times.endHigh, times.endLow),
        attributes: decodeAttributes(bytes, ...own),
        resource,
      });
    },
  });
  return spans;
}

const joined = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
