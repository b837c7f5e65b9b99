import type { ItemAccount } from '../ledger/account.ts';
import { taken } from '../ledger/arrival.ts';
import { furthestStep } from '../ledger/bucket.ts';
import type { Watcher } from '../watch.ts';

/**
 * A check that finds nothing wrong with items proves nothing where no process took in any span, or
 * any of the log records that were planned: unknown, never pass.
 *
 * @param nothing what that leaves the check with: `nothing to lose`
 */
export function provedByIntake(check: Watcher, nothing: string): Watcher {
  const tookIn = { spans: false, logs: false };
  let plannedLogs = false;
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
    finish: async () => {
      const result = await check.finish();
      const without = [
        ...(tookIn.spans ? [] : ['no span']),
        ...(tookIn.logs || !plannedLogs ? [] : ['no log record']),
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
