import { describe, expect, it } from 'vitest';
import { codecs } from './index.ts';
import { batchOf, otlpOf } from './jaeger.ts';
import { read, requestOf, span } from './spans.testing.ts';

const through = (form: 'jaegerThrift' | 'jaegerProto', ...spans: number[][]) =>
  read(codecs[form].read(codecs[form].write(requestOf(...spans))));

const attributes = { 'http.route': '/pay', 'http.status': 200, retried: false };

describe.each(['jaegerThrift', 'jaegerProto'] as const)('a span that comes as %s', (form) => {
  it('has its resource, its values of their types, and its parent', () => {
    const micros = form === 'jaegerThrift';
    expect(through(form, span({ parent: true, attributes: { ratio: -0.25, debt: -3 } }))).toEqual([
      {
        resource: { 'service.name': 'payment', 'k8s.pod.ip': '10.0.0.1' },
        attributes: { ...attributes, ratio: -0.25, debt: -3 },
        core: {
          parentSpanId: '1112131415161718',
          name: 'POST /pay',
          kind: '2',
          startTimeUnixNano: micros ? '1795985175426123000' : '1795985175426123456',
          endTimeUnixNano: micros ? '1795985177926123000' : '1795985177926124455',
        },
        parent: '1112131415161718',
      },
    ]);
  });

  it('is in the order in which they were sent, of its kind', () => {
    const kinds = [2, 3, 4, 5, 1];
    const spans = kinds.map((kind) => span({ kind }));
    expect(through(form, ...spans).map(({ core }) => core.kind)).toEqual(kinds.map(String));
  });

  it('failed, or did not, where its tags say so', () => {
    const statuses = [0, 1, 2].map((status) => through(form, span({ status }))[0]?.core.status);
    expect(statuses).toEqual([undefined, '1801', '1802']);
  });

  it('is without what a receiver would take for something else', () => {
    const taken = { error: 'x', 'otel.scope.name': 'y', 'http.status_message': 'z' };
    expect(through(form, span({ attributes: taken }))[0]?.attributes).toEqual(attributes);
  });

  it('can’t be read cut off', () => {
    const written = codecs[form].write(requestOf(span()));
    for (const length of [0, 1, 40, written.length - 1]) {
      expect(() => codecs[form].read(written.subarray(0, length))).toThrow();
    }
  });
});

describe('a span of Jaeger without a status', () => {
  const statusBehind = (kind: number, code: string | number) =>
    through('jaegerProto', span({ kind, attributes: { 'http.status_code': code } }))[0]?.core
      .status;

  it.each([
    [2, 200, undefined],
    [2, 404, undefined],
    [3, 404, '1802'],
    [1, 404, '1802'],
    [2, 503, '1802'],
    [2, '503', '1802'],
    [2, 'none', undefined],
    [2, 399, '1802'],
  ])('of kind %s, answered %s, has the status %s', (kind, code, status) => {
    expect(statusBehind(kind, code)).toBe(status);
  });

  it('has the one that it says even so', () => {
    const own = span({ status: 1, attributes: { 'http.status_code': 503 } });
    expect(through('jaegerThrift', own)[0]?.core.status).toBe('1801');
  });
});

describe('a batch of Jaeger', () => {
  const batch = batchOf(requestOf(span()));

  it.each([
    ['a tag of the process', { ...batch, processTags: { hostname: 'a' } }],
    ['a status in words', { ...batch, spans: [{ ...batch.spans[0], tags: { error: 'no' } }] }],
    ['a scope', { ...batch, spans: [{ ...batch.spans[0], tags: { 'otel.scope.name': 'a' } }] }],
  ])('can’t be read where it holds %s that becomes something else', (_, other) => {
    expect(() => otlpOf(other as typeof batch)).toThrow(/not modelled/);
  });

  it('is of one process', () => {
    const request = requestOf(span());
    expect(() => batchOf(Buffer.concat([request, request]))).toThrow(/one process/);
  });
});
