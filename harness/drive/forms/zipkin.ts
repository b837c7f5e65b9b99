import { delimited, fixed64Field, keyValues, textField, varintField } from '../../plan/protobuf.ts';
import { type LoadSpan, loadSpansOf } from './load-spans.ts';

/** A span as an application with a Zipkin tracer sends it (zipkin.io/zipkin-api, version 2). */
interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: keyof typeof kinds;
  /** Epoch microseconds. */
  readonly timestamp: number;
  /** Microseconds. */
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly tags: Readonly<Record<string, string>>;
}

/** Kinds by their number in OTLP; one inside a process has none. */
const kinds = { SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } as const;
const kindNames = new Map(Object.entries(kinds).map(([name, kind]) => [Number(kind), name]));
const statusError = 2;
const microsecondNanos = 1_000n;

/**
 * Tags that a receiver takes for something else than an attribute of the span: for the resource,
 * the scope, the status, the kind, links (contrib v0.152.0, pkg/translator/zipkin/zipkinv2,
 * nonSpanAttributes). More than it takes so are matched: none of these is sent.
 */
const isTaken = (key: string): boolean =>
  /^(error|span\.kind|w3c\.tracestate|opencensus\.|otel\.|otlp\.|service\.|telemetry\.|process\.|os\.|webengine\.|cloud\.|aws\.|container\.|deployment\.|device\.|faas\.|host\.|k8s\.)/.test(
    key,
  );

/**
 * A request of the load's spans as JSON of Zipkin. What that has no place for is not sent: of the
 * resource all but the service's name, events, links, what is smaller than a microsecond, and of
 * values what else they were than text.
 *
 * @param bytes an OTLP request of spans
 */
export const toZipkin = (bytes: Buffer): Buffer =>
  Buffer.from(JSON.stringify(loadSpansOf(bytes).map(spanOf)));

function spanOf(span: LoadSpan): ZipkinSpan {
  const kind = kindNames.get(span.kind);
  const timestamp = micros(span.startNanos);
  const attributes = Object.entries(span.attributes).flatMap(([key, value]) =>
    isTaken(key) ? [] : [[key, String(value)] as const],
  );
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentSpanId === '' ? {} : { parentId: span.parentSpanId }),
    name: span.name,
    ...(kind === undefined ? {} : { kind: kind as keyof typeof kinds }),
    timestamp,
    duration: Math.max(1, micros(span.endNanos) - timestamp),
    localEndpoint: { serviceName: String(span.resource['service.name'] ?? '') },
    tags: {
      ...Object.fromEntries(attributes),
      ...(span.statusCode === statusError ? { error: 'true' } : {}),
    },
  };
}

const micros = (nanos: bigint): number => Number(nanos / microsecondNanos);

/** All that `toZipkin` writes: what a span has beside may become anything. */
const known = new Set([
  ...['traceId', 'id', 'parentId', 'name', 'kind', 'timestamp', 'duration', 'localEndpoint'],
  'tags',
]);

/**
 * What a `zipkin` receiver makes of a request, as OTLP (contrib v0.152.0, pkg/translator/zipkin,
 * zipkinv2/to_translator.go; zipkin-go v0.4.3, model/span.go): a resource a service, all tags as
 * text, an error where the tag `error` is.
 *
 * @param json a list of spans, version 2
 * @throws where it is none, or holds what is not modelled here
 */
export function fromZipkin(json: Buffer): Buffer {
  const spans = JSON.parse(json.toString('utf8')) as ZipkinSpan[];
  const services = [...Map.groupBy(spans, serviceOf)];
  return Buffer.from(
    services.flatMap(([service, own]) => {
      const resource = delimited(1, keyValues(1, { 'service.name': service }));
      const scope = delimited(2, own.flatMap(spanBytes));
      return delimited(1, [...resource, ...scope]);
    }),
  );
}

function serviceOf({ localEndpoint }: ZipkinSpan): string {
  const { serviceName, ...others } = localEndpoint ?? {};
  if (serviceName === undefined || Object.keys(others).length > 0) {
    throw new Error('an endpoint of Zipkin that is not modelled');
  }
  return serviceName;
}

function spanBytes(span: ZipkinSpan): number[] {
  const { error, ...tags } = span.tags ?? {};
  const strange = [...Object.keys(span).filter((key) => !known.has(key))];
  const taken = Object.keys(tags).filter(isTaken);
  const [unknown] = [
    ...strange,
    ...taken,
    ...(error === undefined || error === 'true' ? [] : ['error']),
  ];
  if (unknown !== undefined) throw new Error(`"${unknown}" of a span of Zipkin is not modelled`);
  const startNanos = BigInt(span.timestamp) * microsecondNanos;
  const endNanos = startNanos + BigInt(span.duration) * microsecondNanos;
  const status = error === undefined ? [] : varintField(3, statusError);
  return delimited(2, [
    ...delimited(1, Buffer.from(span.traceId, 'hex')),
    ...delimited(2, Buffer.from(span.id, 'hex')),
    ...(span.parentId === undefined ? [] : delimited(4, Buffer.from(span.parentId, 'hex'))),
    ...textField(5, span.name),
    ...varintField(6, span.kind === undefined ? 0 : kinds[span.kind]),
    ...fixed64Field(7, startNanos),
    ...fixed64Field(8, endNanos),
    ...keyValues(9, tags),
    ...delimited(15, status),
  ]);
}
