import { z } from 'zod';
import { shown } from '../../lib/schema-issues.ts';

/** `gateway/1`, `gateway/*` or `gateway/random`. */
export interface Target {
  readonly tier: string;
  readonly ordinal: number | 'all' | 'random';
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
