import { cursor, readField, wire } from './wire.ts';

/** Decoded values, for the few items that are looked at closely. */
export type OtlpValue =
  | string
  | number
  | boolean
  | null
  | OtlpValue[]
  | { [key: string]: OtlpValue };

/** Bytes of a varint whose highest of 64 bits is set, as it is in negative numbers only. */
const negativeLength = 10;

/** An int64 field's value: `varint` is its bytes read without a sign. */
const signed = (varint: number, bytes: Buffer, from: number, to: number): number =>
  to - from < negativeLength ? varint : signedLong(bytes, from, to);

function signedLong(bytes: Buffer, from: number, to: number): number {
  let value = 0n;
  for (let i = to - 1; i >= from; i--) value = (value << 7n) | BigInt((bytes[i] as number) & 127);
  return Number(BigInt.asIntN(64, value));
}

/** OTLP AnyValue (common.proto): 1 string, 2 bool, 3 int, 4 double, 5 array, 6 kvlist, 7 bytes. */
export function decodeAny(bytes: Buffer, start: number, end: number): OtlpValue {
  const at = cursor(bytes);
  let value: OtlpValue = null;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    const [from, to] = [at.value, at.end];
    if (at.number === 1) value = bytes.toString('utf8', from, to);
    else if (at.number === 2) value = at.varint !== 0;
    else if (at.number === 3) value = signed(at.varint, bytes, from, to);
    else if (at.number === 4) value = bytes.readDoubleLE(from);
    else if (at.number === 5) {
      value = fieldsOf(bytes, from, to, 1).map(([a, b]) => decodeAny(bytes, a, b));
    } else if (at.number === 6) value = decodeAttributes(bytes, from, to, 1);
    else if (at.number === 7) value = bytes.toString('base64', from, to);
    at.end = to;
  }
  return value;
}

function fieldsOf(bytes: Buffer, start: number, end: number, field: number): [number, number][] {
  const at = cursor(bytes);
  const ranges: [number, number][] = [];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === field && at.wire === wire.delimited) ranges.push([at.value, at.end]);
  }
  return ranges;
}

/**
 * Attributes (repeated KeyValue in field `field`) as a plain object; the last of equal keys wins.
 */
export function decodeAttributes(
  bytes: Buffer,
  start: number,
  end: number,
  field: number,
): { [key: string]: OtlpValue } {
  const attributes: { [key: string]: OtlpValue } = {};
  for (const [from, to] of fieldsOf(bytes, start, end, field)) {
    const [key] = fieldsOf(bytes, from, to, 1);
    const [value] = fieldsOf(bytes, from, to, 2);
    const name = key ? bytes.toString('utf8', key[0], key[1]) : '';
    attributes[name] = value ? decodeAny(bytes, value[0], value[1]) : null;
  }
  return attributes;
}

/** A Resource's attributes (resource.proto). */
export const decodeResource = (bytes: Buffer, start: number, end: number) =>
  decodeAttributes(bytes, start, end, 1);

/** An instrumentation scope (common.proto): 1 name, 2 version, 3 attributes. */
export function decodeScope(
  bytes: Buffer,
  start: number,
  end: number,
): { [key: string]: OtlpValue } {
  const textOf = (field: number): string => {
    const [range] = fieldsOf(bytes, start, end, field);
    return range ? bytes.toString('utf8', range[0], range[1]) : '';
  };
  return {
    name: textOf(1),
    version: textOf(2),
    attributes: decodeAttributes(bytes, start, end, 3),
  };
}

/** To whom a span belongs (trace.proto): its parent, and other spans that it names. */
export interface SpanParents {
  readonly kind: number;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export function decodeSpanParents(bytes: Buffer, start: number, end: number): SpanParents {
  const at = cursor(bytes);
  let kind = 0;
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 6 && at.wire === wire.varint) kind = at.varint;
  }
  const hexOf = (from: number, to: number, field: number): string => {
    const [range] = fieldsOf(bytes, from, to, field);
    return range ? bytes.toString('hex', range[0], range[1]) : '';
  };
  const links = fieldsOf(bytes, start, end, 13).map(([from, to]) => ({
    traceId: hexOf(from, to, 1),
    spanId: hexOf(from, to, 2),
  }));
  return { kind, parentSpanId: hexOf(start, end, 4), links };
}

/** Names of a span's fields beside ids and attributes (trace.proto). */
const spanFieldNames: Readonly<Record<number, string>> = {
  3: 'traceState',
  4: 'parentSpanId',
  5: 'name',
  6: 'kind',
  7: 'startTimeUnixNano',
  8: 'endTimeUnixNano',
  10: 'droppedAttributesCount',
  11: 'events',
  12: 'droppedEventsCount',
  13: 'links',
  14: 'droppedLinksCount',
  15: 'status',
  16: 'flags',
};

const logFieldNames: Readonly<Record<number, string>> = {
  1: 'timeUnixNano',
  2: 'severityNumber',
  3: 'severityText',
  5: 'body',
  7: 'droppedAttributesCount',
  8: 'flags',
  11: 'observedTimeUnixNano',
};

/**
 * The fields of a span or log record beside ids and attributes, each as text, to show what
 * differs. Messages are shown as hex; empty ones are left out.
 */
export function decodeCore(
  bytes: Buffer,
  start: number,
  end: number,
  signal: 'traces' | 'logs',
): Record<string, string> {
  const names = signal === 'traces' ? spanFieldNames : logFieldNames;
  const core: Record<string, string> = {};
  const at = cursor(bytes);
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    const name = names[at.number];
    if (name === undefined) continue;
    const [from, to] = [at.value, at.end];
    const text = fieldText(bytes, at.wire, [from, to], at.varint, name);
    if (text !== '') core[name] = core[name] === undefined ? text : `${core[name]}, ${text}`;
    at.end = to;
  }
  return core;
}

const textFields = new Set(['name', 'traceState', 'severityText']);

function fieldText(
  bytes: Buffer,
  kind: number,
  [from, to]: readonly [number, number],
  varint: number,
  name: string,
): string {
  if (kind === wire.varint) return varint === 0 ? '' : String(signed(varint, bytes, from, to));
  if (kind === wire.fixed64) return String(bytes.readBigUInt64LE(from));
  if (kind === wire.fixed32) return String(bytes.readUInt32LE(from));
  return textFields.has(name) ? bytes.toString('utf8', from, to) : bytes.toString('hex', from, to);
}
