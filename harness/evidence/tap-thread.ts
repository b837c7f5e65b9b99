import { parentPort, workerData } from 'node:worker_threads';
import { writerOf } from './database.ts';
import { type TapInput, type TapPart, tableTap } from './ingest-taps.ts';
import { createSeries, type SeriesPods } from './points.ts';
import { type SeenTable, type SeenWriters, seenTables } from './seen-tables.ts';
import type { TapRead } from './tap-read.ts';

/** A thread of its own: reads a part of records, and hands on what is in them some rows a time. */
export interface TapWork {
  readonly taps: readonly TapInput[];
  readonly part: TapPart;
  readonly pods: SeriesPods;
  /** One number: how many rows are handed on that nobody took yet, by the thousand or so. */
  readonly underWay: SharedArrayBuffer;
}

/** What it hands on: rows of a table, or that its part of a tap's record was read to the end. */
export type TapMessage =
  | { readonly table: SeenTable; readonly cells: readonly unknown[]; readonly rows: number }
  | { readonly number: number; readonly read: TapRead };

/** So much waits at most to be taken: some megabytes. */
const mostUnderWay = 64;
const lookEveryMs = 1_000;

/** Waits while there is too much that nobody took. */
function handOn(underWay: Int32Array, message: TapMessage): void {
  for (;;) {
    const now = Atomics.load(underWay, 0);
    if (now < mostUnderWay) break;
    Atomics.wait(underWay, 0, now, lookEveryMs);
  }
  Atomics.add(underWay, 0, 1);
  parentPort?.postMessage(message);
}

const { taps, part, pods, underWay } = workerData as TapWork;
const count = new Int32Array(underWay);
const writers = Object.fromEntries(
  Object.entries(seenTables).map(([table, columns]) => [
    table,
    writerOf(columns, (cells, rows) => handOn(count, { table: table as SeenTable, cells, rows })),
  ]),
) as unknown as SeenWriters;
for (const tap of taps) {
  const read = tableTap(tap, writers, createSeries({ pods }), part);
  for (const writer of Object.values(writers)) writer.close();
  handOn(count, { number: tap.number, read });
}
