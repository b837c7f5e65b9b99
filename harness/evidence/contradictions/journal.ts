import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Doubt } from '../types.ts';

/** A line of the journal, as anybody may have left it. */
export type Entry = Readonly<Record<string, unknown>>;

const file = 'journal.jsonl';
const about = (what: string): Doubt => ({ file, what });
/** What each whole run writes once. */
const once = ['plan', 'blocks', 'load ended', 'recorded', 'asked'] as const;
/** The wall clock of a run does not move against the monotonic one: such a run is refused. */
const clockMs = 1_000;

export interface Journaled {
  readonly entries: readonly Entry[];
  readonly doubts: readonly Doubt[];
  /** The first entry of an event; empty where there is none. */
  of(event: (typeof once)[number]): Entry;
}

/** Reads a whole run's journal; entries that are gone, came twice or changed places are doubts. */
export function readJournal(runFolder: string): Journaled {
  const path = join(runFolder, file);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  const entries = lines.map(parse);
  const count = (event: string): number => entries.filter((e) => e.event === event).length;
  return {
    entries,
    doubts: [
      ...entries.flatMap((entry, i) => doubtOf(entry, i, entries)),
      ...once.flatMap((event) =>
        count(event) === 1 ? [] : about(`says "${event}" ${count(event)} times, expected once`),
      ),
    ],
    of: (event) => entries.find((entry) => entry.event === event) ?? {},
  };
}

function parse(line: string): Entry {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Entry) : {};
  } catch {
    return {};
  }
}

function doubtOf(
  { entry, atMs, monotonicMs }: Entry,
  index: number,
  all: readonly Entry[],
): Doubt[] {
  if (entry !== index + 1) return [about(`line ${index + 1} is not entry ${index + 1}`)];
  if (typeof atMs !== 'number' || typeof monotonicMs !== 'number') {
    return [about(`entry ${index + 1} has no moment`)];
  }
  const before = Number(all[index - 1]?.monotonicMs ?? 0);
  const offset = Number(all[0]?.atMs) - Number(all[0]?.monotonicMs);
  const isOff = !(monotonicMs >= before) || !(Math.abs(atMs - monotonicMs - offset) < clockMs);
  return isOff ? [about(`entry ${index + 1} is at another moment than its clocks say`)] : [];
}
