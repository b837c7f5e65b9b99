import { describe, expect, it } from 'vitest';
import {
  boolField,
  i32Field,
  i64Field,
  listField,
  readStruct,
  struct,
  textField,
} from './thrift.ts';

describe('a struct of Thrift', () => {
  // By hand, from thrift.apache.org, doc/specs/thrift-binary-protocol.md.
  const bytes = Buffer.from(
    [
      '0b0001' + '00000002' + '6f6b',
      '080002' + 'ffffffff',
      '0a0003' + '0000000000000100',
      '020004' + '01',
      '0f0005' + '0c' + '00000002' + '02000100' + '00' + '00',
      '00',
    ].join(''),
    'hex',
  );

  it('is written field by field, lists with their length', () => {
    const written = struct([
      ...textField(1, 'ok'),
      ...i32Field(2, -1),
      ...i64Field(3, 256n),
      ...boolField(4, true),
      ...listField(5, [boolField(1, false), []]),
    ]);
    expect(Buffer.concat(written)).toEqual(bytes);
  });

  it('is read back', () => {
    const read = readStruct(bytes);
    expect([...read.keys()]).toEqual([1, 2, 3, 4, 5]);
    expect([String(read.get(1)), read.get(2), read.get(3), read.get(4)]).toEqual([
      ...['ok', -1, 256n],
      true,
    ]);
    expect(read.get(5)).toEqual([new Map([[1, false]]), new Map()]);
  });

  it.each([
    ['is cut off', bytes.subarray(0, bytes.length - 1)],
    ['is longer', Buffer.concat([bytes, Buffer.from([0])])],
    ['has a text that ends behind it', Buffer.from('0b0001000000ff', 'hex')],
    ['has a type that Jaeger does not use', Buffer.from('0600010001' + '00', 'hex')],
  ])('can’t be read where it %s', (_, damaged) => {
    expect(() => readStruct(damaged)).toThrow();
  });
});
