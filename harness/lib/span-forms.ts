/** How applications with other tracers than OpenTelemetry's send their spans. */
export interface SpanFormFacts {
  /** In words. */
  readonly called: string;
  readonly protocol: 'grpc' | 'http';
  /** Where they are posted; for gRPC service and method. */
  readonly path: string;
  /** At which port, where the receiver's endpoint says none. */
  readonly port: number;
  /** What of a span has no place in it. */
  readonly loses: string;
}

/**
 * By the form's name: Zipkin's JSON (zipkin.io/zipkin-api, version 2), Jaeger's Thrift over HTTP
 * and its protobuf over gRPC (jaeger-idl v0.6.0; jaegerreceiver v0.152.0, trace_receiver.go).
 */
export const spanForms = {
  zipkin: {
    called: 'JSON of Zipkin',
    protocol: 'http',
    path: '/api/v2/spans',
    port: 9411,
    loses: 'of the resource service.name alone, values as text, times in microseconds',
  },
  jaegerThrift: {
    called: 'Thrift of Jaeger',
    protocol: 'http',
    path: '/api/traces',
    port: 14268,
    loses: 'without scope, events and links, times in microseconds',
  },
  jaegerProto: {
    called: 'protobuf of Jaeger',
    protocol: 'grpc',
    path: '/jaeger.api_v2.CollectorService/PostSpans',
    port: 14250,
    loses: 'without scope, events and links',
  },
} as const satisfies Readonly<Record<string, SpanFormFacts>>;

export type SpanForm = keyof typeof spanForms;

const names = Object.keys(spanForms) as SpanForm[];

/** The form in which spans are sent to a path, or to a URL; undefined where by OTLP. */
export const formOfPath = (path: string): SpanForm | undefined =>
  names.find((form) => path.endsWith(spanForms[form].path));
