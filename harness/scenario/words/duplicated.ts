import { atMost, exceptOf } from './except.ts';
import { count, strict } from './forms.ts';

/**
 * At most so many were taken more than once; metric points, by a target that several collectors
 * scrape.
 */
export const duplicated = strict({
  duplicated: strict({
    spans: count,
    logs: count.optional(),
    metricPoints: count.optional(),
    except: exceptOf(['repeated-after-break', 'read-again']),
    atMost,
  }),
}).transform(({ duplicated: { spans, logs, metricPoints, except, atMost } }) => ({
  check: 'duplicated' as const,
  spans,
  logs: logs ?? 0,
  ...(metricPoints === undefined ? {} : { metricPoints }),
  except,
  atMost,
}));
