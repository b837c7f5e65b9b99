import { z } from 'zod';
import { strict } from './words/forms.ts';

/** What an article says of a pipeline, and what a run of the scenario shows of it. */
export interface Claim {
  /** The article's number among the seeds. */
  readonly article: string;
  readonly line: number;
  /** The sentence; one of the scenarios that answer it holds it. */
  readonly says: string | undefined;
  /** Whether it is so in this scenario. */
  readonly holds: boolean;
  /** What of this scenario makes it so, where another one shows the opposite. */
  readonly when: string | undefined;
}

/** `claims: [{ article: "000", line: 128, says: ..., holds: true, when: ... }]` */
export const claimsForm = z.array(
  strict({
    article: z.string().regex(/^\d{3}$/),
    line: z.int().min(1),
    says: z.string().optional(),
    holds: z.boolean(),
    when: z.string().optional(),
  }),
);

/** The claims that were written. */
export const claimsOf = (written: z.output<typeof claimsForm> = []): Claim[] =>
  written.map(({ article, line, says, holds, when }) => ({ article, line, says, holds, when }));
