import type { Done } from './done.ts';

/**
 * Runs once more what did not pass. A run that failed and then passed is flaky, which is no pass;
 * one that proved nothing is decided by the other. @param again runs the same again
 */
export async function confirmed(first: Done, again: () => Promise<Done>): Promise<Done> {
  if (first.result !== 'fail' && first.result !== 'unknown') return first;
  const second = await again();
  const decided = { ...second, other: first.folder };
  if (first.result === 'unknown') return decided;
  // That it failed stands: what the second run did not show takes nothing from the first.
  if (second.result === 'pass') return { ...first, result: 'flaky', other: second.folder };
  return second.result === 'unknown' ? { ...first, other: second.folder } : decided;
}
