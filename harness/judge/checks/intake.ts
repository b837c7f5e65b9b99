import { type Signal, signals } from '../../pipeline/types.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { taken } from '../ledger/arrival.ts';
import { furthestStep } from '../ledger/bucket.ts';
import type { Watcher } from '../watch.ts';

/**
 * A check that finds nothing wrong with items proves nothing where no process took in any span, or
 * any of the log records that were planned, or of the metric points where it looks at them:
 * unknown, never pass.
 *
 * @param nothing what that leaves the check with: `nothing to lose`
 * @param asked signals that it looks at
 */
export function provedByIntake(
  check: Watcher,
  nothing: string,
  asked: readonly Signal[] = signals,
): Watcher {
  const tookIn = { spans: false, logs: false, points: false };
  let plannedLogs = false;
  let plannedPoints = false;
  return {
    get openedBy() {
      return check.openedBy;
    },
    trace: (trace) => {
      tookIn.spans ||= trace.account.spans.some(wasTaken);
      check.trace?.(trace);
    },
    log: (log) => {
      plannedLogs = true;
      tookIn.logs ||= wasTaken(log.account);
      check.log?.(log);
    },
    ...(check.point
      ? {
          point: (account: ItemAccount) => {
            plannedPoints = true;
            tookIn.points ||= wasTaken(account);
            check.point?.(account);
          },
        }
      : {}),
    finish: async () => {
      const result = await check.finish();
      const without = [
        ...(tookIn.spans || !asked.includes('traces') ? [] : ['no span']),
        ...(tookIn.logs || !plannedLogs ? [] : ['no log record']),
        ...(tookIn.points || !plannedPoints ? [] : ['no metric point']),
      ];
      if (without.length === 0) return result;
      return {
        ...result,
        verdict: result.verdict === 'pass' ? 'unknown' : result.verdict,
        observed: `${result.observed}; ${without.join(' and ')} was taken in: ${nothing}`,
      };
    },
  };
}

const wasTaken = ({ view }: ItemAccount): boolean =>
  furthestStep(view) >= 0 || taken(view.deliveries).length > 0;
