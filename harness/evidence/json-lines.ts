import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';

/**
 * What a file says, one a line. A line that is not whole, or says what can't be, is left out: that
 * moment is unknown.
 * @returns undefined where there is no such file
 */
export const readJsonLines = <T>(file: string, schema: z.ZodType<T>): readonly T[] | undefined =>
  existsSync(file) ? parseJsonLines(readFileSync(file, 'utf8'), schema) : undefined;

/** One value a line; see `readJsonLines`. */
export function parseJsonLines<T>(text: string, schema: z.ZodType<T>): readonly T[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = schema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
