import { z } from 'zod';
import { strict } from './words/forms.ts';

/**
 * The design card: what happens to a pipeline, and what must come of it all the same. Each pair is
 * a cell; a cell is filled by a scenario that holds and one that must find.
 */
export const cardEvents = [
  'spike',
  'out-of-memory',
  'restart',
  'late-spans',
  'header-stripping',
] as const;
export const cardOutcomes = ['sampling', 'queue-persistence', 'correlation'] as const;
export type CardEvent = (typeof cardEvents)[number];
export type CardOutcome = (typeof cardOutcomes)[number];

export interface CardCell {
  readonly event: CardEvent;
  readonly outcome: CardOutcome;
}

const outcomes = z.array(z.enum(cardOutcomes)).min(1);

/** `card: { restart: [sampling] }`: the cells that a scenario is for. */
export const cardForm = strict(
  Object.fromEntries(cardEvents.map((event) => [event, outcomes.optional()])) as Record<
    CardEvent,
    z.ZodOptional<typeof outcomes>
  >,
);

/** The tag of each scenario that is for a cell; it need not be written. */
export const cardTag = 'card';

/** The cells that were written, in the card's order. */
export const cellsOf = (written: z.output<typeof cardForm> = {}): CardCell[] =>
  cardEvents.flatMap((event) => (written[event] ?? []).map((outcome) => ({ event, outcome })));
