import { atMost, exceptOf } from './except.ts';
import { count, strict } from './forms.ts';

/** At most so many were taken and never arrived. Without `spans` only log records are asked for. */
export const lost = strict({
  lost: strict({
    spans: count.optional(),
    logs: count.optional(),
    except: exceptOf(['held-by-killed', 'cut-by-restart']),
    atMost,
  }).refine(
    ({ spans, logs }) => spans !== undefined || logs !== undefined,
    'found neither spans nor logs, expected how many of them may be lost',
  ),
}).transform(({ lost: { spans, logs, except, atMost } }) => ({
  check: 'lost' as const,
  spans,
  logs: logs ?? 0,
  except,
  atMost,
}));
