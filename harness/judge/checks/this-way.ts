import { isElsewhere } from '../ledger/account.ts';
import type { Watcher } from '../watch.ts';

/**
 * Asks a check of a class on one of several ways only for the traces that go this way. Where none
 * does, another way is to answer for the class.
 */
export function askedThisWay(check: Watcher, className: string): Watcher {
  let traces = 0;
  return {
    ...check,
    isOfNothing: () => traces === 0,
    trace: (watched) => {
      const { trace, spans } = watched.account;
      if (trace.className !== className || spans.every(isElsewhere)) return;
      traces++;
      check.trace?.(watched);
    },
  };
}
