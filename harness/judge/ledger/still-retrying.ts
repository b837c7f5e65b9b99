import type { DropLine } from '../../evidence/types.ts';
import type { Done, ItemAccount } from './account.ts';
import type { JudgeContext } from './context.ts';
import type { Incarnation } from './incarnations.ts';

/** It was on its way behind `hop` when the bench stopped the collectors: open, and never a loss. */
export const stillRetrying = (done: Done, hop: string, why: string): ItemAccount =>
  done(
    { kind: 'unexplained', hop, why, open: 'still-retrying' },
    { missing: true, indeterminate: true },
  );

/**
 * Why the bench's own stop may have cut an item's way short; undefined where it did not.
 *
 * @param holders the processes that had taken it
 * @param drop what the log of one says that dropped it
 * @param hadIt whether a process may have had it when it ended
 */
export function cutShort(
  { evidence: { facts } }: JudgeContext,
  holders: readonly Incarnation[],
  drop: DropLine | undefined,
  hadIt: (holder: Incarnation) => boolean,
): string | undefined {
  if (drop) {
    return drop.atMs >= facts.endMs
      ? `${drop.pod} was still trying to send it when the bench stopped the collectors`
      : undefined;
  }
  const holder = holders.find(
    (one) =>
      one.life.ending === 'stop' &&
      (facts.unsettled !== undefined || (one.ending === 'killed' && hadIt(one))),
  );
  return holder && `${holder.life.pod} may still have had it when the bench stopped the collectors`;
}
