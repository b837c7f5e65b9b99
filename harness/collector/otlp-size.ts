import type { OtlpValue } from '../lib/otlp/decode.ts';
import type { Attributes } from './ottl.ts';

/** At least and at most so many bytes. */
export interface Size {
  readonly least: number;
  readonly most: number;
}

/** Tag and length of a field of one to three bytes' length. */
const head = { least: 2, most: 4 };
const id = { trace: 18, span: 10, time: 9 };
/** Parent, kind, status and flags, which a span may have or not. */
const optionalOfSpan = 10 + 2 + 8 + 5;
/** A scope's name, and the heads of the messages around. */
const aroundSpans = { least: 6, most: 90 };

const plus = (...sizes: readonly Size[]): Size => ({
  least: sizes.reduce((sum, { least }) => sum + least, 0),
  most: sizes.reduce((sum, { most }) => sum + most, 0),
});
const exactly = (bytes: number): Size => ({ least: bytes, most: bytes });

const known = new WeakMap<Attributes, Size>();

/** What attributes take up in OTLP's protobuf: what is not kept of them leaves some bytes open. */
export function sizeOfAttributes(attributes: Attributes): Size {
  const found = known.get(attributes);
  if (found) return found;
  const entries = Object.entries(attributes);
  const size = plus(
    ...entries.map(([key, value]) =>
      plus(head, head, exactly(Buffer.byteLength(key)), head, sizeOfValue(value)),
    ),
  );
  known.set(attributes, size);
  return size;
}

function sizeOfValue(value: OtlpValue): Size {
  if (typeof value === 'string') return plus(head, exactly(Buffer.byteLength(value)));
  if (typeof value === 'boolean') return exactly(2);
  // A whole number may be a varint or a double; lists and maps are bounded by their text.
  if (typeof value === 'object') return { least: 0, most: 8 * JSON.stringify(value).length + 16 };
  return { least: 2, most: 11 };
}

/** One span (trace.proto, message Span). */
export const sizeOfSpan = (name: string, attributes: Attributes): Size =>
  plus(
    head,
    exactly(id.trace + id.span + 2 * id.time + Buffer.byteLength(name) + 2),
    { least: 0, most: optionalOfSpan },
    sizeOfAttributes(attributes),
  );

/** What stands around the spans of one resource in one request. */
export const sizeAroundSpans = (resource: Attributes): Size =>
  plus(aroundSpans, sizeOfAttributes(resource));
