import { describe, expect, it } from 'vitest';
import { backOffsOf, longestPauseAfterMs, longestPauseMs } from './retries.ts';
import type { Component } from './types.ts';

const component = (type: string, config: object): Component =>
  ({ id: type, type, config }) as unknown as Component;

const byDefault = { initialMs: 5_000, mostMs: 30_000, multiplier: 1.5, jitter: 0.5 };

describe('how an exporter tries again', () => {
  it('is by default as exporterhelper does, or as its settings say', () => {
    expect(backOffsOf(component('otlp_grpc', {}))).toEqual([byDefault]);
    const retry_on_failure = {
      initial_interval: '500ms',
      max_interval: '1s',
      multiplier: 2,
      randomization_factor: 0,
    };
    expect(backOffsOf(component('otlp_grpc', { retry_on_failure }))).toEqual([
      { initialMs: 500, mostMs: 1_000, multiplier: 2, jitter: 0 },
    ]);
    const off = { retry_on_failure: { enabled: false } };
    expect(backOffsOf(component('otlp_grpc', off))).toEqual([]);
  });

  it('is for each endpoint where it spreads, and over all of them only where it is told', () => {
    expect(backOffsOf(component('loadbalancing', {}))).toEqual([byDefault]);
    const protocol = { otlp: { retry_on_failure: { enabled: false } } };
    expect(backOffsOf(component('loadbalancing', { protocol }))).toEqual([]);
    const retry_on_failure = { enabled: true, initial_interval: '1s' };
    expect(backOffsOf(component('loadbalancing', { protocol, retry_on_failure }))).toEqual([
      { ...byDefault, initialMs: 1_000 },
    ]);
  });
});

describe('the longest pause before a retry', () => {
  it('is 45 s by default, with its jitter', () => {
    expect(longestPauseMs(byDefault)).toBe(45_000);
    expect(longestPauseAfterMs(byDefault, 300_000)).toBe(45_000);
  });

  it('is shorter as long as it can not have grown', () => {
    expect(longestPauseAfterMs(byDefault, 0)).toBe(7_500);
    // Half of 5 s may have passed: then the next is 7.5 s, and half of it more.
    expect(longestPauseAfterMs(byDefault, 2_499)).toBe(7_500);
    expect(longestPauseAfterMs(byDefault, 2_500)).toBe(11_250);
  });

  it.each([{ initialMs: 0 }, { multiplier: 0 }, { jitter: 1 }, { initialMs: 60_000 }])(
    'ends for %o',
    (odd) => {
      const pauseMs = longestPauseAfterMs({ ...byDefault, ...odd }, 300_000);
      expect(pauseMs).toBeLessThanOrEqual(60_000);
      expect(pauseMs).toBeGreaterThanOrEqual(0);
    },
  );
});
