import type { Signal } from '../../pipeline/types.ts';
import type { Watcher } from '../watch.ts';

/** An expectation that may name one backend, and the signals that it looks at there. */
export interface Asking {
  readonly at?: string | undefined;
  /** Undefined: of traces. */
  readonly signals?: readonly Signal[];
}

/** Asks a check of one backend: it sees what leads there alone, and is told by it. */
export function askedAtOne(check: Watcher, { at, signals = ['traces'] }: Asking): Watcher {
  if (at === undefined) return check;
  const { trace, log, point, ...rest } = check;
  return {
    ...rest,
    get openedBy() {
      return check.openedBy;
    },
    ...(trace && signals.includes('traces') ? { trace } : {}),
    ...(log && signals.includes('logs') ? { log } : {}),
    ...(point && signals.includes('metrics') ? { point } : {}),
    finish: async () => {
      const result = await check.finish();
      return { ...result, subject: `${result.subject} at ${at}`.trim() };
    },
  };
}
