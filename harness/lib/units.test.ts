import { describe, expect, it } from 'vitest';
import { didYouMean } from './nearest.ts';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatShare,
  parseDurationMs,
  parseQuantityBytes,
  parseRatePerSecond,
  parseShare,
} from './units.ts';

describe('units', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    ['0', 0],
    ['10', undefined],
    ['10 s', undefined],
    ['s', undefined],
  ])('duration %s', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  it.each([
    ['5%', 0.05],
    ['0.5%', 0.005],
    ['101%', undefined],
    ['0.05', undefined],
  ])('share %s', (text, expected) => {
    expect(parseShare(text)).toBe(expected);
  });

  it('rates and quantities', () => {
    expect(parseRatePerSecond('200/s')).toBe(200);
    expect(parseRatePerSecond('200')).toBeUndefined();
    expect(parseQuantityBytes('512Mi')).toBe(512 * 1024 ** 2);
    expect(parseQuantityBytes('1G')).toBe(1e9);
    expect(parseQuantityBytes('lots')).toBeUndefined();
  });

  it('formats for a reader', () => {
    expect(formatMs(850)).toBe('850 ms');
    expect(formatMs(12_400)).toBe('12.4 s');
    expect(formatMs(200_000)).toBe('3 min 20 s');
    expect(formatBytes(1_234_567)).toBe('1.2 MB');
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatShare(0.0005)).toBe('0.050 %');
    expect(formatShare(1)).toBe('100 %');
    expect(formatShare(219_999 / 220_000)).toBe('above 99.99 %');
    expect(formatShare(1 / 1_000_000)).toBe('below 0.001 %');
    expect(formatShare(0)).toBe('0 %');
  });

  it('hints at the nearest known word only when it is near', () => {
    expect(didYouMean('omm', ['oom', 'restart'])).toBe('did you mean "oom"?');
    expect(didYouMean('zzzzzz', ['oom', 'restart'])).toBeUndefined();
  });
});
