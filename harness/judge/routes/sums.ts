import type { Accounting, EndedCount, FilteredCount, LostCount } from '../types.ts';

type Counts = Readonly<Record<string, unknown>>;

/** Sums of accounts, field by field. */
export function addAccounts<A extends Accounting | object>(accounts: readonly A[]): A {
  const [first, ...others] = accounts as [A, ...A[]];
  return others.reduce<A>((sum, other) => add(sum as Counts, other as Counts) as A, first);
}

function add(a: Counts, b: Counts): Counts {
  return Object.fromEntries(
    Object.entries({ ...b, ...a }).map(([key, value]) => {
      const [x, y] = [a[key], b[key]];
      if (typeof value === 'number') return [key, Number(x ?? 0) + Number(y ?? 0)];
      if (Array.isArray(value))
        return [key, addLists((x ?? []) as Leaving[], (y ?? []) as Leaving[])];
      return [key, addNames(Object(x), Object(y))];
    }),
  );
}

type Leaving = FilteredCount | EndedCount | LostCount;

function addLists(a: readonly Leaving[], b: readonly Leaving[]): Leaving[] {
  const sums = new Map<string, Leaving>();
  for (const one of [...a, ...b]) {
    const key = JSON.stringify({ ...one, spans: 0 });
    sums.set(key, { ...one, spans: (sums.get(key)?.spans ?? 0) + one.spans });
  }
  return [...sums.values()];
}

/** `notSampled`: numbers by name, some of them in an object of their own. */
function addNames(a: Counts, b: Counts): Counts {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    keys.map((key) => {
      const [x, y] = [a[key] ?? 0, b[key] ?? 0];
      const isObject = typeof x === 'object' || typeof y === 'object';
      return [key, isObject ? addNames(Object(x), Object(y)) : Number(x) + Number(y)];
    }),
  );
}

/** A way of two parts: what was delivered to the second is where the second says it is. */
export function followedBy(first: Accounting, second: Accounting): Accounting {
  const { planned, delivered } = first;
  return {
    ...addAccounts([{ ...first, delivered: 0 }, second]),
    planned: planned + second.planned - delivered,
  };
}
