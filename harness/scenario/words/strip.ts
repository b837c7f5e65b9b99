import { z } from 'zod';
import { appPods, appTier, proxyNames } from '../apps.ts';
import { contextHeaders } from '../context-headers.ts';
import { durationMs, strict } from './forms.ts';

/** A proxy of the sample application takes headers out of what it passes on, for a while. */
export const strip = strict({
  at: durationMs,
  strip: z.enum(proxyNames),
  headers: z.array(z.enum(contextHeaders)).min(1).optional(),
  for: durationMs,
}).transform((written) => ({
  kind: 'strip' as const,
  atMs: written.at,
  // One program has both entries.
  target: { tier: appTier, ordinal: appPods.indexOf('ingress'), backend: undefined },
  proxy: written.strip,
  headers: written.headers ?? (['traceparent'] as const),
  forMs: written.for,
}));
