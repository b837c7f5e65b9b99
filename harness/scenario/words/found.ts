import { z } from 'zod';
import { strict } from './forms.ts';

/** A finding that a scenario which is broken on purpose must produce. */
export interface WantedFinding {
  readonly kind: string;
  /** Where the first finding must be, as findings name it: `gateway/tail_sampling`. */
  readonly component: string | undefined;
  /** Policies and settings that this finding must name. */
  readonly names: readonly string[];
}

/** A kind alone, or with where it must be named and by which policy or setting. */
const wantedFinding = z
  .union([
    z.string(),
    strict({
      kind: z.string(),
      component: z.string(),
      policy: z.string().optional(),
      setting: z.string().optional(),
    }),
  ])
  .transform((written): WantedFinding => {
    if (typeof written === 'string') return { kind: written, component: undefined, names: [] };
    const { kind, component, policy, setting } = written;
    return { kind, component, names: [policy, setting].filter((name) => name !== undefined) };
  });

/**
 * What a scenario that is broken on purpose must show. Kinds alone: exactly these. With a
 * component: this finding first, at that component.
 */
export const found = strict({ found: z.array(wantedFinding).min(1) }).transform((written) => ({
  check: 'found' as const,
  findings: written.found,
}));
