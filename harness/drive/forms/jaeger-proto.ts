import { cursor, readField } from '../../lib/otlp/wire.ts';
import { delimited, doubleField, textField, varintField } from '../../plan/protobuf.ts';
import { batchOf, type JaegerBatch, type JaegerSpan, otlpOf, type TagValue } from './jaeger.ts';

/** ValueType of jaeger-idl v0.6.0, proto/api_v2/model.proto, from which all field numbers are. */
const valueTypes = { text: 0, bool: 1, long: 2, double: 3 } as const;
const secondNanos = 1_000_000_000n;
const isSampled = 1;

/**
 * PostSpansRequest.
 *
 * @param otlp a request of spans of one resource
 */
export const toJaegerProto = (otlp: Buffer): Buffer => writeBatch(batchOf(otlp));

/**
 * What a receiver makes of it, as OTLP.
 *
 * @throws where it is no such request, or holds what is not modelled here
 */
export const fromJaegerProto = (bytes: Buffer): Buffer => otlpOf(readBatch(bytes));

function writeBatch({ serviceName, processTags, spans }: JaegerBatch): Buffer {
  const process = [...textField(1, serviceName), ...tagFields(2, processTags)];
  const batch = [...spans.flatMap((span) => delimited(1, spanFields(span)))];
  return Buffer.from(delimited(1, [...batch, ...delimited(2, process)]));
}

const childOf = (span: JaegerSpan): number[] =>
  span.parentSpanId === ''
    ? []
    : delimited(4, [
        ...delimited(1, Buffer.from(span.traceId, 'hex')),
        ...delimited(2, Buffer.from(span.parentSpanId, 'hex')),
      ]);

const spanFields = (span: JaegerSpan): number[] => [
  ...delimited(1, Buffer.from(span.traceId, 'hex')),
  ...delimited(2, Buffer.from(span.spanId, 'hex')),
  ...textField(3, span.name),
  ...childOf(span),
  ...varintField(5, isSampled),
  ...delimited(6, timeFields(span.startNanos)),
  ...delimited(7, timeFields(span.durationNanos)),
  ...tagFields(8, span.tags),
];

/** google.protobuf.Timestamp and Duration: seconds, and nanoseconds in them. */
const timeFields = (nanos: bigint): number[] => [
  ...varintField(1, Number(nanos / secondNanos)),
  ...varintField(2, Number(nanos % secondNanos)),
];

const tagFields = (field: number, tags: JaegerSpan['tags']): number[] =>
  Object.entries(tags).flatMap(([key, value]) =>
    delimited(field, [...textField(1, key), ...valueFields(value)]),
  );

function valueFields(value: TagValue): number[] {
  if (typeof value === 'string') return textField(3, value);
  if (typeof value === 'boolean') {
    return [...varintField(2, valueTypes.bool), ...varintField(4, value ? 1 : 0)];
  }
  return Number.isSafeInteger(value)
    ? [...varintField(2, valueTypes.long), ...varintField(5, value)]
    : [...varintField(2, valueTypes.double), ...doubleField(6, value)];
}

/** A field of a message: of one with a length its bytes. */
interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** @throws where a field is of none of these numbers */
function fieldsOf(bytes: Buffer, known: readonly number[], what: string): Field[] {
  const at = cursor(bytes);
  const fields: Field[] = [];
  for (let position = 0; position < bytes.length; position = at.end) {
    readField(at, position, bytes.length);
    if (!known.includes(at.number)) {
      throw new Error(`field ${at.number} of ${what} of Jaeger is not modelled`);
    }
    fields.push({ number: at.number, bytes: bytes.subarray(at.value, at.end) });
  }
  return fields;
}

const bytesOf = (fields: readonly Field[], number: number): Buffer =>
  fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);

const allOf = (fields: readonly Field[], number: number): Buffer[] =>
  fields.filter((field) => field.number === number).map(({ bytes }) => bytes);

function readBatch(bytes: Buffer): JaegerBatch {
  const [request] = fieldsOf(bytes, [1], 'a request');
  if (!request) throw new Error('a request of Jaeger without a batch');
  const batch = fieldsOf(request.bytes, [1, 2], 'a batch');
  const process = fieldsOf(bytesOf(batch, 2), [1, 2], 'a process');
  return {
    serviceName: String(bytesOf(process, 1)),
    processTags: readTags(allOf(process, 2)),
    spans: allOf(batch, 1).map(readSpan),
  };
}

function readSpan(bytes: Buffer): JaegerSpan {
  const span = fieldsOf(bytes, [1, 2, 3, 4, 5, 6, 7, 8], 'a span');
  return {
    traceId: bytesOf(span, 1).toString('hex'),
    spanId: bytesOf(span, 2).toString('hex'),
    parentSpanId: readParent(allOf(span, 4), bytesOf(span, 1)),
    name: String(bytesOf(span, 3)),
    startNanos: readTime(bytesOf(span, 6)),
    durationNanos: readTime(bytesOf(span, 7)),
    tags: readTags(allOf(span, 8)),
  };
}

/** The one reference that the load writes; of others links are made. */
function readParent(references: readonly Buffer[], traceId: Buffer): string {
  const [reference] = references;
  if (!reference) return '';
  const fields = fieldsOf(reference, [1, 2], 'a reference');
  if (references.length > 1 || !bytesOf(fields, 1).equals(traceId)) {
    throw new Error('references of Jaeger are not modelled');
  }
  return bytesOf(fields, 2).toString('hex');
}

function readTime(bytes: Buffer): bigint {
  const fields = fieldsOf(bytes, [1, 2], 'a time');
  return longOf(bytesOf(fields, 1)) * secondNanos + longOf(bytesOf(fields, 2));
}

/** A varint of 64 bits, signed. */
function longOf(bytes: Buffer): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--)
    value = (value << 7n) | (BigInt(bytes[i] ?? 0) & 127n);
  return BigInt.asIntN(64, value);
}

const readTags = (tags: readonly Buffer[]): Record<string, TagValue> =>
  Object.fromEntries(
    tags.map((bytes) => {
      const tag = fieldsOf(bytes, [1, 2, 3, 4, 5, 6], 'a tag');
      return [String(bytesOf(tag, 1)), readValue(tag)];
    }),
  );

function readValue(tag: readonly Field[]): TagValue {
  const type = Number(longOf(bytesOf(tag, 2)));
  if (type === valueTypes.text) return String(bytesOf(tag, 3));
  if (type === valueTypes.bool) return longOf(bytesOf(tag, 4)) !== 0n;
  if (type === valueTypes.long) return Number(longOf(bytesOf(tag, 5)));
  const value = type === valueTypes.double ? bytesOf(tag, 6).readDoubleLE() : 0;
  // A whole one would be taken for a long.
  if (!Number.isSafeInteger(value)) return value;
  throw new Error(`a tag of type ${type} of Jaeger is not modelled`);
}
