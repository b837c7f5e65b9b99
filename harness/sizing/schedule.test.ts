import { expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  furtherScoutSteps,
  heldSteps,
  kneeSteps,
  type Step,
  scenarioOf,
  scoutSteps,
  stairSteps,
} from './schedule.ts';

const around = { carried: 8_000, hasKnee: true };
const drawn = { forSeconds: 20, seed: 3 };
const ratesOf = (steps: readonly Step[]): number[] => steps.map((step) => step.spansPerSecond);

it('has at least four steps below the knee and one above, wherever the scout left room for it', () => {
  for (const count of [7, 10]) {
    for (const knee of [8_001, 11_000, 15_999]) {
      const rates = ratesOf(stairSteps(around, { count, ...drawn }));
      expect(rates.filter((rate) => rate < knee).length).toBeGreaterThanOrEqual(4);
      expect(rates.some((rate) => rate >= knee)).toBe(true);
    }
  }
  const unbroken = stairSteps({ carried: 8_000, hasKnee: false }, { count: 7, ...drawn });
  expect(Math.max(...ratesOf(unbroken))).toBeCloseTo(8_000);
});

it('comes to the lower steps in random order, and climbs those above what was carried', () => {
  const rates = ratesOf(stairSteps(around, { count: 10, ...drawn }));
  const below = rates.filter((rate) => rate <= around.carried);
  expect(rates.slice(0, below.length)).toEqual(below);
  expect(below).not.toEqual(below.toSorted((a, b) => a - b));
  const above = rates.slice(below.length);
  expect(above).toEqual(above.toSorted((a, b) => a - b));
  expect(ratesOf(stairSteps(around, { count: 10, ...drawn, seed: 4 }))).not.toEqual(rates);
});

it('looks for the knee by doubling, and again by small steps over its bracket', () => {
  expect(ratesOf(scoutSteps(1_000, 4, 20))).toEqual([1_000, 2_000, 4_000, 8_000]);
  const rates = ratesOf(kneeSteps(8_000, 10_000, 20));
  expect(rates[0]).toBe(7_200);
  expect(rates.at(-1)).toBeGreaterThanOrEqual(11_000);
  expect(rates.at(-2)).toBeLessThan(11_000);
  // Where the lowest step of a staircase was bad there is no bracket to climb.
  expect(kneeSteps(0, 3_600, 20)).toEqual([]);
});

it('scouts on until a rate is not carried, or proves nothing', () => {
  const at = (plannedSpansPerSecond: number, but = {}) => ({
    plannedSpansPerSecond,
    bad: undefined,
    invalid: undefined,
    ...but,
  });
  expect(ratesOf(furtherScoutSteps([at(8_000), at(16_000)], 20))).toEqual([32_000]);
  expect(furtherScoutSteps([at(8_000), at(16_000, { bad: 'lost 3 spans/s' })], 20)).toEqual([]);
  expect(furtherScoutSteps([at(8_000), at(16_000, { invalid: 'not sampled' })], 20)).toEqual([]);
});

it('holds rates out that no step of the staircase has, below what was carried', () => {
  const options = { count: 10, seed: 4, forSeconds: 20 };
  const held = ratesOf(heldSteps(around, options));
  const rates = ratesOf(stairSteps(around, { count: 7, ...drawn }));
  expect(held).toHaveLength(10);
  for (const rate of held) {
    expect(rates).not.toContain(rate);
    expect(rate).toBeGreaterThan(Math.min(...rates));
    // At the knee itself a rate may be carried or not, and either says nothing of the fit.
    expect(rate).toBeLessThan(0.9 * 8_000);
  }
  expect(ratesOf(heldSteps(around, options))).toEqual(held);
  expect(ratesOf(heldSteps(around, { ...options, seed: 5 }))).not.toEqual(held);
});

const stairs = scoutSteps(1_000, 5, 20);

it('keeps the proportions of the load, at the rate of the first step', () => {
  const text = `pipeline: p
load:
  - { traces: a, rate: 300/s, shape: { spans: 5, depth: 2 } }
  - { traces: b, rate: 50/s, shape: { spans: 10, depth: 2 } }
`;
  const written = parse(scenarioOf(text, 'size-fit', stairs));
  expect(written.load.map(({ rate }: { rate: string }) => rate)).toEqual(['150/s', '25/s']);
  expect(written.phases.slice(0, 3)).toEqual([
    { for: '6s', times: 0 },
    { for: '20s', times: 1 },
    { for: '20s', times: 2 },
  ]);
});

it('breaks what it is told to break', () => {
  const text = 'pipeline: p\nload: [{ traces: a, rate: 300/s, shape: { spans: 5, depth: 2 } }]\n';
  const faults = [{ at: '9s', outage: 'tempo', for: '4s' }];
  expect(parse(scenarioOf(text, 'size-queue', stairs, faults)).faults).toEqual(faults);
  expect(parse(scenarioOf(text, 'size-fit', stairs))).not.toHaveProperty('faults');
});

it('refuses a load whose size it can’t tell', () => {
  const text = 'pipeline: p\nload: [{ traces: a, rate: 300/s }]\n';
  expect(() => scenarioOf(text, 'size-fit', stairs)).toThrow('a shape');
});
