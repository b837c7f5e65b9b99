import type { Expectation } from './types.ts';
import type { AskedSignal } from './words/at.ts';

/** The one backend that an expectation names, and the signals that it looks at there. */
export interface AskedAt {
  readonly at: string;
  readonly signals: readonly AskedSignal[];
}

/** Undefined where an expectation is asked of each way. A class and a query are of traces. */
export function askedAt(expectation: Expectation): AskedAt | undefined {
  if (!('at' in expectation) || expectation.at === undefined) return undefined;
  const { at } = expectation;
  return { at, signals: 'signals' in expectation ? expectation.signals : ['traces'] };
}
