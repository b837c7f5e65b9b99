import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { isFile } from '../shell/digest.ts';
import { type Cells, createTable, type Database } from './database.ts';
import type { Dictionaries } from './dictionary.ts';
import { type TapInput, tableTap } from './ingest-taps.ts';
import { metContents } from './join-seen.ts';
import { createSeries, type SeriesPods } from './points.ts';
import { type SeenWriters, seenTables } from './seen-tables.ts';
import { joinParts, type MetKind, metKinds, type TapRead } from './tap-read.ts';
import type { TapMessage, TapWork } from './tap-thread.ts';

/** Some 400,000 spans: with less a thread takes more, until it is warm, than it spares. */
const threadsFromBytes = 256 << 20;
/** For young objects: with as much as this process has threads would take a fifth of it all. */
const threadSemiSpaceMb = 8;
/** What they hand on this one takes in beside them. */
const mostThreads = Math.min(2, availableParallelism());

/**
 * Tables what the taps recorded. Large records are read by threads of their own, while this one
 * goes on with what else there is; what comes of it does not hang on that.
 *
 * @param fromBytes how much there must be for threads
 * @returns by tap, in their order
 */
export async function tableTaps(
  database: Database,
  taps: readonly TapInput[],
  pods: SeriesPods,
  fromBytes = threadsFromBytes,
): Promise<TapRead[]> {
  const own = await database.beside();
  const writers = {
    seen: await createTable(own, 'seen', seenTables.seen),
    seen_points: await createTable(own, 'seen_points', seenTables.seen_points),
    requests: await createTable(own, 'requests', seenTables.requests),
  };
  const bytes = taps.reduce((sum, { file }) => sum + (isFile(file) ? statSync(file).size : 0), 0);
  const read = bytes < fromBytes ? tableHere : tableInThreads;
  const found = await read(taps, writers, pods);
  for (const writer of Object.values(writers)) writer.close();
  own.close();
  return taps.map(({ number, name }) => {
    const one = found.get(number);
    if (!one) throw new Error(`the record of ${name} was not read to its end`);
    return one;
  });
}

type Found = ReadonlyMap<number, TapRead>;

async function tableHere(
  taps: readonly TapInput[],
  writers: SeenWriters,
  pods: SeriesPods,
): Promise<Found> {
  const found = new Map<number, TapRead>();
  for (const tap of taps) {
    found.set(tap.number, tableTap(tap, writers, createSeries({ pods })));
    // Lets a Ctrl-C through between files.
    await breathe();
  }
  return found;
}

async function tableInThreads(
  taps: readonly TapInput[],
  writers: SeenWriters,
  pods: SeriesPods,
): Promise<Found> {
  // A limit of their own would not count beside the option by which this process was started.
  setFlagsFromString(`--max-semi-space-size=${threadSemiSpaceMb}`);
  // Of each record its share: most are small, and one may be as large as all others.
  const parts = await Promise.all(
    Array.from({ length: mostThreads }, (_, index) =>
      runThread({ taps, pods, part: { index, of: mostThreads } }, writers),
    ),
  );
  const read = taps.flatMap(({ number }) => {
    const [first, ...others] = parts.flatMap((found) => found.get(number) ?? []);
    return first && others.length === mostThreads - 1
      ? [[number, joinParts([first, ...others])] as const]
      : [];
  });
  return new Map(read);
}

async function runThread(work: Omit<TapWork, 'underWay'>, writers: SeenWriters): Promise<Found> {
  const found = new Map<number, TapRead>();
  const underWay = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const count = new Int32Array(underWay);
  const thread = new Worker(new URL('./tap-thread.ts', import.meta.url), {
    workerData: { ...work, underWay } satisfies TapWork,
  });
  const take = (message: TapMessage): void => {
    if ('read' in message) found.set(message.number, message.read);
    else writers[message.table].addRows(message.cells as readonly Cells[], message.rows);
    Atomics.sub(count, 0, 1);
    Atomics.notify(count, 0);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on('message', (message: TapMessage) => {
        try {
          take(message);
        } catch (error) {
          reject(error);
        }
      });
      thread.once('error', reject);
      thread.once('exit', () => resolve());
    });
  } finally {
    await thread.terminate();
  }
  return found;
}

/**
 * Numbers what the taps' items carry, tap by tap, as if all had been read one after the other, and
 * tables which number each tap's own became.
 */
export async function numberMet(
  database: Database,
  read: readonly TapRead[],
  dictionaries: Dictionaries,
): Promise<void> {
  const table = await createTable(database, metContents, {
    kind: 'text',
    recorder: 'count',
    met: 'count',
    number: 'count',
  });
  for (const [recorder, { met }] of read.entries()) {
    for (const kind of Object.keys(metKinds) as MetKind[]) {
      const dictionary = dictionaries[metKinds[kind]];
      for (const content of met[kind]) {
        const number = dictionary.numberOf(content.key, () => content.value);
        table.add(kind, recorder, content.met, number);
      }
    }
  }
  table.close();
}
