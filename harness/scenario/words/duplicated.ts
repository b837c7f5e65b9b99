import { atMost, exceptOf } from './except.ts';
import { count, strict } from './forms.ts';

/** At most so many were taken more than once. */
export const duplicated = strict({
  duplicated: strict({
    spans: count,
    logs: count.optional(),
    except: exceptOf(['repeated-after-break', 'read-again']),
    atMost,
  }),
}).transform(({ duplicated: { spans, logs, except, atMost } }) => ({
  check: 'duplicated' as const,
  spans,
  logs: logs ?? 0,
  except,
  atMost,
}));
