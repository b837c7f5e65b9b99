import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { type Comparison, compareFolders, type DeliveredItem } from '../compare-folders.ts';
import type { Verdict } from '../judge/types.ts';
import { UserError } from '../lib/errors.ts';
import { formatCount } from '../lib/units.ts';
import { findRun } from '../runs.ts';
import { exitCodes } from './done.ts';
import type { Host } from './host.ts';

const shownItems = 10;

/**
 * `bench compare <run> <run>`: whether two runs of one plan delivered the same spans and log
 * records, by identity, filled every bucket alike, and came to the same in each check, wherever
 * they ran and on whatever collector.
 * @returns 0 where they did, 1 where they did not, 2 where what they delivered is not known
 * @throws UserError for one run with itself
 */
export async function compareCommand(
  references: { readonly left: string; readonly right: string },
  { reportsFolder, write }: Pick<Host, 'reportsFolder' | 'write'>,
): Promise<number> {
  const left = findRun(references.left, reportsFolder);
  const right = findRun(references.right, reportsFolder);
  if (realpathSync(left) === realpathSync(right)) {
    throw new UserError(`${left} is one run: it says nothing to compare it with itself`);
  }
  const comparison = await compareFolders(left, right);
  write(`left   ${describe(left, comparison.left)}\n`);
  write(`right  ${describe(right, comparison.right)}\n`);
  write(`${differences(comparison).join('\n')}\n`);
  return outcomeOf(comparison);
}

/** Runs that prove nothing prove nothing beside each other. */
export function outcomeOf({ left, right, checks, buckets, delivered }: Comparison): number {
  const count =
    checks.length + buckets.length + delivered.onlyLeft.length + delivered.onlyRight.length;
  const { both } = delivered;
  const isKnown = left.verdict !== 'unknown' && right.verdict !== 'unknown';
  if (!isKnown || (count === 0 && both.traces + both.logs === 0)) return exitCodes.unknown;
  return count === 0 ? exitCodes.pass : exitCodes.fail;
}

function describe(folder: string, { scenario, runtime, seed, verdict, versions }: Verdict): string {
  const version = versions['otelcol-contrib'];
  const ran = version === undefined ? runtime : `${runtime}, collector ${version}`;
  return `${scenario} (${ran}, seed ${seed}, ${verdict}) ${relative(process.cwd(), folder)}`;
}

function differences({ delivered, checks, buckets, filled }: Comparison): string[] {
  const { both, onlyLeft, onlyRight } = delivered;
  return [
    `${formatCount(both.traces)} spans and ${formatCount(both.logs)} log records delivered by both`,
    ...itemLines('left', onlyLeft),
    ...itemLines('right', onlyRight),
    ...checks.map(
      ({ check, left, right }) =>
        `${check}: ${left ?? 'not asked'} left, ${right ?? 'not asked'} right`,
    ),
    ...buckets.map(
      ({ bucket, left, right }) =>
        `${bucket}: ${formatCount(left)} left, ${formatCount(right)} right`,
    ),
    `${formatCount(filled - buckets.length)} buckets alike, ${formatCount(buckets.length)} not`,
  ];
}

function itemLines(side: string, items: readonly DeliveredItem[]): string[] {
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
