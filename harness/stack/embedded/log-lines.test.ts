import { expect, it } from 'vitest';
import { criLines, textOf } from './log-lines.ts';

const record = {
  resource: {},
  timeNanos: 1_764_416_400_000_000_123n,
  severityText: 'INFO',
  body: 'checkout done',
  attributes: { 'code.function.name': 'checkout' },
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
};

it('an application writes a record as JSON, with the ids that tell whose it is', () => {
  expect(JSON.parse(textOf(record))).toEqual({
    time: '2025-11-29T11:40:00.000000123Z',
    level: 'INFO',
    message: 'checkout done',
    'code.function.name': 'checkout',
    trace_id: record.traceId,
    span_id: record.spanId,
  });
});

it('a runtime writes a line with its time, its stream and that it is whole', () => {
  const lines = criLines('für {}', 1_764_416_400_500_000_000n).toString();
  expect(lines).toBe('2025-11-29T11:40:00.500000000Z stdout F für {}\n');
});

it('a runtime splits what is long, and says which part is the last', () => {
  const long = 'x'.repeat(40_000);
  const lines = criLines(long, 0n).toString().trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[2])).toEqual(['P', 'P', 'F']);
  expect(lines.map((line) => line.slice(line.indexOf('x'))).join('')).toBe(long);
});
