import { expect, it } from 'vitest';
import { type DamagedResult, damageNames, readDamaged } from './damaged.ts';

it('plans damaged files or refuses them where they are wrong', async () => {
  const results: DamagedResult[] = [];
  await readDamaged(6 * damageNames.length, 1, (result) => results.push(result));
  expect(results.flatMap(({ complaint }) => complaint ?? [])).toEqual([]);
  const count = (of: string): number => results.filter(({ outcome }) => outcome === of).length;
  // Neither is all of it refused, nor does damage go unseen.
  expect(count('accepted')).toBeGreaterThan(results.length / 10);
  expect(count('refused')).toBeGreaterThan(results.length / 2);
  // Each is bounded by itself, in time of the processor.
}, 300_000);
