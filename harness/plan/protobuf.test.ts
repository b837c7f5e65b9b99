import { describe, expect, it } from 'vitest';
import { decodeAttributes } from '../lib/otlp/decode.ts';
import { keyValues, varint, varintLength } from './protobuf.ts';

describe('varint', () => {
  it.each([
    [0, [0]],
    [127, [127]],
    [300, [0xac, 0x02]],
    [-1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    [-5, [0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('%d', (value, bytes) => {
    expect(varint(value)).toEqual(bytes);
    expect(varintLength(value)).toBe(bytes.length);
  });
});

describe('keyValues', () => {
  it('writes what reads back, whatever its sign and size', () => {
    const attributes = { n: -5, low: -(2 ** 40), big: 2 ** 40, half: -0.5, huge: 1e300, t: true };
    const bytes = Buffer.from(keyValues(9, attributes));
    expect(decodeAttributes(bytes, 0, bytes.length, 9)).toEqual(attributes);
  });
});
