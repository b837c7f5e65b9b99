/** Bytes that are not compressed by snappy: cut off, or something else. */
export class SnappyError extends Error {
  override name = 'SnappyError';
}

/** How a framed stream begins (framing_format.txt, section 4.1). */
export const streamStart = Buffer.from([
  0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59,
]);
const chunkTypes = { compressed: 0x00, plain: 0x01, firstSkippable: 0x80 } as const;
const checksumBytes = 4;
/** More than any exporter sends in one request. */
const largestBytes = 256 << 20;

/**
 * Undoes snappy, whether one block (as Prometheus' remote write sends it) or a framed stream (as
 * gRPC's compressor and HTTP's `x-snappy-framed` send it): the way it begins tells. Checksums are
 * not compared.
 * Formats: github.com/google/snappy, format_description.txt and framing_format.txt.
 * @param mostBytes the result may have
 * @throws SnappyError
 */
export const unsnap = (bytes: Buffer, mostBytes = largestBytes): Buffer =>
  streamStart.equals(bytes.subarray(0, streamStart.length))
    ? unsnapStream(bytes, mostBytes)
    : unsnapBlock(bytes, mostBytes);

function unsnapStream(bytes: Buffer, mostBytes: number): Buffer {
  const parts: Buffer[] = [];
  let room = mostBytes;
  for (let position = 0; position < bytes.length; ) {
    if (position + 4 > bytes.length) throw new SnappyError('a chunk is cut off');
    const type = bytes[position] as number;
    const end = position + 4 + bytes.readUIntLE(position + 1, 3);
    if (end > bytes.length) throw new SnappyError('a chunk is cut off');
    const data = bytes.subarray(position + 4 + checksumBytes, end);
    const part = chunkOf(type, data, room);
    room -= part.length;
    if (room < 0) throw new SnappyError(`more than ${mostBytes} bytes`);
    parts.push(part);
    position = end;
  }
  return Buffer.concat(parts);
}

function chunkOf(type: number, data: Buffer, mostBytes: number): Buffer {
  if (type === chunkTypes.compressed) return unsnapBlock(data, mostBytes);
  if (type === chunkTypes.plain) return data;
  if (type < chunkTypes.firstSkippable) throw new SnappyError(`chunk of type ${type}`);
  return data.subarray(0, 0);
}

function unsnapBlock(bytes: Buffer, mostBytes: number): Buffer {
  const [length, start] = readLength(bytes);
  if (length > mostBytes) throw new SnappyError(`${length} bytes, at most ${mostBytes} are read`);
  const target = Buffer.alloc(length);
  let written = 0;
  for (let position = start; position < bytes.length; ) {
    const tag = bytes[position++] as number;
    if ((tag & 3) === 0) {
      const [size, from] = literalSize(bytes, tag, position);
      if (from + size > bytes.length || written + size > length) {
        throw new SnappyError('a literal is longer than its block');
      }
      bytes.copy(target, written, from, from + size);
      written += size;
      position = from + size;
      continue;
    }
    const { size, offset, end } = readCopy(bytes, tag, position);
    if (offset === 0 || offset > written || written + size > length) {
      throw new SnappyError('a copy leads out of its block');
    }
    // A copy may overlap itself: then it repeats what it has just written.
    for (const stop = written + size; written < stop; written++) {
      target[written] = target[written - offset] as number;
    }
    position = end;
  }
  if (written !== length) throw new SnappyError(`${written} bytes, it says ${length}`);
  return target;
}

/** The length that a block begins with, a varint, and the position behind it. */
function readLength(bytes: Buffer): [number, number] {
  let length = 0;
  for (let i = 0; i < 5 && i < bytes.length; i++) {
    const byte = bytes[i] as number;
    length += (byte & 127) * 128 ** i;
    if (byte > 127) continue;
    return [length, i + 1];
  }
  throw new SnappyError('the length can’t be read');
}

/** Sizes up to 60 stand in the tag, larger ones in the 1 to 4 bytes behind it. */
function literalSize(bytes: Buffer, tag: number, position: number): [number, number] {
  const short = tag >>> 2;
  if (short < 60) return [short + 1, position];
  const width = short - 59;
  if (position + width > bytes.length) throw new SnappyError('a literal is cut off');
  return [bytes.readUIntLE(position, width) + 1, position + width];
}

function readCopy(bytes: Buffer, tag: number, position: number) {
  const width = [0, 1, 2, 4][tag & 3] as number;
  if (position + width > bytes.length) throw new SnappyError('a copy is cut off');
  const low = bytes.readUIntLE(position, width);
  const end = position + width;
  return width === 1
    ? { size: ((tag >>> 2) & 7) + 4, offset: ((tag >>> 5) << 8) | low, end }
    : { size: (tag >>> 2) + 1, offset: low, end };
}
