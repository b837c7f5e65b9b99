/** Just enough of protobuf to write a trace by hand. */

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

export const delimited = (field: number, bytes: readonly number[]): number[] => [
  ...varint(8 * field + 2),
  ...varint(bytes.length),
  ...bytes,
];

export const textField = (field: number, text: string): number[] =>
  delimited(field, [...Buffer.from(text)]);

export function fixed64Field(field: number, value: bigint): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return [...varint(8 * field + 1), ...bytes];
}

/** A KeyValue whose AnyValue is a text (field 1) or a whole number (field 3). */
export const attribute = (field: number, key: string, value: string | number): number[] =>
  delimited(field, [
    ...textField(1, key),
    ...delimited(2, typeof value === 'string' ? textField(1, value) : [24, ...varint(value)]),
  ]);
