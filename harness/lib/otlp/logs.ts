import { decodeAny, decodeAttributes, decodeResource, type OtlpValue } from './decode.ts';
import { logLayout, scanRequest } from './scan.ts';
import { cursor, readField } from './wire.ts';

/** One log record with what it came with. */
export interface LogRecord {
  readonly resource: Readonly<Record<string, OtlpValue>>;
  readonly timeNanos: bigint;
  readonly severityText: string;
  readonly body: OtlpValue;
  readonly attributes: Readonly<Record<string, OtlpValue>>;
  /** Hexadecimal; empty where there is none. */
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * All records of an OTLP request of logs, decoded (logs.proto, message LogRecord).
 * @throws WireError where the bytes are no such request.
 */
export function readLogs(bytes: Buffer): LogRecord[] {
  const records: LogRecord[] = [];
  let resource: LogRecord['resource'] = {};
  scanRequest(bytes, 0, bytes.length, {
    resource: (from, to) => {
      resource = decodeResource(bytes, from, to);
    },
    scope: () => undefined,
    item: (from, to) => records.push({ resource, ...decodeLog(bytes, from, to) }),
  });
  return records;
}

/** One record by itself. @throws WireError where the bytes are none */
export function decodeLog(bytes: Buffer, start: number, end: number): Omit<LogRecord, 'resource'> {
  const at = cursor(bytes);
  const attributes = decodeAttributes(bytes, start, end, logLayout.attributes);
  let [timeNanos, severityText, traceId, spanId] = [0n, '', '', ''];
  let body: OtlpValue = null;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    const [from, to] = [at.value, at.end];
    if (at.number === 1) timeNanos = bytes.readBigUInt64LE(from);
    else if (at.number === 3) severityText = bytes.toString('utf8', from, to);
    else if (at.number === 5) body = decodeAny(bytes, from, to);
    else if (at.number === logLayout.traceId) traceId = bytes.toString('hex', from, to);
    else if (at.number === logLayout.spanId) spanId = bytes.toString('hex', from, to);
    at.end = to;
  }
  return { timeNanos, severityText, body, attributes, traceId, spanId };
}
