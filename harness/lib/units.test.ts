import { describe, expect, it } from 'vitest';
import { didYouMean } from './nearest.ts';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatShare,
  parseDurationMs,
  parseQuantity,
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
    expect(parseQuantity('512Mi')).toBe(512 * 1024 ** 2);
    expect(parseQuantity('1G')).toBe(1e9);
    expect(parseQuantity('lots')).toBeUndefined();
    expect(parseQuantity('1.5Gi')).toBe(1.5 * 1024 ** 3);
    expect(parseQuantity('1Pi')).toBe(1024 ** 5);
    expect(parseQuantity('1E')).toBe(1e18);
    expect(parseQuantity('1E3')).toBe(1_000);
    expect(parseQuantity('5e8')).toBe(5e8);
    expect(parseQuantity('500m')).toBe(0.5);
    expect(parseQuantity('100n')).toBeCloseTo(1e-7);
    for (const none of ['', ' 1', '-1Gi', '1ki', '1e', '1 Gi', '1e3Ki', 'Gi', '∞']) {
      expect(parseQuantity(none)).toBeUndefined();
    }
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
