import type { Place, Problem } from '../lib/errors.ts';
import { hasExpansion } from '../lib/expansion.ts';
import { didYouMean } from '../lib/nearest.ts';
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

/** The value at a path of keys; undefined where it ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const step of path) current = object(current)[step];
  return current;
}

/** Of TCP and UDP. */
export const highestPort = 65_535;

/** Collects problems while a resource is read, so that all are reported at once. */
export interface Reader {
  readonly problems: Problem[];
  readonly place: (path: readonly PropertyKey[]) => Place;
}

/** Reports a value that is not what belongs at a path; with the words known there, the nearest. */
export function misfit(
  reader: Reader,
  value: unknown,
  path: readonly PropertyKey[],
  expected: string,
  known?: readonly string[],
): void {
  const name = String(path.findLast((step) => typeof step === 'string'));
  const message = `${name}: found ${shown(value)}, expected ${expected}`;
  reader.problems.push({ place: reader.place(path), message, ...nearest(value, known) });
}

const mostShown = 120;

/** A value as JSON, on one line and not longer than a reader wants it. */
function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > mostShown ? `${written.slice(0, mostShown)}…` : written;
}

/** The known words, and the nearest of them (by `most` letters) as a hint. */
export function nearest(
  value: unknown,
  known: readonly string[] = [],
  most?: number,
): Pick<Problem, 'known' | 'hint'> {
  const hint = typeof value === 'string' ? didYouMean(value, known, most) : undefined;
  return { ...(known.length > 0 ? { known } : {}), ...(hint ? { hint } : {}) };
}

/** What a Go duration holds: 292 years. */
const mostMs = 9.2e12;

/** A Go duration at a path; absent is `otherwise`, what is none or above `most` is a problem. */
export function duration(
  reader: Reader,
  value: unknown,
  path: readonly PropertyKey[],
  otherwise: number,
  most?: { readonly ms: number; readonly shown: string },
): number {
  if (value === undefined || value === null || hasExpansion(value)) return otherwise;
  if (value === 0) return 0;
  const parsed = typeof value === 'string' ? parseDurationMs(value) : undefined;
  if (parsed !== undefined && parsed <= (most?.ms ?? mostMs)) return parsed;
  // The collector takes a bare number for nanoseconds, which nobody means.
  const isLong = parsed !== undefined && most !== undefined;
  misfit(reader, value, path, isLong ? `at most ${most.shown}` : 'a duration such as 10s');
  return otherwise;
}

/** A whole number at a path; absent is `otherwise`, what is none or out of bounds a problem. */
export function wholeNumber(
  reader: Reader,
  value: unknown,
  path: readonly PropertyKey[],
  { otherwise, min, max }: { otherwise: number; min: number; max: number },
): number {
  if (value === undefined || value === null) return otherwise;
  const whole = Number.isSafeInteger(value) ? (value as number) : Number.NaN;
  if (whole >= min && whole <= max) return whole;
  misfit(reader, value, path, `a whole number from ${min} to ${max}`);
  return otherwise;
}

/** A list at a path; absent or still to be expanded is empty, what is none a problem. */
export function listOf(
  reader: Reader,
  value: unknown,
  path: readonly PropertyKey[],
): readonly unknown[] {
  const isAbsent = value === undefined || value === null || hasExpansion(value);
  if (!isAbsent && !Array.isArray(value)) misfit(reader, value, path, 'a list');
  return list(value);
}
