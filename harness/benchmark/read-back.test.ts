import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createBlockReader, encodeBlocks, writeBlocks } from '../drive/blocks.ts';
import { understand } from '../prepare.ts';
import { sourceOf } from './source.ts';

it('blocks are the same read back, compressed or plain, and encoded again', () => {
  const text = `name: x
about: x
pipeline: two-tier
load: [{ traces: x, rate: 20/s, services: [a], shape: { spans: 3, depth: 2 } }]
phases: [{ for: 2s }]
expect: [{ lost: { spans: 0 } }]`;
  const { plan } = understand(sourceOf(text));
  const folder = mkdtempSync(join(tmpdir(), 'bench-blocks-'));
  try {
    const [packed, plain] = [false, true].map((isPlain) => {
      const context = { startMs: 1_000, addressOfPod: ['10.0.0.1'], isPlain };
      const files = writeBlocks(plan, context, join(folder, String(isPlain)));
      using reader = createBlockReader(files);
      return { files, blocks: plan.blocks.map((_, i) => reader.read(i).toString('hex')) };
    });
    expect(plain?.blocks).toEqual(packed?.blocks);
    const again = encodeBlocks(plan, { startMs: 1_000, addressOfPod: ['10.0.0.1'] });
    const blocks = plan.blocks.map((_, i) => again.read(i).toString('hex'));
    expect(blocks).toEqual(packed?.blocks);
    expect(plain?.blocks.every((block) => block.startsWith('0a'))).toBe(true);
    expect(plain?.files.bytes).toBeGreaterThan(packed?.files.bytes ?? 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
