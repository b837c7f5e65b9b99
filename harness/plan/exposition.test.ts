import { expect, it } from 'vitest';
import { exposition, podsOfTarget, readExposition } from './exposition.ts';

it('tells a counter and a gauge of each pod, which are read as they were written', () => {
  const text = exposition([{ name: 'cart-0' }, { name: 'cart-1' }], 7);
  expect(text).toContain('# TYPE bench_requests_total counter\n');
  expect(text).toContain('bench_load{bench_pod="cart-1"} 7\n');
  expect(readExposition(text)).toHaveLength(4);
  expect(readExposition(text)[0]).toEqual({
    name: 'bench_requests_total',
    labels: { bench_pod: 'cart-0' },
    value: 7,
  });
});

it('says what is no exposition of its own', () => {
  expect(() => readExposition('bench_load{bench_pod="cart-1"} NaN')).toThrow(/NaN/);
});

it('has each pod told by one target', () => {
  const pods = ['a', 'b', 'c', 'd', 'e'];
  const told = [0, 1, 2].flatMap((target) => podsOfTarget(pods, target, 3));
  expect(told.sort()).toEqual(pods);
});
