import type { Accounting, EndedCount, FilteredCount, LostCount } from '../types.ts';

type Counts = Readonly<Record<string, unknown>>;

/** Sums of accounts, field by field; what leaves by the same way is one. */
export function addAccounts<A extends object>(accounts: readonly A[]): A {
  const [first, ...others] = accounts as [A, ...A[]];
  return others.reduce<A>((sum, other) => add(sum, other) as A, first);
}

/** Numbers, lists of what left, and objects of these; one may be missing. */
function add(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return a ?? b;
  if (Array.isArray(a) && Array.isArray(b)) return addLists([...a, ...b]);
  if (typeof a !== 'object') return Number(a) + Number(b);
  const [x, y] = [a as Counts, b as Counts];
  return Object.fromEntries(Object.keys({ ...y, ...x }).map((key) => [key, add(x[key], y[key])]));
}

type Leaving = FilteredCount | EndedCount | LostCount;

function addLists(all: readonly Leaving[]): Leaving[] {
  const alike = Map.groupBy(all, (one) => JSON.stringify({ ...one, spans: 0 }));
  return [...alike.values()].map((some) => ({
    ...(some[0] as Leaving),
    spans: some.reduce((sum, { spans }) => sum + spans, 0),
  }));
}

/** A way of two parts: what was delivered to the second is where the second says it is. */
export function followedBy(first: Accounting, second: Accounting): Accounting {
  const { planned, delivered } = first;
  return {
    ...addAccounts([{ ...first, delivered: 0 }, second]),
    planned: planned + second.planned - delivered,
  };
}
