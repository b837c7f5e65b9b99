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
