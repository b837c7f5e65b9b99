import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';

/** `gateway/1`, `gateway/*` or `gateway/random`. */
export interface Target {
  readonly tier: string;
  readonly ordinal: number | 'all' | 'random';
  /** Undefined where a tier's pods are meant. */
  readonly backend?: undefined;
}

/** `tempo`: a backend as a pipeline's exporters name it. */
export interface BackendTarget {
  /** As it is written: its host, the first label of that, or `host:port`. */
  readonly backend: string;
  /** Its kind, once the pipeline is known: the pod behind the tap is listed by it. */
  readonly tier: string;
  readonly ordinal: 0;
}

export const target = z
  .string()
  .regex(/^[a-z0-9-]+\/(\d+|\*|random)$/, {
    error: (issue) =>
      `found ${shown(issue.input)}, expected a target such as gateway/1, gateway/* or gateway/random`,
  })
  .transform((text): Target => {
    const [tier = '', ordinal = ''] = text.split('/');
    if (ordinal === '*') return { tier, ordinal: 'all' };
    if (ordinal === 'random') return { tier, ordinal: 'random' };
    return { tier, ordinal: Number(ordinal) };
  });

export const backendTarget = z
  .string({
    error: (issue) => `found ${shown(issue.input)}, expected a backend such as tempo`,
  })
  .min(1, { error: 'found "", expected a backend such as tempo' })
  .transform((backend): BackendTarget => ({ backend, tier: backend, ordinal: 0 }));
