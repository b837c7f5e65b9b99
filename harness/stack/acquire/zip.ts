import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ZIP64 = 0xffffffff;

interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly headerAt: number;
}

/**
 * Writes one entry of a zip archive to `target` and checks its CRC-32 and size. Knows stored and
 * deflated entries of archives below 4 GB (PKWARE APPNOTE 4.3), which is what releases are.
 */
export async function extractZipEntry(
  archive: string,
  member: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(archive, 'r');
  try {
    const entries = await readDirectory(file, archive);
    const entry = entries.find((candidate) => candidate.name === member);
    if (!entry) throw new Error(`${archive} has no entry ${member}: ${namesOf(entries)}`);
    if (entry.encrypted || (entry.method !== 0 && entry.method !== 8)) {
      throw new Error(`${archive}: ${member} is packed in a way that is not supported`);
    }
    await inflate(file, entry, archive, target, signal);
  } finally {
    await file.close();
  }
}

function namesOf(entries: readonly ZipEntry[]): string {
  return entries
    .slice(0, 10)
    .map((entry) => entry.name)
    .join(', ');
}

async function readDirectory(file: FileHandle, archive: string): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error(`${archive} is no zip archive`);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: ZipEntry[] = [];
  for (let at = 0; at < directory.length; ) {
    if (directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
      throw new Error(`${archive}: its directory is damaged`);
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const next =
      at + 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerAt: directory.readUInt32LE(at + 42),
    });
    at = next;
  }
  return entries;
}

async function inflate(
  file: FileHandle,
  entry: ZipEntry,
  archive: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ([entry.compressed, entry.size, entry.headerAt].includes(ZIP64)) {
    throw new Error(`${archive}: ${entry.name} is larger than 4 GB`);
  }
  const local = await readAt(file, entry.headerAt, 30);
  if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new Error(`${archive} is damaged`);
  const start = entry.headerAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  let crc = 0;
  let size = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const packed =
    entry.compressed === 0
      ? PassThrough.from([])
      : file.createReadStream({ start, end: start + entry.compressed - 1, autoClose: false });
  const unpack = entry.method === 8 ? createInflateRaw() : new PassThrough();
  await pipeline(packed, unpack, check, createWriteStream(target), { signal });
  if (crc !== entry.crc || size !== entry.size) {
    throw new Error(`${archive}: ${entry.name} is damaged (its CRC-32 or size is wrong)`);
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the zip archive is cut off');
  return buffer;
}
