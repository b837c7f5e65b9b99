import { z } from 'zod';
import { strict } from './forms.ts';

/** Always implied. */
export const unexplained = strict({
  unexplained: strict({ spans: z.literal(0) }),
}).transform(() => ({ check: 'unexplained' as const }));
