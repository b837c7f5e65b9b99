import { isCalled } from '../../pipeline/called.ts';
import { isElsewhere, type TraceAccount } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { contradicts } from './promise.ts';

/** How many traces of a class there are, came whole, and might have but for what is open. */
export interface Tally {
  readonly traces: number;
  readonly kept: number;
  /** Not whole for a cause that is excepted, or that leaves open what the pipeline did. */
  readonly open: number;
}

/**
 * Whether a promised share can be true of what arrived: `open` where it hangs on the traces of
 * which nothing can be said. Each bound is taken against the accusation.
 */
export function refutedBy(
  { traces, kept, open }: Tally,
  share: number,
): 'too little' | 'too much' | 'open' | undefined {
  const tooLittle = (count: number): boolean =>
    count / traces < share && contradicts(count, traces, share);
  const tooMuch = (count: number): boolean =>
    count / traces > share && contradicts(count, traces, share);
  if (tooLittle(kept + open)) return 'too little';
  if (tooMuch(kept)) return 'too much';
  return tooLittle(kept) || tooMuch(kept + open) ? 'open' : undefined;
}

/** Whether a trace came but for what was sent late on purpose: everywhere, or where it is asked. */
export function arrivedAt(
  at: string | undefined,
  { pipeline, backendRecorders }: JudgeContext,
): (account: TraceAccount) => boolean {
  if (at === undefined) return ({ kept }) => kept;
  const meant = new Set(pipeline.backends.filter((b) => isCalled(b, at)).map(({ id }) => id));
  return ({ spans }) => {
    const onTime = spans.filter((span) => !span.view.item.late && !isElsewhere(span));
    const came = ({ view }: (typeof spans)[number]): boolean =>
      view.deliveries.some(({ kind, backend }) => kind === 'ok' && meant.has(backend ?? ''));
    return backendRecorders.traces.size > 0 && onTime.length > 0 && onTime.every(came);
  };
}
