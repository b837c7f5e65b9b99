/**
 * Thrift's binary protocol, as far as Jaeger's structures need it (thrift.apache.org,
 * doc/specs/thrift-binary-protocol.md): a field is a type, a number, a value; all big-endian.
 */
export const types = {
  bool: 2,
  double: 4,
  i32: 8,
  i64: 10,
  text: 11,
  struct: 12,
  list: 15,
} as const;

/** A struct's field, or what a list holds. */
export type ThriftValue = bigint | number | boolean | Buffer | ThriftStruct | ThriftStruct[];

/** By the number of the field. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

export const boolField = (id: number, value: boolean): Buffer[] => [
  head(types.bool, id),
  Buffer.from([value ? 1 : 0]),
];

export function i32Field(id: number, value: number): Buffer[] {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return [head(types.i32, id), bytes];
}

/** @param value is taken modulo 2^64 */
export function i64Field(id: number, value: bigint): Buffer[] {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return [head(types.i64, id), bytes];
}

export function doubleField(id: number, value: number): Buffer[] {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return [head(types.double, id), bytes];
}

export function textField(id: number, value: string): Buffer[] {
  const bytes = Buffer.from(value);
  return [head(types.text, id), length(bytes.length), bytes];
}

export const structField = (id: number, fields: readonly Buffer[]): Buffer[] => [
  head(types.struct, id),
  ...struct(fields),
];

/** @param items the fields of each struct */
export const listField = (id: number, items: readonly (readonly Buffer[])[]): Buffer[] => [
  head(types.list, id),
  Buffer.from([types.struct]),
  length(items.length),
  ...items.flatMap(struct),
];

export const struct = (fields: readonly Buffer[]): Buffer[] => [...fields, Buffer.from([0])];

function head(type: number, id: number): Buffer {
  const bytes = Buffer.allocUnsafe(3);
  bytes[0] = type;
  bytes.writeInt16BE(id, 1);
  return bytes;
}

function length(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/**
 * Reads one struct.
 *
 * @throws RangeError where the bytes end before it, Error at a type that Jaeger does not use
 */
export function readStruct(bytes: Buffer): ThriftStruct {
  const at = { position: 0 };
  const read = structAt(bytes, at);
  if (at.position !== bytes.length) throw new Error('bytes behind a struct of Thrift');
  return read;
}

interface Position {
  position: number;
}

function structAt(bytes: Buffer, at: Position): ThriftStruct {
  const fields = new Map<number, ThriftValue>();
  for (;;) {
    const type = bytes.readInt8(at.position++);
    if (type === 0) return fields;
    const id = bytes.readInt16BE(take(at, 2));
    fields.set(id, valueAt(bytes, at, type));
  }
}

/** Moves on by so many bytes; returns where they begin. */
function take(at: Position, size: number): number {
  const from = at.position;
  at.position += size;
  return from;
}

function valueAt(bytes: Buffer, at: Position, type: number): ThriftValue {
  if (type === types.bool) return bytes.readInt8(take(at, 1)) !== 0;
  if (type === types.double) return bytes.readDoubleBE(take(at, 8));
  if (type === types.i32) return bytes.readInt32BE(take(at, 4));
  if (type === types.i64) return bytes.readBigInt64BE(take(at, 8));
  if (type === types.struct) return structAt(bytes, at);
  if (type === types.text) {
    const size = bytes.readUInt32BE(take(at, 4));
    const from = take(at, size);
    if (at.position > bytes.length) throw new RangeError('a text of Thrift is cut off');
    return bytes.subarray(from, at.position);
  }
  if (type === types.list && bytes.readInt8(take(at, 1)) === types.struct) {
    const count = bytes.readUInt32BE(take(at, 4));
    const items: ThriftStruct[] = [];
    while (items.length < count) items.push(structAt(bytes, at));
    return items;
  }
  throw new Error(`type ${type} of Thrift is not used by Jaeger`);
}
