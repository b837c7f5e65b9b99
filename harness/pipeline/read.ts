import type { Place, Problem } from '../lib/errors.ts';
import { parseDurationMs } from '../lib/units.ts';

/** Typed access to plain YAML values; whatever has another type reads as absent. */
export type Plain = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
export const texts = (value: unknown): string[] => list(value).flatMap((item) => text(item) ?? []);
export const number = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};

/** A text that the collector's confmap replaces before any component sees it: `${…}`, `$$`. */
export const isExpanded = (written: string): boolean => /\$[{$]/.test(written);

/** A value with such a text anywhere inside. */
export function hasExpansion(value: unknown): boolean {
  if (typeof value === 'string') return isExpanded(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpansion);
}

/** The value at a path of keys; undefined where it ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const step of path) current = object(current)[step];
  return current;
}

/** Collects problems while a resource is read, so that all are reported at once. */
export interface Reader {
  readonly problems: Problem[];
  readonly place: (path: readonly PropertyKey[]) => Place;
}

/** A Go duration at a path; absent is `otherwise`, a text that is none is a problem. */
export function duration(
  reader: Reader,
  value: unknown,
  path: PropertyKey[],
  otherwise: number,
): number {
  if (value === undefined || value === null) return otherwise;
  const parsed = typeof value === 'string' ? parseDurationMs(value) : undefined;
  if (parsed !== undefined) return parsed;
  reader.problems.push({
    place: reader.place(path),
    message: `${String(path.at(-1))}: found ${JSON.stringify(value)}, expected a duration such as 10s`,
  });
  return otherwise;
}
