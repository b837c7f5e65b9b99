import { existsSync, readFileSync } from 'node:fs';
import { parseOutcome } from '../../drive/outcomes.ts';
import type { RawRun } from '../raw.ts';
import type { Doubt } from '../types.ts';
import type { Entry } from './journal.ts';

const about = (what: string): Doubt => ({ file: 'evidence/outcomes.log', what });
/** k6 and the bench read one clock, but not at once. */
const grainMs = 1_000;

/** The load's outcomes against themselves and against when the load was sent. */
export function contradictOutcomes(
  file: string,
  { startMs }: RawRun,
  ended: Entry,
  plannedBlocks: number,
): Doubt[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line.trim().startsWith('block'));
  const seen = new Set<number>();
  return lines.flatMap((line) => {
    const outcome = parseOutcome(line);
    if (!outcome) return about(`has a line that is no outcome: ${line.slice(0, 40)}`);
    const { block, sentMs, answeredMs, status, errorCode } = outcome;
    const isTwice = seen.has(block);
    seen.add(block);
    if (isTwice) return about(`has two outcomes of block ${block}`);
    if (block >= plannedBlocks) return about(`has an outcome of block ${block}, never planned`);
    // k6 gives each status that is no success, and each request without one, a code of its own.
    const isSuccess = status >= 200 && status < 300;
    const isStatus = status === 0 || (status >= 100 && status < 600);
    if (!isStatus || isSuccess !== (errorCode === 0)) {
      return about(`has block ${block} with status ${status} and error code ${errorCode}`);
    }
    const toMs = Number(ended.atMs) + grainMs;
    const isOff = answeredMs < sentMs || sentMs < startMs - grainMs || answeredMs > toMs;
    return isOff ? about(`has block ${block} at a moment when no load was sent`) : [];
  });
}
