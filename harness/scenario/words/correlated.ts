import { z } from 'zod';
import { count, share, strict } from './forms.ts';

/** Fewer clicks prove nothing. */
const usualAtLeast = 20;

/** Links between signals, followed as Grafana makes them: this share leads to what it should. */
export const correlated = strict({
  correlated: strict({
    link: z.enum(['trace-to-log', 'log-to-trace', 'exemplar-to-trace']),
    share,
    /** Of traces of this class alone. */
    class: z.string().optional(),
    atLeast: count.min(1).optional(),
  }),
}).transform(({ correlated: { link, share: wanted, class: className, atLeast } }) => ({
  check: 'correlated' as const,
  link,
  share: wanted,
  className,
  atLeast: atLeast ?? usualAtLeast,
}));
