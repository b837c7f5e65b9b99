import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that happened, in the order in which it did. */
export interface JournalEntry {
  /** Counts from 1: one that is gone is missed. */
  readonly entry: number;
  /** Wall clock, epoch milliseconds. */
  readonly atMs: number;
  /** Monotonic milliseconds since the bench started: shows when the wall clock was set. */
  readonly monotonicMs: number;
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** The run's append-only record: a crash at any point leaves what was written so far. */
export interface Journal {
  write(event: string, details?: Readonly<Record<string, unknown>>): void;
}

/** @param hide puts something else in the place of what must not be written down */
export function openJournal(
  runFolder: string,
  hide: (text: string) => string = (text) => text,
): Journal {
  const file = join(runFolder, 'journal.jsonl');
  let written = 0;
  return {
    write: (event, details = {}) => {
      const entry: JournalEntry = {
        entry: ++written,
        atMs: Date.now(),
        monotonicMs: performance.now(),
        event,
        ...details,
      };
      appendFileSync(file, `${hide(JSON.stringify(entry))}\n`);
    },
  };
}
