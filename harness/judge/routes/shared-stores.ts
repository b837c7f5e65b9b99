import type { Pipeline } from '../../pipeline/types.ts';
import { findingsOf } from '../collect.ts';
import type { CheckResult } from '../types.ts';

/**
 * Stores of traces are one process in the bench, each behind a recorder of its own: which of them
 * showed a trace, and when, is not known where there are several.
 */
export function openSharedStores(
  { backends }: Pick<Pipeline, 'backends'>,
  results: readonly CheckResult[],
): CheckResult[] {
  const stores = backends.filter(
    ({ kind, signals }) => kind === 'tempo' && signals.includes('traces'),
  );
  if (stores.length < 2) return [...results];
  return results.map((result) => {
    if (result.name !== 'visible' || result.verdict === 'unknown') return result;
    const names = stores.map(({ host }) => host).join(' and ');
    const cause = `${names} are one Tempo in the bench: which of them showed a trace is not known`;
    const fix = 'ask it of a pipeline with one store, with set: or --set';
    const findings = findingsOf({ kind: 'evidence-missing', hop: 'load→query', cause, fix });
    return { ...result, verdict: 'unknown', findings };
  });
}
