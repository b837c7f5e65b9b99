import { backendName, namesSpansOrPlace, signalsNamed } from './at.ts';
import { atMost, exceptOf } from './except.ts';
import { count, strict } from './forms.ts';

/**
 * At most so many were taken more than once; metric points, by a target that several collectors
 * scrape.
 */
export const duplicated = strict({
  duplicated: strict({
    spans: count.optional(),
    logs: count.optional(),
    metricPoints: count.optional(),
    at: backendName,
    except: exceptOf(['repeated-after-break', 'read-again']),
    atMost,
  }).refine(namesSpansOrPlace, 'found no spans, expected how many of them may be doubled'),
}).transform(({ duplicated: { spans, logs, metricPoints, at, except, atMost } }) => ({
  check: 'duplicated' as const,
  spans: spans ?? 0,
  logs: logs ?? 0,
  ...(metricPoints === undefined ? {} : { metricPoints }),
  at,
  signals: signalsNamed({ spans, logs, metricPoints }),
  except,
  atMost,
}));
