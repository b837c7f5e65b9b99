import { z } from 'zod';
import { strict } from './forms.ts';

const rule = strict({ alert: z.string() });

/** A rule of the pipeline's own fired at some moment, and not for what was so before the load. */
export const alerted = strict({ alerted: rule }).transform((written) => ({
  check: 'alerted' as const,
  ...written.alerted,
}));

/** It never fired, though it could have. */
export const notAlerted = strict({ notAlerted: rule }).transform((written) => ({
  check: 'notAlerted' as const,
  ...written.notAlerted,
}));
