import { expect, it } from 'vitest';
import { stableWords } from './words.ts';

it.each([
  ['sending queue is full; sending queue is full', 'sending queue is full'],
  ['queue is full; no more; queue is', 'queue is full; no more'],
  ['dial tcp 10.244.50.4:4318: connect: refused', 'dial tcp <address>:4318: connect: refused'],
  ['read tcp 10.1.1.1:53422->10.2.2.2:4317: reset', 'read tcp <address>:4317: reset'],
  ['larger than max (5242880 vs. 4194304)', 'larger than max (<number> vs. <number>)'],
  ['404 page not found\n', '404 page not found'],
])('%j says %j, wherever and whenever', (said, stable) => {
  expect(stableWords(said)).toBe(stable);
});

it('keeps what is said short, and what errors end in', () => {
  const said = stableWords(`failed: ${'x '.repeat(400)}, expected an int`);
  expect(said).toHaveLength(263);
  expect(said).toMatch(/^failed: x .* … .*, expected an int$/);
});

it('an expired certificate is one cause, whenever it was looked at', () => {
  const said = (at: string) =>
    stableWords(`certificate has expired: current time ${at} is after 2024-01-01T00:00:00Z`);
  expect(said('2026-11-29T13:11:25Z')).toBe(said('2026-11-29T13:11:26Z'));
  expect(said('2026-11-29T13:11:25Z')).toContain('is after 2024-01-01T00:00:00Z');
});
