import {
  decodeAttributes,
  decodeCore,
  decodeResource,
  decodeSpanParents,
} from '../../lib/otlp/decode.ts';
import { scanItem, scannedItem, scanRequest, spanLayout } from '../../lib/otlp/scan.ts';
import { delimited, fixed64Field, keyValues, textField, varintField } from '../../plan/protobuf.ts';

const traceId = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const startNanos = 1_795_985_175_426_123_456n;

/** One span of a request, of a server unless another kind is said. */
export const span = (
  over: {
    kind?: number;
    status?: number;
    attributes?: Readonly<Record<string, string | number | boolean>>;
    parent?: boolean;
  } = {},
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

export const requestOf = (...spans: number[][]): Buffer =>
  Buffer.from(
    delimited(1, [
      ...delimited(1, keyValues(1, { 'service.name': 'payment', 'k8s.pod.ip': '10.0.0.1' })),
      ...delimited(2, [...delimited(1, textField(1, 'library')), ...spans.flat()]),
    ]),
  );

/** A span as it stands in a request. */
export interface Read {
  readonly resource: object;
  readonly attributes: object;
  readonly core: Readonly<Record<string, string>>;
  readonly parent: string;
}

export function read(bytes: Buffer): Read[] {
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
