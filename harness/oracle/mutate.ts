import type { Random } from '../plan/random.ts';
import type { Value } from './formats.ts';

export const editKinds = ['delete', 'empty', 'cut', 'swap', 'retype', 'shift', 'foreign'] as const;
export type EditKind = (typeof editKinds)[number];

export type Path = readonly (string | number)[];

/** Every place in a tree, the root left out. */
export function placesIn(value: Value, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return children.flatMap(([key, child]) => [[...path, key], ...placesIn(child, [...path, key])]);
}

export const at = (root: Value, path: Path): Value | undefined =>
  path.reduce<Value | undefined>(
    (value, key) => (value as Record<string | number, Value> | undefined)?.[key],
    root,
  );

/**
 * Edits one place of a tree, which is changed.
 * @param other the same kind of file of another run
 * @returns false where this kind of edit changes nothing there
 */
export function mutate(
  root: Value,
  path: Path,
  kind: EditKind,
  stream: Random,
  other: Value | undefined,
): boolean {
  const key = path.at(-1) as string | number;
  const parent = at(root, path.slice(0, -1)) as Record<string | number, Value>;
  const value = parent[key] as Value;
  if (kind === 'delete') {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return true;
  }
  if (kind === 'swap') {
    const keys = Object.keys(parent).filter((own) => own !== String(key));
    const with_ = keys[stream.below(Math.max(1, keys.length))];
    if (with_ === undefined) return false;
    [parent[key], parent[with_]] = [parent[with_] as Value, value];
    return true;
  }
  const next = kind === 'foreign' ? other && at(other, path) : edits[kind](value, stream);
  if (next === undefined) return false;
  parent[key] = structuredClone(next);
  return true;
}

const edits: Readonly<
  Record<'empty' | 'cut' | 'retype' | 'shift', (value: Value, stream: Random) => Value | undefined>
> = {
  empty: (value) => {
    if (Array.isArray(value)) return [];
    if (typeof value === 'object') return {};
    return typeof value === 'string' ? '' : typeof value === 'number' ? 0 : undefined;
  },
  cut: (value) => {
    if (typeof value === 'string' || Array.isArray(value)) return value.slice(0, value.length >> 1);
    if (typeof value === 'number') return Math.trunc(value / 10);
    const all = Object.entries(value ?? {});
    return typeof value === 'object'
      ? Object.fromEntries(all.slice(0, all.length >> 1))
      : undefined;
  },
  retype: (value) => {
    if (typeof value === 'string') return value.length;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return Array.isArray(value) ? Object.fromEntries(value.entries()) : Object.values(value ?? {});
  },
  shift: (value, stream) => {
    if (typeof value === 'number') return value + (deltas[stream.below(deltas.length)] ?? 1);
    if (typeof value === 'boolean') return !value;
    if (Array.isArray(value)) return [...value.slice(1), ...value.slice(0, 1)];
    return typeof value === 'string' && value.length > 0 ? turned(value, stream) : undefined;
  },
};

/** Milliseconds, counts and codes alike. */
const deltas = [1, -1, 7, 1_000, -1_000, 60_000, -60_000];

/** One character of a text is another. */
function turned(text: string, stream: Random): string {
  const where = stream.below(text.length);
  const code = text.charCodeAt(where) ^ 1;
  return text.slice(0, where) + String.fromCharCode(code) + text.slice(where + 1);
}
