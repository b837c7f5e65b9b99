import { share, strict } from './forms.ts';

/**
 * At least this share of what was sent came to every backend of its signal. Unlike `lost` it also
 * counts what the configuration itself drops or ends: a promise, not an absence of losses.
 */
export const delivered = strict({
  delivered: strict({ logs: share.optional(), metricPoints: share.optional() }).refine(
    ({ logs, metricPoints }) => logs !== undefined || metricPoints !== undefined,
    'found neither logs nor metricPoints, expected which share of them must be delivered',
  ),
}).transform(({ delivered: { logs, metricPoints } }) => ({
  check: 'delivered' as const,
  logs,
  metricPoints,
}));
