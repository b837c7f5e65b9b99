import { batchOf, type JaegerBatch, type JaegerSpan, otlpOf, type TagValue } from './jaeger.ts';
import {
  boolField,
  doubleField,
  i32Field,
  i64Field,
  listField,
  readStruct,
  struct,
  structField,
  type ThriftStruct,
  type ThriftValue,
  textField,
} from './thrift.ts';

/** TagType of jaeger-idl v0.6.0, thrift/jaeger.thrift, from which all field numbers here are. */
const tagTypes = { text: 0, double: 1, bool: 2, long: 3 } as const;
const microsecondNanos = 1_000n;
const isSampled = 1;

/** @param otlp a request of spans of one resource */
export const toThrift = (otlp: Buffer): Buffer => writeBatch(batchOf(otlp));

/**
 * What a receiver makes of it, as OTLP.
 *
 * @throws where it is no such batch, or holds what is not modelled here
 */
export const fromThrift = (bytes: Buffer): Buffer => otlpOf(readBatch(bytes));

function writeBatch({ serviceName, processTags, spans }: JaegerBatch): Buffer {
  const process = [...textField(1, serviceName), ...tagsField(2, processTags)];
  return Buffer.concat(
    struct([...structField(1, process), ...listField(2, spans.map(spanFields))]),
  );
}

function spanFields(span: JaegerSpan): Buffer[] {
  const [high, low] = [span.traceId.slice(0, 16), span.traceId.slice(16)].map(idOf);
  return [
    ...i64Field(1, low ?? 0n),
    ...i64Field(2, high ?? 0n),
    ...i64Field(3, idOf(span.spanId)),
    ...i64Field(4, span.parentSpanId === '' ? 0n : idOf(span.parentSpanId)),
    ...textField(5, span.name),
    ...i32Field(7, isSampled),
    ...i64Field(8, span.startNanos / microsecondNanos),
    ...i64Field(9, span.durationNanos / microsecondNanos),
    ...tagsField(10, span.tags),
  ];
}

const idOf = (hex: string): bigint => BigInt(`0x${hex}`);

const tagsField = (id: number, tags: JaegerSpan['tags']): Buffer[] =>
  listField(
    id,
    Object.entries(tags).map(([key, value]) => [...textField(1, key), ...valueFields(value)]),
  );

function valueFields(value: TagValue): Buffer[] {
  if (typeof value === 'string') return [...i32Field(2, tagTypes.text), ...textField(3, value)];
  if (typeof value === 'boolean') return [...i32Field(2, tagTypes.bool), ...boolField(5, value)];
  return Number.isSafeInteger(value)
    ? [...i32Field(2, tagTypes.long), ...i64Field(6, BigInt(value))]
    : [...i32Field(2, tagTypes.double), ...doubleField(4, value)];
}

function readBatch(bytes: Buffer): JaegerBatch {
  const batch = readStruct(bytes);
  const process = batch.get(1) as ThriftStruct;
  return {
    serviceName: textOf(process.get(1)),
    processTags: readTags(process.get(2)),
    spans: (batch.get(2) as ThriftStruct[]).map(readSpan),
  };
}

/** All that `spanFields` writes: references and logs may become anything. */
const spanFieldIds = new Set([1, 2, 3, 4, 5, 7, 8, 9, 10]);

function readSpan(span: ThriftStruct): JaegerSpan {
  const strange = [...span.keys()].find((id) => !spanFieldIds.has(id));
  if (strange !== undefined)
    throw new Error(`field ${strange} of a span of Jaeger is not modelled`);
  const parent = span.get(4) as bigint;
  return {
    traceId: hexOf(span.get(2)) + hexOf(span.get(1)),
    spanId: hexOf(span.get(3)),
    parentSpanId: parent === 0n ? '' : hexOf(parent),
    name: textOf(span.get(5)),
    startNanos: (span.get(8) as bigint) * microsecondNanos,
    durationNanos: (span.get(9) as bigint) * microsecondNanos,
    tags: readTags(span.get(10)),
  };
}

const hexOf = (id: ThriftValue | undefined): string =>
  BigInt.asUintN(64, id as bigint)
    .toString(16)
    .padStart(16, '0');

const textOf = (value: ThriftValue | undefined): string => String(value as Buffer);

const readTags = (tags: ThriftValue | undefined): Record<string, TagValue> =>
  Object.fromEntries(
    ((tags ?? []) as ThriftStruct[]).map((tag) => [textOf(tag.get(1)), readValue(tag)]),
  );

function readValue(tag: ThriftStruct): TagValue {
  const type = tag.get(2);
  if (type === tagTypes.text) return textOf(tag.get(3));
  if (type === tagTypes.bool) return tag.get(5) as boolean;
  if (type === tagTypes.long) return Number(tag.get(6) as bigint);
  const value = tag.get(4);
  // A whole one would be taken for a long.
  if (type === tagTypes.double && typeof value === 'number' && !Number.isSafeInteger(value)) {
    return value;
  }
  throw new Error(`a tag of type ${type} of Jaeger is not modelled`);
}
