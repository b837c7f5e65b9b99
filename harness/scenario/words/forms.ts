import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';
import { parseDurationMs, parseQuantity, parseRatePerSecond, parseShare } from '../../lib/units.ts';

export { strict } from '../../lib/schema-issues.ts';

/** A text with a unit, turned into a number; the message says what is expected. */
function withUnit(parse: (text: string) => number | undefined, expected: string) {
  return z
    .union([z.string(), z.number()], {
      error: ({ input }) =>
        `${input === undefined ? 'missing' : `found ${shown(input)}`}, expected ${expected}`,
    })
    .transform((value, context) => {
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: 'custom',
        message: `found ${shown(value)}, expected ${expected}`,
      });
      return z.NEVER;
    });
}

/** A day: nobody waits longer for a run, and whoever writes more has slipped. */
export const mostDurationMs = 86_400_000;

const boundedMs = (text: string): number | undefined => {
  const parsed = parseDurationMs(text);
  return parsed !== undefined && parsed <= mostDurationMs ? parsed : undefined;
};

/** Milliseconds. */
export const durationMs = withUnit(
  boundedMs,
  'a duration with its unit, such as 250ms or 10s, at most 24h',
);
/** Milliseconds between one and the next of what comes again and again. */
export const intervalMs = withUnit(
  (text) => boundedMs(text) || undefined,
  'a duration above 0, such as 10s, at most 24h',
);
/** Bytes. */
export const size = withUnit(
  (text) => parseQuantity(text) || undefined,
  'a size as Kubernetes writes it, such as 256Ki',
);
/** In 0..1. */
export const share = withUnit(parseShare, 'a share with a percent sign, such as 5%');
/** A second. */
export const rate = withUnit(parseRatePerSecond, 'a rate such as 200/s');

export const count = z.int().min(0);
