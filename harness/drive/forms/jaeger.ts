import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { delimited, fixed64Field, keyValues, textField, varintField } from '../../plan/protobuf.ts';
import { type LoadSpan, loadSpansOf } from './load-spans.ts';

/** A value of a tag; a whole number is a long. */
export type TagValue = string | number | boolean;

type Tags = Readonly<Record<string, TagValue>>;

/** A span as an application with a tracer of Jaeger's makes it, whatever bytes it becomes. */
export interface JaegerSpan {
  /** 16 and 8 bytes in hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startNanos: bigint;
  readonly durationNanos: bigint;
  readonly tags: Tags;
}

/** What one process sends in one request. */
export interface JaegerBatch {
  readonly serviceName: string;
  readonly processTags: Tags;
  readonly spans: readonly JaegerSpan[];
}

/** By their number in OTLP (OpenTelemetry specification, sdk_exporters/jaeger.md, SpanKind). */
const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const [statusOk, statusError] = [1, 2];

/**
 * Tags that a receiver takes for something else than an attribute (contrib v0.152.0,
 * pkg/translator/jaeger, jaegerproto_to_traces.go, and coreinternal/tracetranslator). None of an
 * application's own is sent.
 */
const isTaken = (key: string): boolean =>
  /^(error|span\.kind|w3c\.tracestate|otel\.|http\.status_message$|hostname$|jaeger\.version$)/.test(
    key,
  );

const tagValue = (value: OtlpValue): TagValue =>
  value === null || typeof value === 'object' ? JSON.stringify(value) : value;

const tagsOf = (attributes: Readonly<Record<string, OtlpValue>>): Record<string, TagValue> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) =>
      isTaken(key) ? [] : [[key, tagValue(value)] as const],
    ),
  );

/**
 * The load's spans as Jaeger's, as an OpenTelemetry exporter for Jaeger writes them (specification,
 * sdk_exporters/jaeger.md). Its scope, events, links and trace state are not sent.
 *
 * @param bytes an OTLP request of spans of one resource
 */
export function batchOf(bytes: Buffer): JaegerBatch {
  const spans = loadSpansOf(bytes);
  const [resource, ...others] = new Set(spans.map((span) => span.resource));
  if (!resource || others.length > 0) throw new Error('a batch of Jaeger is of one process');
  const { 'service.name': serviceName = '', ...processTags } = resource;
  return {
    serviceName: String(serviceName),
    processTags: tagsOf(processTags),
    spans: spans.map(spanOf),
  };
}

const spanOf = ({ traceId, spanId, parentSpanId, name, ...span }: LoadSpan): JaegerSpan => ({
  ...{ traceId, spanId, parentSpanId, name },
  startNanos: span.startNanos,
  durationNanos: span.endNanos - span.startNanos,
  tags: { ...tagsOf(span.attributes), ...tagsOfFields(span.kind, span.statusCode) },
});

function tagsOfFields(kind: number, statusCode: number): Tags {
  return {
    ...(kinds[kind] ? { 'span.kind': kinds[kind] } : {}),
    ...(statusCode === statusError ? { 'otel.status_code': 'ERROR', error: true } : {}),
    ...(statusCode === statusOk ? { 'otel.status_code': 'OK' } : {}),
  };
}

/**
 * What a `jaeger` receiver makes of a batch, as OTLP (contrib v0.152.0, pkg/translator/jaeger,
 * jaegerproto_to_traces.go; the same by Thrift).
 *
 * @throws where it holds a tag that is not modelled here
 */
export function otlpOf({ serviceName, processTags, spans }: JaegerBatch): Buffer {
  checkTags(processTags, new Set());
  const service = serviceName === '' ? {} : { 'service.name': serviceName };
  const resource = delimited(1, keyValues(1, { ...service, ...processTags }));
  const scope = delimited(2, spans.flatMap(spanBytes));
  return Buffer.from(delimited(1, [...resource, ...scope]));
}

const fieldTags = new Set(['span.kind', 'error', 'otel.status_code']);

function checkTags(tags: Tags, modelled: ReadonlySet<string>): void {
  const strange = Object.keys(tags).find((key) => isTaken(key) && !modelled.has(key));
  if (strange !== undefined) throw new Error(`tag "${strange}" of Jaeger is not modelled`);
}

function spanBytes(span: JaegerSpan): number[] {
  checkTags(span.tags, fieldTags);
  const { 'span.kind': kindName, error, 'otel.status_code': code, ...attributes } = span.tags;
  if (error !== undefined && error !== true) throw new Error('tag "error" is not modelled');
  const kind = Math.max(0, kinds.indexOf(kindName as (typeof kinds)[number]));
  const status = statusOf(error, code, attributes['http.status_code'], kind);
  return delimited(2, [
    ...delimited(1, Buffer.from(span.traceId, 'hex')),
    ...delimited(2, Buffer.from(span.spanId, 'hex')),
    ...(span.parentSpanId === '' ? [] : delimited(4, Buffer.from(span.parentSpanId, 'hex'))),
    ...textField(5, span.name),
    ...varintField(6, kind),
    ...fixed64Field(7, span.startNanos),
    ...fixed64Field(8, span.startNanos + span.durationNanos),
    ...keyValues(9, attributes),
    ...delimited(15, status === 0 ? [] : varintField(3, status)),
  ]);
}

/** setInternalSpanStatus: the tag `error` first, then the status, then what HTTP answered. */
function statusOf(error: unknown, code: unknown, http: unknown, kind: number): number {
  if (error === true) return statusError;
  if (code !== undefined) {
    return { OK: statusOk, ERROR: statusError }[String(code).toUpperCase()] ?? 0;
  }
  const status = typeof http === 'string' && /^[+-]?\d+$/.test(http) ? Number(http) : http;
  if (!Number.isInteger(status)) return 0;
  const answer = status as number;
  const byKind: Readonly<Record<string, number>> = { client: statusError, server: 0 };
  const side = answer >= 400 && answer < 500 ? byKind[kinds[kind] ?? ''] : undefined;
  return side ?? (answer >= 100 && answer < 399 ? 0 : statusError);
}
