import { describe, expect, it } from 'vitest';
import { attribute, delimited, fixed64Field, textField } from './protobuf.testing.ts';
import { rowsOf } from './rows.ts';
import { spansOf } from './spans.ts';

const id = (letter: string, length: number): number[] => [
  ...Buffer.from(letter.repeat(length), 'hex'),
];

const trace = Buffer.from(
  delimited(1, [
    ...delimited(1, attribute(1, 'service.name', 'shop')),
    ...delimited(2, [
      ...delimited(2, [
        ...delimited(1, id('ab', 16)),
        ...delimited(2, id('cd', 8)),
        ...textField(5, 'checkout'),
        ...fixed64Field(7, 1_602_637_200_000_000_123n),
        ...fixed64Field(8, 1_602_637_201_000_000_456n),
        ...attribute(9, 'http.route', '/x'),
        ...attribute(9, 'count', 3),
      ]),
    ]),
  ]),
);

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'checkout',
  startNanos: 1_602_637_200_000_000_123n,
  endNanos: 1_602_637_201_000_000_456n,
  resource: [{ key: 'service.name', value: 'shop' }],
  attributes: [
    { key: 'http.route', value: '/x' },
    { key: 'count', value: 3 },
  ],
};

describe('a trace as Tempo answers with it', () => {
  it('is read by the old path, and wrapped by the new one', () => {
    expect(spansOf(trace, '/api/traces/ab')).toEqual([span]);
    const wrapped = Buffer.from([...delimited(1, [...trace]), ...textField(4, 'a message')]);
    expect(spansOf(wrapped, '/api/v2/traces/ab')).toEqual([span]);
  });

  it('is no trace where it is something else', () => {
    expect(() => spansOf(Buffer.from('not found'), '/api/traces/ab')).toThrow();
    expect(spansOf(Buffer.alloc(0), '/api/v2/traces/ab')).toEqual([]);
  });
});

describe('lines as Loki answers with them', () => {
  it('have ids where Loki has them beside the line', () => {
    const stream = { service_name: 'shop', trace_id: 'a', span_id: 'b' };
    const other = { service_name: 'shop' };
    const result = [
      {
        stream,
        values: [
          ['1', 'one'],
          ['2', 'two'],
        ],
      },
      { stream: other, values: [['3', 'three']] },
    ];
    expect(rowsOf(Buffer.from(JSON.stringify({ data: { result } })))).toEqual([
      { traceId: 'a', spanId: 'b', timeNanos: '1', line: 'one', labels: stream },
      { traceId: 'a', spanId: 'b', timeNanos: '2', line: 'two', labels: stream },
      { traceId: '', spanId: '', timeNanos: '3', line: 'three', labels: other },
    ]);
  });
});
