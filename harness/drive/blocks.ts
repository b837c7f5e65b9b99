import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { SpanForm } from '../lib/span-forms.ts';
import { createEncoder } from '../plan/encode.ts';
import {
  connectionsPerPod,
  type Plan,
  type PlannedBlock,
  type PlannedSignal,
} from '../plan/types.ts';
import { codecs } from './forms/index.ts';
import { writeUsers } from './users.ts';

/** For each block `[part, offset, length, dueMs, url]`. */
export type BlockIndex = readonly (readonly [number, number, number, number, number])[];

/** A plan's blocks in a folder of their own: numbered parts, and the index that k6 reads. */
export interface BlockFiles {
  readonly folder: string;
  readonly parts: number;
  readonly bytes: number;
  /** Each block as it is: gRPC frames what it sends itself. Else each is compressed (zstd). */
  readonly isPlain: boolean;
  /** In which form a block is, by its number; undefined of one by OTLP. */
  readonly formOf: (block: number) => SpanForm | undefined;
  readonly index: BlockIndex;
}

export interface BlockContext {
  readonly startMs: number;
  readonly addressOfPod: readonly string[];
  /** What the load's URLs are numbered by; matters only to whoever sends the blocks. */
  readonly entries?: Readonly<Record<PlannedSignal, UrlNumbers>>;
  /** For a load over gRPC. */
  readonly isPlain?: boolean;
  /** In which form spans go in; undefined where by OTLP. */
  readonly form?: SpanForm | undefined;
}

/** The URLs of one signal: what each stands for, and the number of the first. */
export interface UrlNumbers {
  readonly by: 'node' | 'connection' | 'pod';
  readonly first: number;
}
/** k6 reads a file through buffers that grow: small ones cost it a third of one large one. */
const partBytes = 4 << 20;
/** k6 holds and copies each block several times: a seventh of the bytes halves its work. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** So many spans are written at least, on a busy machine too; another form is made of OTLP's. */
export const spansPerMsOf = ({ form }: Pick<BlockContext, 'form'>): number => (form ? 10 : 300);

const partFile = (folder: string, part: number): string => join(folder, `${part}.bin`);

/**
 * Writes the plan's blocks, each compressed (zstd) unless they shall be plain, one after another
 * into parts, and an index for k6: for each block `[part, offset, length, dueMs, url]`, and how
 * many fall due in each second. Users' requests lie beside them.
 *
 * @param folder is made
 */
export function writeBlocks(plan: Plan, context: BlockContext, folder: string): BlockFiles {
  mkdirSync(folder, { recursive: true });
  const { isPlain = false } = context;
  const formOf = formsOf(plan, context);
  const encoder = createEncoder(plan, context);
  const buffer = Buffer.allocUnsafe(partBytes);
  let plain = Buffer.allocUnsafe(64 << 10);
  let used = 0;
  let bytes = 0;
  let parts = 0;
  const flush = (): void => {
    writeFileSync(partFile(folder, parts), buffer.subarray(0, used));
    parts++;
    bytes += used;
    used = 0;
  };
  const append = (packed: Buffer): void => {
    if (used > 0 && used + packed.length > partBytes) flush();
    used += packed.copy(buffer, used);
  };
  const index = plan.blocks.map((block): BlockIndex[number] => {
    const size = encoder.size(block);
    if (size > plain.length) plain = Buffer.allocUnsafe(2 * size);
    const otlp = plain.subarray(0, encoder.write(block, plain, 0));
    const form = formOf(block.index);
    const written = form ? codecs[form].write(otlp) : otlp;
    const packed = isPlain ? written : zstdCompressSync(written, compression);
    append(packed);
    const url = urlOf(plan, block, context.entries?.[block.signal]);
    return [parts, used - packed.length, packed.length, block.sendAtMs, url];
  });
  flush();
  const perSecond = blocksPerSecond(plan);
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ blocks: index, perSecond }));
  if (plan.users) writeUsers(plan.users, folder);
  return { folder, parts, bytes, isPlain, formOf, index };
}

/** Spans are what other tracers send, where the load goes in so. */
const formsOf =
  ({ blocks }: Plan, { form }: BlockContext): BlockFiles['formOf'] =>
  (block) =>
    blocks[block]?.signal === 'traces' ? form : undefined;

/** The number of the URL that a block goes to. */
const urlOf = (
  { pods }: Plan,
  block: PlannedBlock,
  { by, first }: UrlNumbers = { by: 'node', first: 0 },
): number =>
  first +
  (by === 'pod'
    ? block.pod
    : by === 'connection'
      ? block.pod * connectionsPerPod + (block.connection ?? 0)
      : (pods[block.pod]?.node ?? 0));

/** Reads blocks back; fastest in the order in which they were written. */
export interface BlockReader extends Disposable {
  /**
   * The bytes of a block as OTLP; empty where the index has none of that number. Of what goes in in
   * another form it is what the receiver makes of it: that is what enters.
   */
  read(block: number): Buffer;
}

export function createBlockReader({
  folder,
  index,
  isPlain,
  formOf,
}: Pick<BlockFiles, 'folder' | 'index' | 'isPlain' | 'formOf'>): BlockReader {
  let opened: { readonly part: number; readonly handle: number } | undefined;
  const close = (): void => {
    if (opened) closeSync(opened.handle);
    opened = undefined;
  };
  return {
    read: (block) => {
      const [part, offset, length] = index[block] ?? [0, 0, 0];
      if (opened?.part !== part) {
        close();
        opened = { part, handle: openSync(partFile(folder, part), 'r') };
      }
      const bytes = Buffer.allocUnsafe(length);
      readSync(opened.handle, bytes, 0, length, offset);
      const written = length === 0 || isPlain ? bytes : zstdDecompressSync(bytes);
      const form = length > 0 ? formOf(block) : undefined;
      return form ? codecs[form].read(written) : written;
    },
    [Symbol.dispose]: close,
  };
}

/** The same blocks, each encoded when it is asked for. */
export function encodeBlocks(plan: Plan, context: BlockContext): BlockReader {
  const encoder = createEncoder(plan, context);
  const formOf = formsOf(plan, context);
  return {
    read: (index) => {
      const block = plan.blocks[index];
      const bytes = Buffer.allocUnsafe(block ? encoder.size(block) : 0);
      const written = block ? bytes.subarray(0, encoder.write(block, bytes, 0)) : bytes;
      const form = block && formOf(index);
      return form ? codecs[form].read(codecs[form].write(written)) : written;
    },
    [Symbol.dispose]: () => undefined,
  };
}

function blocksPerSecond(plan: Plan): number[] {
  const counts = new Array<number>(Math.ceil(plan.loadMs / 1_000) + 1).fill(0);
  for (const { sendAtMs } of plan.blocks) {
    const second = Math.floor(sendAtMs / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
