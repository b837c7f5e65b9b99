import { goneWithinMs, killOnce, type Victim, victims } from '../selftest/kills.ts';
import { Interrupted } from '../shell/budget.ts';

/** The processes that can be killed. */
export const victimNames = Object.keys(victims) as Victim[];

export interface SelftestOptions {
  readonly kills: number;
  readonly seed: number;
  /** All where none is named. */
  readonly only?: readonly Victim[];
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
  for (const victim of only ?? victimNames) {
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
  write(`${failed === 0 ? 'ok' : `FAILED ${failed}`}: within ${goneWithinMs} ms\n`);
  return failed === 0 ? 0 : 1;
}
