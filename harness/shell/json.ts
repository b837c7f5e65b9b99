import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { z } from 'zod';
import { messageOf, UserError } from '../lib/errors.ts';

/**
 * The schema of a file that holds a `T`. Whatever is a `T` fits it, or it does not compile. The
 * other way round cannot be said: JSON leaves out what is undefined.
 */
export type SchemaOf<T, S extends z.ZodType> = T extends z.output<S> ? S : never;

/** A file's value with what is known of it: see `schemaFor`. */
export interface FileSchema<T> {
  readonly schema: z.ZodType;
  /** Only of the type; never set. */
  readonly value?: T;
}

/** Ties a schema to the type that is written: `schemaFor<Written>()(z.object({ ... }))`. */
export const schemaFor =
  <T>() =>
  <S extends z.ZodType>(schema: SchemaOf<T, S>): FileSchema<T> => ({ schema });

/**
 * Reads JSON that the bench wrote.
 * @param fix what a user does about a damaged one
 * @throws UserError where it can't be read, is cut off, or is not as its schema says
 */
export function readJson<T>(file: string, of: FileSchema<T>, fix: string): T {
  const path = relative(process.cwd(), file);
  const damaged = (how: string) => new UserError(`${path}: damaged, ${how}. Hint: ${fix}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw new UserError(`${path}: ${messageOf(error)}. Hint: name a file that can be read`);
    }
    throw damaged(`no JSON: ${messageOf(error)}`);
  }
  const issue = of.schema.safeParse(value).error?.issues[0];
  if (issue) throw damaged(`${issue.path.join('.') || 'as a whole'}: ${issue.message}`);
  return value as T;
}

/** Whether a file holds what its schema says. */
export function isReadable<T>(file: string, of: FileSchema<T>): boolean {
  try {
    readJson(file, of, '');
    return true;
  } catch {
    return false;
  }
}
