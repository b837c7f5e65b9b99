import type { z } from 'zod';

/** Schemas by word, each of which reads as its own word and as no other. */
type Named<Tag extends string, Words> = {
  readonly [Word in keyof Words]: z.ZodType<{ readonly [T in Tag]: Word }>;
};

/** A fault whose schema does not say `kind: <its verb>` does not compile. */
export const faultsNamed = <Words extends Named<'kind', Words>>(words: Words): Words => words;

/** An expectation whose schema does not say `check: <its word>` does not compile. */
export const expectationsNamed = <Words extends Named<'check', Words>>(words: Words): Words =>
  words;
