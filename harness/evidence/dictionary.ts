import { fnv1a32Of } from '../lib/fnv.ts';
import type { Attributes } from './types.ts';

/**
 * Attribute sets, resources and scopes repeat: each distinct one is decoded once and has a number.
 * Sets are told apart by FNV-1a, 32 bits, and length; with n distinct sets the chance that two are
 * taken for one is below n^2 / 2^33.
 */
export interface Dictionary {
  readonly size: number;
  /** The number of these bytes; `decode` is called when they are met for the first time. */
  intern(bytes: Buffer, start: number, end: number, decode: () => Attributes): number;
  /** The same, of what another dictionary knows by this key. */
  numberOf(key: number, decode: () => Attributes): number;
  /** By what each is known, in the order of their numbers. */
  keys(): readonly number[];
  get(id: number): Attributes;
  entries(): readonly Attributes[];
}

const twoTo32 = 2 ** 32;

export function createDictionary(): Dictionary {
  const values: Attributes[] = [];
  const numbers = new Map<number, number>();
  const numberOf = (key: number, decode: () => Attributes): number => {
    const found = numbers.get(key);
    if (found !== undefined) return found;
    numbers.set(key, values.length);
    values.push(decode());
    return values.length - 1;
  };
  return {
    get size() {
      return values.length;
    },
    intern: (bytes, start, end, decode) =>
      numberOf((end - start) * twoTo32 + fnv1a32Of(bytes, start, end), decode),
    numberOf,
    keys: () => [...numbers.keys()],
    get: (id) => values[id] ?? {},
    entries: () => values,
  };
}

/** The dictionaries of a run; numbers are shared by all tables. */
export interface Dictionaries {
  readonly attributes: Dictionary;
  readonly resources: Dictionary;
  readonly scopes: Dictionary;
  /** Span names with their kinds. */
  readonly names: Dictionary;
}

export const createDictionaries = (): Dictionaries => ({
  attributes: createDictionary(),
  resources: createDictionary(),
  scopes: createDictionary(),
  names: createDictionary(),
});
