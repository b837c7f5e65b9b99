import { backendName, namesSpansOrPlace, signalsNamed } from './at.ts';
import { count, strict } from './forms.ts';

/** At most so many differ from what was planned. */
export const altered = strict({
  altered: strict({
    spans: count.optional(),
    logs: count.optional(),
    at: backendName,
  }).refine(namesSpansOrPlace, 'found no spans, expected how many of them may be altered'),
}).transform(({ altered: { spans, logs, at } }) => ({
  check: 'altered' as const,
  spans: spans ?? 0,
  logs: logs ?? 0,
  at,
  signals: signalsNamed({ spans, logs }),
}));
