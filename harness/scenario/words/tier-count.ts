import { z } from 'zod';
import { count, strict } from './forms.ts';

/** `2`, or `{ tier: gateway, count: 2 }`; without a tier all are counted together. */
export const tierCount = z
  .union([count, strict({ tier: z.string().optional(), count })])
  .transform((written) =>
    typeof written === 'number'
      ? { tier: undefined, count: written }
      : { tier: written.tier, count: written.count },
  );
