import { z } from 'zod';
import { mistakesOf, unknownWord, wordingOf } from '../../lib/schema-issues.ts';

/**
 * A list item with exactly one of several words as its key: `{ at: 25s, kill: gateway/1 }`.
 * The word picks the schema, so that a mistake is reported against the one that was meant.
 *
 * @param common keys that every item may have beside its word
 */
export function oneOf<T extends Record<string, z.ZodType>>(
  what: string,
  words: T,
  common: readonly string[],
) {
  const known = Object.keys(words);
  return z
    .record(z.string(), z.unknown(), { error: `expected a ${what}, such as "${known[0]}: ..."` })
    .transform((item, context): z.output<T[keyof T]> => {
      const found = known.filter((word) => word in item);
      const schema = words[found[0] ?? ''];
      if (!schema || found.length > 1) {
        const strange = Object.keys(item).find(
          (key) => !known.includes(key) && !common.includes(key),
        );
        const message =
          found.length > 1
            ? `one ${what} a list item, found ${found.join(' and ')}`
            : strange === undefined
              ? `no ${what} in this list item; known: ${known.join(', ')}`
              : unknownWord(what, strange, known);
        context.addIssue({ code: 'custom', message, path: strange ? [strange] : [] });
        return z.NEVER;
      }
      const parsed = schema.safeParse(item, { error: wordingOf });
      if (parsed.success) return parsed.data as z.output<T[keyof T]>;
      for (const { message, path } of mistakesOf(parsed.error.issues)) {
        context.addIssue({ code: 'custom', message, path: [...path] });
      }
      return z.NEVER;
    });
}
