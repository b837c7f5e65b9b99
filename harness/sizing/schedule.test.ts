import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { scenarioOf, scheduleOf } from './schedule.ts';

const options = {
  fromSpansPerSecond: 1_000,
  steps: 5,
  heldOut: 10,
  windowSeconds: 20,
  seed: 4,
};

it('holds rates out that no step of the staircase has, within its ends', () => {
  const { fit, held } = scheduleOf(options);
  const rates = fit.map(({ spansPerSecond }) => spansPerSecond);
  expect(rates.at(-1)).toBeCloseTo(1_000 * 1.25 ** 4);
  expect(held).toHaveLength(10);
  for (const { spansPerSecond } of held) {
    expect(rates).not.toContain(spansPerSecond);
    expect(spansPerSecond).toBeGreaterThan(1_000);
    expect(spansPerSecond).toBeLessThan(rates.at(-1) ?? 0);
  }
  expect(scheduleOf(options)).toEqual(scheduleOf(options));
});

it('keeps the proportions of the load, at the rate of the first step', () => {
  const text = `pipeline: p
load:
  - { traces: a, rate: 300/s, shape: { spans: 5, depth: 2 } }
  - { traces: b, rate: 50/s, shape: { spans: 10, depth: 2 } }
`;
  const written = parse(scenarioOf(text, 'size-fit', scheduleOf(options).fit));
  expect(written.load.map(({ rate }: { rate: string }) => rate)).toEqual(['150/s', '25/s']);
  expect(written.phases.slice(0, 3)).toEqual([
    { for: '6s', times: 0 },
    { for: '20s', times: 1 },
    { for: '20s', times: 1.25 },
  ]);
});

it('refuses a load whose size it can’t tell', () => {
  const text = 'pipeline: p\nload: [{ traces: a, rate: 300/s }]\n';
  expect(() => scenarioOf(text, 'size-fit', scheduleOf(options).fit)).toThrow('a shape');
});
