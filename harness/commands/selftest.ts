import { goneWithinMs, killOnce, type Victim, victims } from '../selftest/kills.ts';
import { killOnKind } from '../selftest/kind-kills.ts';
import { Interrupted } from '../shell/budget.ts';

const processes = Object.keys(victims) as Victim[];
/** What can be killed: processes, or all of a run on kind, behind which the bench cleans up. */
export const victimNames = [...processes, 'kind' as const];

export interface SelftestOptions {
  readonly kills: number;
  readonly seed: number;
  /** All processes where none is named. */
  readonly only?: readonly (typeof victimNames)[number][];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Kills each process of the bench so many times at seeded moments; 0 when nothing ever stayed.
 * @throws Interrupted behind the kill at which it was asked to stop
 */
export async function selftestCommand(
  { kills, seed, only, environment, signal }: SelftestOptions,
  write: (text: string) => void,
): Promise<number> {
  let failed = 0;
  for (const victim of only ?? processes) {
    if (victim === 'kind') {
      failed += await killRunsOnKind({ kills, seed, environment, signal }, write);
      continue;
    }
    const times: number[] = [];
    for (let i = 0; i < kills; i++) {
      if (signal.aborted) throw new Interrupted('interrupted between kills');
      const result = await killOnce(victim, seed + i, environment);
      if (result.goneAfterMs === undefined) {
        failed++;
        write(
          `  ${victim} killed after ${result.killedAfterMs} ms, left: ${result.left.join('; ')}\n`,
        );
      } else times.push(result.goneAfterMs);
    }
    const slowest = times.length > 0 ? Math.max(...times) : 0;
    write(
      `${victim.padEnd(8)} ${times.length} of ${kills} kills: everything gone, the slowest after ${slowest} ms\n`,
    );
  }
  // Behind a run on kind the bench cleans up, however long that takes.
  const within = only?.every((victim) => victim === 'kind') ? '' : `: within ${goneWithinMs} ms`;
  write(`${failed === 0 ? 'ok' : `FAILED ${failed}`}${within}\n`);
  return failed === 0 ? 0 : 1;
}

/** @returns behind how many something stayed */
async function killRunsOnKind(
  { kills, seed, environment, signal }: Omit<SelftestOptions, 'only'>,
  write: (text: string) => void,
): Promise<number> {
  let failed = 0;
  for (let i = 0; i < kills; i++) {
    if (signal.aborted) throw new Interrupted('interrupted between kills');
    const { killedAfterMs, cleanedInMs, left } = await killOnKind(seed + i, environment);
    const what = left.length === 0 ? 'nothing left' : `left: ${left.join('; ')}`;
    write(`kind     killed after ${killedAfterMs} ms, cleaned up in ${cleanedInMs} ms: ${what}\n`);
    if (left.length > 0) failed++;
  }
  return failed;
}
