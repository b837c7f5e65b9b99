import { count, strict } from './forms.ts';

/** At most so many differ from what was planned. */
export const altered = strict({
  altered: strict({ spans: count, logs: count.optional() }),
}).transform(({ altered: { spans, logs } }) => ({
  check: 'altered' as const,
  spans,
  logs: logs ?? 0,
}));
