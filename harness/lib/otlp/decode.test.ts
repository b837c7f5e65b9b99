import { describe, expect, it } from 'vitest';
import { decodeAttributes, decodeCore } from './decode.ts';

const minusFive = [0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
const lowest = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
// 2^63 - 1, which has nine bytes.
const highest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

/** Attribute `n` in field 9 of a span, its int_value as these bytes. */
function attribute(varint: readonly number[]): Buffer {
  const any = [0x18, ...varint];
  const keyValue = [0x0a, 1, 0x6e, 0x12, any.length, ...any];
  return Buffer.from([0x4a, keyValue.length, ...keyValue]);
}

describe('decodeAttributes', () => {
  it.each([
    [minusFive, -5],
    [lowest, -(2 ** 63)],
    [highest, 2 ** 63],
    [[0x00], 0],
    [[0xac, 0x02], 300],
  ])('reads int_value %j as int64', (varint, expected) => {
    const bytes = attribute(varint);
    expect(decodeAttributes(bytes, 0, bytes.length, 9)).toEqual({ n: expected });
  });
});

describe('decodeCore', () => {
  it('shows a negative enum as it is', () => {
    const bytes = Buffer.from([0x30, ...minusFive]);
    expect(decodeCore(bytes, 0, bytes.length, 'traces')).toEqual({ kind: '-5' });
  });
});
