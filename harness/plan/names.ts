import type { Random } from './random.ts';

/** The letters that Kubernetes uses for generated names (no vowels, no look-alikes). */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** So many letters as Kubernetes appends them. */
export const generatedName = (stream: Random, length: number): string =>
  Array.from({ length }, () => letters[stream.below(letters.length)]).join('');

/** A random uid, version 4. */
export function generatedUid(stream: Random): string {
  const hex = Array.from({ length: 4 }, () => stream.uint32().toString(16).padStart(8, '0')).join(
    '',
  );
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
