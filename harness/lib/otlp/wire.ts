/**
 * Reads protobuf's wire format in place (protobuf.dev/programming-guides/encoding).
 * One cursor is moved along the fields of a message; nothing is copied or allocated per field.
 */
export interface FieldCursor {
  readonly bytes: Buffer;
  /** Where the field begins, its tag included. */
  start: number;
  number: number;
  wire: number;
  /** Where the value begins: behind the length for delimited fields. */
  value: number;
  /** Behind the field. */
  end: number;
  /** The value of a varint field; undefined meaning for others. */
  varint: number;
}

export const wire = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

export const cursor = (bytes: Buffer): FieldCursor => ({
  bytes,
  start: 0,
  number: 0,
  wire: 0,
  value: 0,
  end: 0,
  varint: 0,
});

/** Bytes that are no protobuf message: evidence that was cut off or tampered with. */
export class WireError extends Error {
  override name = 'WireError';
}

/**
 * Moves the cursor to the field at `position`, which must lie before `limit`.
 * @throws WireError where the bytes are no field, or it ends behind the limit.
 */
export function readField(at: FieldCursor, position: number, limit: number): void {
  const { bytes } = at;
  at.start = position;
  let next = position;
  let tag = bytes[next++] as number;
  if (tag > 127) {
    next = readVarint(at, position, limit);
    tag = at.varint;
  }
  at.number = tag >>> 3;
  at.wire = tag & 7;
  at.value = next;
  switch (at.wire) {
    case wire.varint:
      at.end = readVarint(at, next, limit);
      break;
    case wire.fixed64:
      at.end = next + 8;
      break;
    case wire.delimited:
      at.value = readVarint(at, next, limit);
      at.end = at.value + at.varint;
      break;
    case wire.fixed32:
      at.end = next + 4;
      break;
    default:
      throw new WireError(`wire type ${at.wire} at byte ${position}`);
  }
  if (at.end > limit || at.number === 0) throw new WireError(`field cut off at byte ${position}`);
}

/** Reads a varint into `at.varint` (exact to 2^53); returns the position behind it. */
function readVarint(at: FieldCursor, position: number, limit: number): number {
  let value = 0;
  let scale = 1;
  for (let next = position; next < limit; scale *= 128) {
    const byte = at.bytes[next++] as number;
    value += (byte & 127) * scale;
    if (byte < 128) {
      at.varint = value;
      return next;
    }
    if (next - position > 10) break;
  }
  throw new WireError(`varint cut off at byte ${position}`);
}
