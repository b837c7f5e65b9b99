import { object } from './read.ts';

/** Every text inside a value, with its path. */
export function textsIn(
  value: unknown,
  path: readonly PropertyKey[] = [],
): [path: readonly PropertyKey[], written: string][] {
  if (typeof value === 'string') return [[path, value]];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(object(value));
  return inner.flatMap(([key, own]) => textsIn(own, [...path, key]));
}
