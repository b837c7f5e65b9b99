import { compareDelivered, type DeliveredDifference } from './evidence/delivered.ts';
import {
  type BucketDifference,
  type CheckDifference,
  compareBuckets,
  compareChecks,
  filledBuckets,
} from './judge/compare.ts';
import type { Verdict } from './judge/types.ts';
import { makeReadable } from './judge-folder.ts';
import { UserError } from './lib/errors.ts';
import { readVerdict } from './run-verdict.ts';

export type { DeliveredItem } from './evidence/delivered.ts';

/** Two stored runs of one plan beside each other. */
export interface Comparison {
  readonly left: Verdict;
  readonly right: Verdict;
  readonly delivered: DeliveredDifference;
  readonly checks: readonly CheckDifference[];
  readonly buckets: readonly BucketDifference[];
  /** Buckets of either run that hold anything. */
  readonly filled: number;
}

/**
 * Compares what two runs delivered, by identity, and what each bucket holds.
 * @throws UserError for runs of different plans: their ids have nothing in common
 */
export async function compareFolders(leftFolder: string, rightFolder: string): Promise<Comparison> {
  const left = readVerdict(leftFolder);
  const right = readVerdict(rightFolder);
  if (left.planHash !== right.planHash) {
    throw new UserError(
      `${leftFolder} and ${rightFolder} have different plans. Hint: compare runs of one scenario ` +
        'with one --seed',
    );
  }
  for (const folder of [leftFolder, rightFolder]) await makeReadable(folder);
  return {
    left,
    right,
    delivered: await compareDelivered(leftFolder, rightFolder),
    checks: compareChecks(left, right),
    buckets: compareBuckets(left, right),
    filled: filledBuckets(left, right),
  };
}
