import { z } from 'zod';

/** The backend that is meant; left out, each way is asked. */
export const backendName = z.string().optional();

export type AskedSignal = 'traces' | 'logs' | 'metrics';

interface Numbers {
  readonly spans?: number | undefined;
  readonly logs?: number | undefined;
  readonly metricPoints?: number | undefined;
}

/** The signals of which a number is given. */
export const signalsNamed = ({ spans, logs, metricPoints }: Numbers): readonly AskedSignal[] => [
  ...(spans === undefined ? [] : (['traces'] as const)),
  ...(logs === undefined ? [] : (['logs'] as const)),
  ...(metricPoints === undefined ? [] : (['metrics'] as const)),
];

/** Only of a backend, which may take no traces, there need be no number of spans. */
export const namesSpansOrPlace = ({ at, ...numbers }: Numbers & { at?: string | undefined }) =>
  numbers.spans !== undefined || (at !== undefined && signalsNamed(numbers).length > 0);
