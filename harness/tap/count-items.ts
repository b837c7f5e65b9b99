import { messageOf } from './message.ts';
import { otlpSignalOf } from './otlp-paths.ts';

/** The fields by which items are reached (opentelemetry-proto v1.5.0, *_service.proto). */
const pathsOf = (path: string): readonly (readonly number[])[] | undefined => {
  const signal = otlpSignalOf(path);
  if (signal === undefined) return undefined;
  if (signal !== 'metrics') return [[1, 2, 2]];
  // Gauge, sum, histogram, exponential histogram, summary: each has its points in field 1.
  return [5, 7, 9, 10, 11].map((kind) => [1, 2, 2, kind, 1]);
};

/**
 * How many spans, log records or metric points a request has; undefined of what is no OTLP in
 * protobuf, or can't be read.
 */
export function countItems(request: Parameters<typeof messageOf>[0]): number | undefined {
  const paths = pathsOf(request.meta.path);
  const message = paths && messageOf(request);
  if (!paths || !message) return undefined;
  let count = 0;
  for (const path of paths) {
    const found = countAt(message, path);
    if (found === undefined) return undefined;
    count += found;
  }
  return count;
}

function countAt(bytes: Buffer, [first, ...rest]: readonly number[]): number | undefined {
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const tag = varintAt(bytes, at);
    const length = tag && lengthOf(bytes, tag.end, tag.value & 7);
    if (!tag || !length || length.end > bytes.length) return undefined;
    at = length.end;
    if (tag.value >>> 3 !== first || (tag.value & 7) !== delimited) continue;
    const inner = rest.length === 0 ? 1 : countAt(bytes.subarray(length.from, length.end), rest);
    if (inner === undefined) return undefined;
    count += inner;
  }
  return count;
}

/** Wire types of protobuf (protobuf.dev/programming-guides/encoding). */
const [variable, eight, delimited, four] = [0, 1, 2, 5];

/** Where a field's value lies; undefined for what is none. */
function lengthOf(bytes: Buffer, from: number, wire: number) {
  if (wire === eight) return { from, end: from + 8 };
  if (wire === four) return { from, end: from + 4 };
  const read = varintAt(bytes, from);
  if (!read || (wire !== variable && wire !== delimited)) return undefined;
  return wire === variable
    ? { from, end: read.end }
    : { from: read.end, end: read.end + read.value };
}

function varintAt(bytes: Buffer, from: number) {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
  return undefined;
}
