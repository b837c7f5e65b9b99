import type { RawRun } from '../raw.ts';
import type { Doubt, RecorderFact } from '../types.ts';
import type { Journaled } from './journal.ts';

/** The tap's clock may drift from the bench's that long within a run. */
const grainMs = 1_000;

/** A record begins while the pipeline starts and ends as the collectors have stopped. */
export function contradictRecorders(
  recorders: readonly RecorderFact[],
  raw: RawRun,
  journal: Journaled,
): Doubt[] {
  const startedMs = Number(journal.of('plan').atMs) - grainMs;
  const closedMs = Number(journal.of('recorded').atMs) + grainMs;
  return recorders.flatMap(({ name, number, fromMs, toMs, complete, defect }): Doubt[] => {
    const file = raw.tapFiles[number]?.file ?? name;
    if (!complete) return [{ file, what: `is no whole record: ${defect}` }];
    if (fromMs === undefined || toMs === undefined) return [];
    const isOff = fromMs < startedMs || toMs > closedMs || toMs < raw.endMs - grainMs;
    return isOff ? [{ file, what: 'was recorded at other moments than the run' }] : [];
  });
}
