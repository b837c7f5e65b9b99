import { expect, it } from 'vitest';
import { createDictionaries } from './dictionary.ts';
import { hexAt, idsOf, walkItems } from './items.ts';

/** A field of bytes. */
function delimited(field: number, bytes: Iterable<number>): number[] {
  const value = [...bytes];
  const length =
    value.length < 128 ? [value.length] : [(value.length & 127) | 128, value.length >> 7];
  return [field * 8 + 2, ...length, ...value];
}

const text = (value: string): number[] => delimited(1, Buffer.from(value));
const attribute = (key: string, value: string): number[] =>
  delimited(6, [...text(key), ...delimited(2, text(value))]);

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

function idsIn(...fields: readonly number[][]) {
  const record = delimited(2, fields.flat());
  const bytes = Buffer.from(delimited(1, delimited(2, record)));
  const found: unknown[] = [];
  walkItems(bytes, 0, bytes.length, 'logs', createDictionaries(), (met) => {
    const places = idsOf(bytes, met, 'logs');
    found.push([hexAt(places.bytes, places.traceId, 16), hexAt(places.bytes, places.spanId, 8)]);
  });
  return found;
}

const body = (line: string): number[] => delimited(5, text(line));

it.each([
  [
    'its own fields',
    [
      delimited(9, Buffer.from(traceId, 'hex')),
      delimited(10, Buffer.from(spanId, 'hex')),
      body('{"trace_id":"00000000000000000000000000000001","span_id":"0000000000000001"}'),
    ],
  ],
  ['the line', [body(`{"a":1,"trace_id":"${traceId}","span_id":"${spanId}"}`)]],
  ['its attributes', [body('done'), attribute('trace_id', traceId), attribute('span_id', spanId)]],
])('whose a log record is stands in %s', (_, fields) => {
  expect(idsIn(...fields)).toEqual([[traceId, spanId]]);
});

it('a record that says nothing of it is nobody’s', () => {
  const nobodys = ['0'.repeat(32), '0'.repeat(16)];
  expect(idsIn(body('done'))).toEqual([nobodys]);
  expect(idsIn(body('{"trace_id":"none","span_id":"7"}'))).toEqual([nobodys]);
});
