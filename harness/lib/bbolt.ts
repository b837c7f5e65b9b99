/**
 * Reads a bbolt database (go.etcd.io/bbolt v1.4.3, internal/common/page.go, meta.go, bucket.go) as
 * a killed process left it. Pages: header { id, flags, count, overflow }, then elements, then keys
 * and values. A file is evidence that may be cut off or damaged: nothing of it is believed.
 */

/** Bytes that are no whole database. */
export class BboltError extends Error {
  override name = 'BboltError';
}

const headerBytes = 16;
const elementBytes = 16;
const metaBytes = 64;
const checksumAt = 56;
const magic = 0xed0cdaed;
const version = 2;
const flag = { branch: 1, leaf: 2, meta: 4 } as const;
const bucketEntry = 1;

interface Meta {
  readonly pageBytes: number;
  readonly rootPage: number;
  /** Pages below this one are in use. */
  readonly usedPages: number;
  readonly transaction: bigint;
}

/** Where a page's elements stand: a page of its own, or one within a bucket's entry. */
interface Page {
  readonly bytes: Buffer;
  readonly flags: number;
  readonly count: number;
}

/**
 * The entries of a bucket at the top, by their keys (as latin1).
 * @throws BboltError where the file is cut off or damaged, or has no such bucket
 */
export function readBucket(file: Buffer, bucket: string): Map<string, Buffer> {
  const meta = latestMeta(file);
  const leastBytes = meta.usedPages * meta.pageBytes;
  if (file.length < leastBytes) {
    throw new BboltError(`cut off: it has ${file.length} bytes, its pages take ${leastBytes}`);
  }
  const visit = visitor(file, meta);
  let found: Buffer | undefined;
  visit(pageAt(file, meta, meta.rootPage), (key, value, flags) => {
    if (key === bucket && flags & bucketEntry) found = value;
  });
  if (!found || found.length < headerBytes) throw new BboltError(`it has no bucket "${bucket}"`);
  const root = toNumber(found.readBigUInt64LE(0));
  const page = root === 0 ? toPage(found.subarray(headerBytes)) : pageAt(file, meta, root);
  const entries = new Map<string, Buffer>();
  visit(page, (key, value) => entries.set(key, value));
  return entries;
}

/** Of the two meta pages the whole one of the later transaction: the other is being written. */
function latestMeta(file: Buffer): Meta {
  const first = readMeta(file, 0);
  // The second stands one page behind the first, whose size only they tell.
  const sizes = first ? [first.pageBytes] : [4_096, 8_192, 16_384, 65_536];
  const second = sizes.map((pageBytes) => readMeta(file, pageBytes)).find((meta) => meta);
  const metas = [first, second].filter((meta) => meta !== undefined);
  const latest = metas.sort((a, b) => (a.transaction < b.transaction ? 1 : -1))[0];
  if (!latest) throw new BboltError('it has no whole meta page');
  return latest;
}

function readMeta(file: Buffer, at: number): Meta | undefined {
  const meta = file.subarray(at + headerBytes, at + headerBytes + metaBytes);
  if (meta.length < metaBytes) return undefined;
  const isOne = meta.readUInt32LE(0) === magic && meta.readUInt32LE(4) === version;
  if (!isOne || meta.readBigUInt64LE(checksumAt) !== fnv1a64(meta.subarray(0, checksumAt))) {
    return undefined;
  }
  const pageBytes = meta.readUInt32LE(8);
  if (pageBytes < headerBytes + metaBytes) return undefined;
  return {
    pageBytes,
    rootPage: toNumber(meta.readBigUInt64LE(16)),
    usedPages: toNumber(meta.readBigUInt64LE(40)),
    transaction: meta.readBigUInt64LE(48),
  };
}

/** FNV-1a, 64 bits. */
function fnv1a64(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

function pageAt(file: Buffer, { pageBytes, usedPages }: Meta, id: number): Page {
  if (id >= usedPages) throw new BboltError(`page ${id} is none of its ${usedPages}`);
  const start = id * pageBytes;
  if (toNumber(file.readBigUInt64LE(start)) !== id) throw new BboltError(`page ${id} is another`);
  const pages = 1 + file.readUInt32LE(start + 12);
  if (id + pages > usedPages) throw new BboltError(`page ${id} goes on behind the last`);
  return toPage(file.subarray(start, start + pages * pageBytes));
}

function toPage(bytes: Buffer): Page {
  if (bytes.length < headerBytes) throw new BboltError('a page is cut off');
  return { bytes, flags: bytes.readUInt16LE(8), count: bytes.readUInt16LE(10) };
}

type Take = (key: string, value: Buffer, flags: number) => void;

/** Walks the pages of a bucket; one that comes again would have no end. */
function visitor(file: Buffer, meta: Meta) {
  const seen = new Set<number>();
  const visit = (page: Page, take: Take): void => {
    const { bytes, flags, count } = page;
    if (headerBytes + count * elementBytes > bytes.length) {
      throw new BboltError('a page has more elements than room');
    }
    for (let i = 0; i < count; i++) {
      const at = headerBytes + i * elementBytes;
      if (flags === flag.branch) {
        const child = toNumber(bytes.readBigUInt64LE(at + 8));
        if (seen.has(child)) throw new BboltError(`page ${child} is met twice`);
        seen.add(child);
        visit(pageAt(file, meta, child), take);
      } else if (flags === flag.leaf) {
        takeLeaf(bytes, at, take);
      } else {
        throw new BboltError(`a page of kind ${flags} stands where entries should`);
      }
    }
  };
  return visit;
}

function takeLeaf(bytes: Buffer, at: number, take: Take): void {
  const keyAt = at + bytes.readUInt32LE(at + 4);
  const valueAt = keyAt + bytes.readUInt32LE(at + 8);
  const end = valueAt + bytes.readUInt32LE(at + 12);
  if (end > bytes.length) throw new BboltError('an entry goes on behind its page');
  const key = bytes.toString('latin1', keyAt, valueAt);
  take(key, bytes.subarray(valueAt, end), bytes.readUInt32LE(at));
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new BboltError(`${value} is no number of a page`);
  return number;
}
