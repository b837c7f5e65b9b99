import { describe, expect, it } from 'vitest';
import {
  decodeAttributes,
  decodeCore,
  decodeResource,
  decodeSpanParents,
} from '../lib/otlp/decode.ts';
import { scanItem, scannedItem, scanRequest, spanLayout } from '../lib/otlp/scan.ts';
import { delimited, fixed64Field, keyValues, textField, varintField } from '../plan/protobuf.ts';
import { fromZipkin, toZipkin } from './zipkin.ts';

const traceId = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const startNanos = 1_795_985_175_426_123_456n;

const span = (
  over: { kind?: number; status?: number; attributes?: object; parent?: boolean } = {},
) =>
  delimited(2, [
    ...delimited(1, traceId),
    ...delimited(2, Buffer.from('0102030405060708', 'hex')),
    ...(over.parent ? delimited(4, Buffer.from('1112131415161718', 'hex')) : []),
    ...textField(5, 'POST /pay'),
    ...varintField(6, over.kind ?? 2),
    ...fixed64Field(7, startNanos),
    ...fixed64Field(8, startNanos + 2_500_000_999n),
    ...keyValues(9, {
      'http.route': '/pay',
      'http.status': 200,
      retried: false,
      ...over.attributes,
    }),
    ...delimited(15, over.status ? varintField(3, over.status) : []),
  ]);

const requestOf = (...spans: number[][]): Buffer =>
  Buffer.from(
    delimited(1, [
      ...delimited(1, keyValues(1, { 'service.name': 'payment', 'k8s.pod.ip': '10.0.0.1' })),
      ...delimited(2, [...delimited(1, textField(1, 'library')), ...spans.flat()]),
    ]),
  );

interface Read {
  readonly resource: object;
  readonly attributes: object;
  readonly core: Readonly<Record<string, string>>;
  readonly parent: string;
}

function read(bytes: Buffer): Read[] {
  const scanned = scannedItem();
  const found: Read[] = [];
  let resource = {};
  scanRequest(bytes, 0, bytes.length, {
    resource: (from, to) => {
      resource = decodeResource(bytes, from, to);
    },
    scope: () => undefined,
    item: (from, to) => {
      scanItem(bytes, from, to, spanLayout, scanned);
      const { attributesStart, attributesEnd } = scanned;
      found.push({
        resource,
        attributes: decodeAttributes(bytes, attributesStart, attributesEnd, 9),
        core: decodeCore(bytes, from, to, 'traces'),
        parent: decodeSpanParents(bytes, from, to).parentSpanId,
      });
    },
  });
  return found;
}

const through = (...spans: number[][]): Read[] => read(fromZipkin(toZipkin(requestOf(...spans))));
const sentAs = (...spans: number[][]) => JSON.parse(String(toZipkin(requestOf(...spans))));

describe('a span that a tracer of Zipkin sends', () => {
  it('has its ids, times in microseconds, and all values as text', () => {
    expect(sentAs(span({ parent: true, status: 2 }))).toEqual([
      {
        traceId: '00112233445566778899aabbccddeeff',
        id: '0102030405060708',
        parentId: '1112131415161718',
        name: 'POST /pay',
        kind: 'SERVER',
        timestamp: 1_795_985_175_426_123,
        duration: 2_500_001,
        localEndpoint: { serviceName: 'payment' },
        tags: { 'http.route': '/pay', 'http.status': '200', retried: 'false', error: 'true' },
      },
    ]);
  });

  it('has no kind inside a process, and nothing that is taken for another thing', () => {
    const [sent] = sentAs(
      span({ kind: 1, attributes: { 'deployment.environment': 'test', error: 'x' } }),
    );
    expect(sent).not.toHaveProperty('kind');
    expect(sent.tags).toEqual({ 'http.route': '/pay', 'http.status': '200', retried: 'false' });
  });
});

describe('what a receiver makes of it', () => {
  it('is a span with the service alone as its resource', () => {
    expect(through(span({ parent: true }))).toEqual([
      {
        resource: { 'service.name': 'payment' },
        attributes: { 'http.route': '/pay', 'http.status': '200', retried: 'false' },
        core: {
          parentSpanId: '1112131415161718',
          name: 'POST /pay',
          kind: '2',
          startTimeUnixNano: '1795985175426123000',
          endTimeUnixNano: '1795985177926124000',
        },
        parent: '1112131415161718',
      },
    ]);
  });

  it('failed where its tag says so', () => {
    expect(through(span({ status: 2 }))[0]?.core.status).toBe('1802');
    expect(through(span())[0]?.core.status).toBeUndefined();
  });

  it('is in the order in which they were sent', () => {
    const kinds = [2, 3, 4, 5, 1];
    expect(through(...kinds.map((kind) => span({ kind }))).map(({ core }) => core.kind)).toEqual([
      ...['2', '3', '4', '5'],
      undefined,
    ]);
  });

  it.each([
    ['an annotation', { annotations: [] }],
    ['an address', { localEndpoint: { serviceName: 'a', ipv4: '10.0.0.1' } }],
    ['a tag for the resource', { tags: { 'k8s.pod.name': 'a' } }],
    ['an error in words', { tags: { error: 'refused' } }],
  ])('can’t be read where it holds %s', (_, over) => {
    const [sent] = sentAs(span());
    expect(() => fromZipkin(Buffer.from(JSON.stringify([{ ...sent, ...over }])))).toThrow(
      /not modelled/,
    );
  });
});
