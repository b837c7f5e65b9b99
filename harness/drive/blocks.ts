import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { createEncoder } from '../plan/encode.ts';
import type { Plan } from '../plan/types.ts';

/** For each block `[offset, length, dueMs, url]`. */
export type BlockIndex = readonly (readonly [number, number, number, number])[];

export interface BlockFiles {
  readonly blocksFile: string;
  readonly indexFile: string;
  readonly bytes: number;
  readonly index: BlockIndex;
}

export interface BlockContext {
  readonly startMs: number;
  readonly addressOfPod: readonly string[];
}

/** Index of a block's URL: three signals a worker node. */
const urlSignals = ['traces', 'logs', 'metrics'] as const;
const bufferBytes = 8 << 20;

/**
 * Writes the plan's blocks one after another into one file, and an index for k6: for each block
 * `[offset, length, dueMs, url]`, and how many fall due in each second.
 */
export function writeBlocks(
  plan: Plan,
  context: BlockContext,
  files: { readonly blocksFile: string; readonly indexFile: string },
): BlockFiles {
  const encoder = createEncoder(plan, context);
  const handle = openSync(files.blocksFile, 'w');
  let buffer = Buffer.allocUnsafe(bufferBytes);
  let used = 0;
  let written = 0;
  const flush = (): void => {
    writeSync(handle, buffer, 0, used);
    written += used;
    used = 0;
  };
  const index = plan.blocks.map((block): BlockIndex[number] => {
    const size = encoder.size(block);
    if (used + size > buffer.length) flush();
    if (size > buffer.length) buffer = Buffer.allocUnsafe(size);
    const start = used;
    used = encoder.write(block, buffer, used);
    const url = 3 * (plan.pods[block.pod]?.node ?? 0) + urlSignals.indexOf(block.signal);
    return [written + start, used - start, block.sendAtMs, url];
  });
  flush();
  closeSync(handle);
  const perSecond = blocksPerSecond(plan);
  writeFileSync(files.indexFile, JSON.stringify({ blocks: index, perSecond }));
  return { ...files, bytes: written, index };
}

function blocksPerSecond(plan: Plan): number[] {
  const counts = new Array<number>(Math.ceil(plan.loadMs / 1_000) + 1).fill(0);
  for (const { sendAtMs } of plan.blocks) {
    const second = Math.floor(sendAtMs / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
