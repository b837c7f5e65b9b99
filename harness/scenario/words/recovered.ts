import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';
import { count, durationMs, strict } from './forms.ts';

const form = /^([a-z0-9-]+)\/(.+)$/;

/** `gateway/otlp_grpc/tempo`: an exporter of a tier. */
const exporterOfTier = z
  .string({
    error: ({ input }) =>
      `found ${shown(input)}, expected an exporter such as gateway/otlp_grpc/tempo`,
  })
  .regex(form, {
    error: ({ input }) =>
      `found ${shown(input)}, expected an exporter with its tier, such as gateway/otlp_grpc/tempo`,
  })
  .transform((text) => {
    const [, tier = '', exporter = ''] = form.exec(text) ?? [];
    return { tier, exporter };
  });

/** What an exporter had queued when its processes ended came to where it sends, all the same. */
export const recovered = strict({
  recovered: strict({
    at: exporterOfTier,
    /** Spans and log records that were queued then; fewer prove too little. */
    atLeast: count.min(1),
    lost: count.optional(),
    /** Came more than once. */
    doubled: count.optional(),
    /** Since the next process was ready. */
    within: durationMs.optional(),
  }),
}).transform(({ recovered: { at, atLeast, lost, doubled, within } }) => ({
  check: 'recovered' as const,
  ...at,
  atLeast,
  lost: lost ?? 0,
  doubled,
  withinMs: within,
}));
