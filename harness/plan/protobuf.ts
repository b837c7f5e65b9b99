/**
 * A small protobuf writer for the parts of a request that are encoded once
 * (protobuf.dev/programming-guides/encoding).
 */

const utf8 = new TextEncoder();

/** A whole number as a varint; negative ones as 64 bits in two's complement: ten bytes. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  if (value < 0) {
    let bits = BigInt.asUintN(64, BigInt(value));
    for (; bits > 127n; bits >>= 7n) bytes.push(Number(bits & 127n) | 128);
    bytes.push(Number(bits));
    return bytes;
  }
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** Bytes that a varint takes. */
export function varintLength(value: number): number {
  if (value < 0) return 10;
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}

const tag = (field: number, wire: number): number[] => varint(field * 8 + wire);

/** A length-delimited field: bytes, text, or an embedded message. */
export const delimited = (field: number, bytes: ArrayLike<number>): number[] => [
  ...tag(field, 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];
export const textField = (field: number, text: string): number[] =>
  delimited(field, utf8.encode(text));
export const varintField = (field: number, value: number): number[] => [
  ...tag(field, 0),
  ...varint(value),
];

export function fixed64Field(field: number, value: bigint): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return [...tag(field, 1), ...bytes];
}

export function doubleField(field: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...tag(field, 1), ...bytes];
}

type AttributeValue = string | number | boolean;

/** Whole, and within the 64 bits of an int_value. */
const isLong = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63;

/** An OTLP KeyValue (common.proto): whole numbers as int_value, others as double_value. */
function keyValue(field: number, key: string, value: AttributeValue): number[] {
  const any =
    typeof value === 'string'
      ? textField(1, value)
      : typeof value === 'boolean'
        ? varintField(2, value ? 1 : 0)
        : isLong(value)
          ? varintField(3, value)
          : doubleField(4, value);
  return delimited(field, [...textField(1, key), ...delimited(2, any)]);
}

export const keyValues = (
  field: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): number[] => Object.entries(attributes).flatMap(([key, value]) => keyValue(field, key, value));
