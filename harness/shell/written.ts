import type { Writable } from 'node:stream';

/**
 * Resolves when all that was said to these streams has gone out: a pipe takes it piece by piece, as
 * it is read, and a process that leaves sooner cuts it off.
 */
export async function written(...streams: readonly Writable[]): Promise<void> {
  for (const stream of streams) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}
