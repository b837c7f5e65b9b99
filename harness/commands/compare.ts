import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  compareDelivered,
  type DeliveredDifference,
  type DeliveredItem,
} from '../evidence/delivered.ts';
import { compareBuckets, filledBuckets } from '../judge/compare.ts';
import type { Verdict } from '../judge/types.ts';
import { makeReadable } from '../judge-folder.ts';
import { UserError } from '../lib/errors.ts';
import { formatCount } from '../lib/units.ts';
import { findRun } from '../runs.ts';
import { exitCodes, type Host } from './scenario.ts';

const shownItems = 10;

/**
 * `bench compare <run> <run>`: whether two runs of one plan delivered the same spans and log records,
 * by identity, and filled every bucket alike, wherever they ran.
 * @returns 0 where they did, else 1
 * @throws UserError for runs of different plans: their ids have nothing in common
 */
export async function compareCommand(
  references: readonly [string, string],
  { reportsFolder, write }: Pick<Host, 'reportsFolder' | 'write'>,
): Promise<number> {
  const [left, right] = references.map((reference) => findRun(reference, reportsFolder)) as [
    string,
    string,
  ];
  const verdicts = { left: readVerdict(left), right: readVerdict(right) };
  if (verdicts.left.planHash !== verdicts.right.planHash) {
    throw new UserError(
      `${describe(left, verdicts.left)} and ${describe(right, verdicts.right)} have different ` +
        'plans. Hint: compare runs of one scenario with one --seed',
    );
  }
  for (const folder of [left, right]) await makeReadable(folder);
  const delivered = await compareDelivered(left, right);
  const buckets = compareBuckets(verdicts.left, verdicts.right);
  write(`left   ${describe(left, verdicts.left)}\nright  ${describe(right, verdicts.right)}\n`);
  write(renderDelivered(delivered));
  for (const { bucket, left: own, right: other } of buckets) {
    write(`${bucket}: ${formatCount(own)} left, ${formatCount(other)} right\n`);
  }
  const same = filledBuckets(verdicts.left, verdicts.right) - buckets.length;
  write(`${formatCount(same)} buckets alike, ${formatCount(buckets.length)} not\n`);
  const { onlyLeft, onlyRight } = delivered;
  const equal = buckets.length + onlyLeft.length + onlyRight.length === 0;
  return equal ? exitCodes.pass : exitCodes.fail;
}

function readVerdict(runFolder: string): Verdict {
  const file = join(runFolder, 'verdict.json');
  if (!existsSync(file)) {
    throw new UserError(`${runFolder} has no verdict. Hint: npm run bench -- judge ${runFolder}`);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Verdict;
}

const describe = (folder: string, { scenario, runtime, seed, verdict }: Verdict): string =>
  `${scenario} (${runtime}, seed ${seed}, ${verdict}) ${relative(process.cwd(), folder)}`;

function renderDelivered({ both, onlyLeft, onlyRight }: DeliveredDifference): string {
  const lines = [
    `${formatCount(both.traces)} spans and ${formatCount(both.logs)} log records delivered by both`,
    ...renderItems('left', onlyLeft),
    ...renderItems('right', onlyRight),
  ];
  return `${lines.join('\n')}\n`;
}

function renderItems(side: string, items: readonly DeliveredItem[]): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, shownItems).map(({ signal, traceId, spanId }) => {
    const what = signal === 'traces' ? 'span' : 'log record of span';
    return `  ${what} ${spanId} of trace ${traceId}`;
  });
  const rest = items.length - shown.length;
  return [
    `${formatCount(items.length)} delivered ${side} only:`,
    ...shown,
    ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : []),
  ];
}
