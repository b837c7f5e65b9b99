import { describe, expect, it } from 'vitest';
import { SnappyError, unsnap } from './snappy.ts';

const text = [
  'aaaaaaaa canary-checkout-0 ',
  'span of checkout, '.repeat(8),
  'xyz'.repeat(40),
  ' and the end of it all, which is no repetition of what stood before it',
].join('');

/** What github.com/golang/snappy v1.0.0 makes of it: one block, and a stream of two chunks. */
const block = Buffer.from(
  '6QIAYQ0BaCBjYW5hcnktY2hlY2tvdXQtMCBzcGFuIG9mIBETACz+EgD6EgAIeHl6/gMA0gMALCBhbmQgdGhlIGVuZCEQcGl0IGFsbCwgd2hpY2ggaXMgbm8gcmVwZXRpdGlvJTJMd2hhdCBzdG9vZCBiZWZvcmUgaXQ=',
  'base64',
);
const stream = Buffer.from(
  '/wYAAHNOYVBwWQB+AABxfWYE6QIAYQ0BaCBjYW5hcnktY2hlY2tvdXQtMCBzcGFuIG9mIBETACz+EgD6EgAIeHl6/gMA0gMALCBhbmQgdGhlIGVuZCEQcGl0IGFsbCwgd2hpY2ggaXMgbm8gcmVwZXRpdGlvJTJMd2hhdCBzdG9vZCBiZWZvcmUgaXQBCQAAXqx5T3Nob3J0',
  'base64',
);

describe('unsnap', () => {
  it('undoes a block and a stream, as their beginning tells', () => {
    expect(unsnap(block).toString()).toBe(text);
    expect(unsnap(stream).toString()).toBe(`${text}short`);
  });

  it('undoes a literal of more than 60 bytes', () => {
    const long = Buffer.from('0123456789'.repeat(30));
    const head = [0xac, 0x02, 61 << 2, 0x2b, 0x01];
    expect(unsnap(Buffer.concat([Buffer.from(head), long]))).toEqual(long);
  });

  it('makes no more of it than it may', () => {
    expect(unsnap(block, text.length)).toHaveLength(text.length);
    expect(() => unsnap(block, text.length - 1)).toThrow(SnappyError);
    expect(unsnap(stream, text.length + 5)).toHaveLength(text.length + 5);
    expect(() => unsnap(stream, text.length + 4)).toThrow(SnappyError);
  });

  it('refuses what is cut off anywhere, or is something else', () => {
    for (let end = 0; end < block.length; end++) {
      expect(() => unsnap(block.subarray(0, end)), `${end}`).toThrow(SnappyError);
    }
    // A stream may end behind any of its chunks.
    const whole = [10, 10 + 4 + 0x7e];
    for (let end = 11; end < stream.length; end++) {
      if (whole.includes(end)) continue;
      expect(() => unsnap(stream.subarray(0, end)), `${end}`).toThrow(SnappyError);
    }
    expect(() => unsnap(Buffer.from('hello, this is plain text'))).toThrow(SnappyError);
    expect(() => unsnap(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]))).toThrow(SnappyError);
  });
});
