import { noPod } from './judge/model/edit-item.ts';
import { UserError } from './lib/errors.ts';
import type { OtlpValue } from './lib/otlp/decode.ts';
import type { SentTrace } from './trace-fate.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/**
 * Traces as OTLP/JSON writes them (opentelemetry-proto, "JSON Protobuf Encoding": ids in
 * hexadecimal, 64-bit numbers as texts, enums as numbers): one request, or one a line as the
 * collector's `file` exporter leaves them. Spans of one trace may lie in several.
 *
 * @param file names it in what is said of it
 * @throws UserError where it is no such thing
 */
export function decodeOtlpJson(file: string, text: string): SentTrace[] {
  const requests = parsed(file, text);
  const spans = requests.flatMap((request) =>
    listOf(request.resourceSpans).flatMap(({ resource, scopeSpans }) => {
      const around = attributesOf(fieldsOf(resource).attributes);
      return listOf(scopeSpans).flatMap((scope) =>
        listOf(scope.spans).map((span) => ({ span, resource: around })),
      );
    }),
  );
  if (spans.length === 0) {
    throw new UserError(`${file}: no span in it. Hint: it must hold resourceSpans[].scopeSpans[]`);
  }
  const traces = Map.groupBy(spans, ({ span }) => String(span.traceId).toLowerCase());
  return [...traces].map(([traceId, own]) => {
    if (!/^[0-9a-f]{32}$/.test(traceId)) {
      throw new UserError(`${file}: found traceId "${traceId}", expected 32 hexadecimal digits`);
    }
    const begin = own.reduce((least, { span }) => {
      const start = nanosOf(span.startTimeUnixNano);
      return start < least ? start : least;
    }, nanosOf(own[0]?.span.startTimeUnixNano));
    return {
      traceId,
      spans: own.map(({ span, resource }) => ({
        facts: {
          name: String(span.name ?? ''),
          kind: enumOf(span.kind, kinds),
          statusCode: enumOf(fieldsOf(span.status).code, statuses),
          attributes: attributesOf(span.attributes),
          resource,
          pod: noPod,
        },
        startOffsetNanos: Number(nanosOf(span.startTimeUnixNano) - begin),
        endOffsetNanos: Number(nanosOf(span.endTimeUnixNano) - begin),
      })),
    };
  });
}

/** One request, or one a line. */
function parsed(file: string, text: string): Fields[] {
  const whole = jsonOf(text);
  if (isFields(whole)) return [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const request = jsonOf(line);
    if (isFields(request)) return request;
    throw new UserError(`${file}:${i + 1}: found no JSON object, expected a request of OTLP/JSON`);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statuses = ['UNSET', 'OK', 'ERROR'];

/** By number, or as some write it: by name (`SPAN_KIND_SERVER`). */
const enumOf = (value: unknown, names: readonly string[]): number =>
  typeof value === 'string'
    ? Math.max(0, names.indexOf(value.replace(/^(SPAN_KIND|STATUS_CODE)_/, '')))
    : Number(value ?? 0);

const nanosOf = (value: unknown): bigint => {
  const text = String(value ?? 0);
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
};

const attributesOf = (list: unknown): Record<string, OtlpValue> =>
  Object.fromEntries(listOf(list).map(({ key, value }) => [String(key), anyValueOf(value)]));

/** AnyValue; a 64-bit number is a text. */
function anyValueOf(value: unknown): OtlpValue {
  const [[kind, own] = ['', null]] = Object.entries(fieldsOf(value));
  switch (kind) {
    case 'intValue':
    case 'doubleValue':
      return Number(own);
    case 'arrayValue':
      return listOf(fieldsOf(own).values).map(anyValueOf);
    case 'kvlistValue':
      return attributesOf(fieldsOf(own).values);
    default:
      return own as OtlpValue;
  }
}
