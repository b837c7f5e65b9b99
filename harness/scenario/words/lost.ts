import { backendName, signalsNamed } from './at.ts';
import { atMost, exceptOf } from './except.ts';
import { count, strict } from './forms.ts';

/**
 * At most so many were taken and never arrived. Without `spans` only log records are asked for,
 * with `metricPoints` those as well.
 */
export const lost = strict({
  lost: strict({
    spans: count.optional(),
    logs: count.optional(),
    metricPoints: count.optional(),
    at: backendName,
    except: exceptOf(['held-by-killed', 'cut-by-restart', 'scrape-missed']),
    atMost,
  }).refine(
    ({ spans, logs, metricPoints }) => [spans, logs, metricPoints].some((n) => n !== undefined),
    'found neither spans nor logs nor metricPoints, expected how many of them may be lost',
  ),
}).transform(({ lost: { spans, logs, metricPoints, at, except, atMost } }) => ({
  check: 'lost' as const,
  spans,
  logs: logs ?? 0,
  metricPoints,
  at,
  /** With `at` these alone are looked at. */
  signals: signalsNamed({ spans, logs, metricPoints }),
  except,
  atMost,
}));
