import { attributesAt, textWith } from './canaries.ts';
import { linkedId, metricsBytes } from './encode-metrics.ts';
import {
  delimited,
  fixed64Field,
  keyValues,
  textField,
  varint,
  varintField,
  varintLength,
} from './protobuf.ts';
import type { Plan, PlannedBlock, PlannedPod, SpanTemplate } from './types.ts';

/** What only the running stack knows: when the run starts and where each pod's address is. */
export interface EncodeContext {
  readonly startMs: number;
  readonly addressOfPod: readonly string[];
}

/**
 * Encodes blocks as OTLP/protobuf ExportTraceServiceRequest, ExportLogsServiceRequest and
 * ExportMetricsServiceRequest. Field order is ascending and defaults are left out, as the
 * collector itself writes them, so that a span that nobody touched keeps its bytes.
 */
export interface Encoder {
  /** An upper bound of the block's encoded size. */
  size(block: PlannedBlock): number;
  /** Writes the block at an offset; returns the offset behind it. */
  write(block: PlannedBlock, target: Buffer, offset: number): number;
}

interface Template {
  readonly bytes: Uint8Array;
  /** Where the changing parts stand in `bytes`. */
  readonly traceId: number;
  readonly spanId: number;
  readonly parentId: number;
  readonly start: number;
  readonly end: number;
  /** Of a span's event, whose time is the span's start. */
  readonly event: number;
}

const scopeName = 'otel-pipeline-bench';
const emptyId = new Uint8Array(16);
const nanosPerMs = 1_000_000n;

export function createEncoder(plan: Plan, context: EncodeContext): Encoder {
  const resources = plan.pods.map((_, pod) => resourceBytes(plan, context, pod));
  const resourceOf = ({ pod, secrets }: PlannedBlock): Uint8Array =>
    secrets
      ? resourceBytes(plan, context, pod, attributesAt(secrets, 'resource'))
      : (resources[pod] ?? emptyId);
  const scope = Uint8Array.from(delimited(1, textField(1, scopeName)));
  const base = BigInt(Math.round(context.startMs)) * nanosPerMs;
  const spanTemplates = plan.templates.map(spanTemplate);
  const logTemplates = plan.templates.map(logTemplate);
  const itemsOf = (block: PlannedBlock): { order: Uint32Array; templates: readonly Template[] } =>
    block.signal === 'logs'
      ? { order: plan.logOrder, templates: logTemplates }
      : { order: plan.spanOrder, templates: spanTemplates };

  const itemBytes = (block: PlannedBlock): number => {
    if (block.signal === 'metrics') return metricsBytes(plan, block, base).length;
    const { order, templates } = itemsOf(block);
    let total = 0;
    for (let i = block.from; i < block.to; i++) {
      total += templates[plan.spans.template[order[i] as number] as number]?.bytes.length ?? 0;
    }
    return total;
  };

  return {
    size: (block) => itemBytes(block) + scope.length + resourceOf(block).length + 32,
    write: (block, target, start) => {
      let offset = writeHead(target, start, resourceOf(block), scope, itemBytes(block));
      if (block.signal === 'metrics') {
        const bytes = metricsBytes(plan, block, base);
        target.set(bytes, offset);
        return offset + bytes.length;
      }
      const { order, templates } = itemsOf(block);
      for (let i = block.from; i < block.to; i++) {
        offset = writeItem(plan, order[i] as number, templates, base, target, offset);
      }
      return offset;
    },
  };
}

/** Resource{Spans,Logs,Metrics} { resource, scope_... { scope, items } }: the two outer lengths. */
function writeHead(
  target: Buffer,
  start: number,
  resource: Uint8Array,
  scope: Uint8Array,
  items: number,
): number {
  const scopeLength = scope.length + items;
  const outer = resource.length + 1 + varintLength(scopeLength) + scopeLength;
  let offset = start;
  target[offset++] = 0x0a;
  offset = writeVarint(target, offset, outer);
  target.set(resource, offset);
  offset += resource.length;
  target[offset++] = 0x12;
  offset = writeVarint(target, offset, scopeLength);
  target.set(scope, offset);
  return offset + scope.length;
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let offset = start;
  let rest = value;
  while (rest > 127) {
    target[offset++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[offset++] = rest;
  return offset;
}

/** Copies the template and patches ids and times: the hot loop of the block writer. */
function writeItem(
  plan: Plan,
  span: number,
  templates: readonly Template[],
  base: bigint,
  target: Buffer,
  offset: number,
): number {
  const { spans, traces } = plan;
  const template = templates[spans.template[span] as number] as Template;
  target.set(template.bytes, offset);
  const trace = 4 * (spans.trace[span] as number);
  for (let w = 0; w < 4; w++) {
    target.writeUInt32BE(traces.idWords[trace + w] as number, offset + template.traceId + 4 * w);
  }
  target.writeUInt32BE(spans.idHigh[span] as number, offset + template.spanId);
  target.writeUInt32BE(spans.idLow[span] as number, offset + template.spanId + 4);
  if (template.parentId > 0) {
    const parent = spans.parent[span] as number;
    target.writeUInt32BE(spans.idHigh[parent] as number, offset + template.parentId);
    target.writeUInt32BE(spans.idLow[parent] as number, offset + template.parentId + 4);
  }
  if (template.start > 0) {
    writeTime(target, offset + template.start, base, spans.startOffsetNanos[span] as number);
  }
  if (template.event > 0) {
    writeTime(target, offset + template.event, base, spans.startOffsetNanos[span] as number);
  }
  writeTime(target, offset + template.end, base, spans.endOffsetNanos[span] as number);
  return offset + template.bytes.length;
}

const two32 = 4294967296;

/**
 * base + offset as a little-endian 64-bit number, in 32-bit halves: BigInt would cost the budget.
 */
function writeTime(target: Buffer, position: number, base: bigint, offsetNanos: number): void {
  const [baseHigh, baseLow] = halves(base);
  const low = baseLow + (offsetNanos % two32);
  const carry = low >= two32 ? 1 : 0;
  target.writeUInt32LE(low - carry * two32, position);
  target.writeUInt32LE(baseHigh + Math.floor(offsetNanos / two32) + carry, position + 4);
}

let cachedBase = -1n;
let cachedHalves: [number, number] = [0, 0];

function halves(base: bigint): [number, number] {
  if (base !== cachedBase) {
    cachedBase = base;
    cachedHalves = [Number(base >> 32n), Number(base & 0xffffffffn)];
  }
  return cachedHalves;
}

/** The resource that a pod of a sample service sends its items with. */
export const resourceAttributes = (
  pod: PlannedPod | undefined,
  address = '',
): Record<string, string> => ({
  'service.name': pod?.service ?? '',
  'service.namespace': pod?.namespace ?? '',
  'service.instance.id': pod?.uid ?? '',
  'telemetry.sdk.name': 'opentelemetry',
  ...(pod?.sendsItself ? {} : { 'k8s.pod.ip': address }),
});

function resourceBytes(
  plan: Plan,
  context: EncodeContext,
  pod: number,
  secrets: Readonly<Record<string, string>> = {},
): Uint8Array {
  const own = resourceAttributes(plan.pods[pod], context.addressOfPod[pod]);
  const attributes = { ...own, ...secrets };
  return Uint8Array.from(delimited(1, keyValues(1, attributes)));
}

/** Assembles an item from parts and notes where the placeholders came to stand. */
function template(field: number, parts: readonly (readonly [string, number[]])[]): Template {
  const body = parts.flatMap(([, bytes]) => bytes);
  const head = [...varint(field * 8 + 2), ...varint(body.length)];
  const places: Record<string, number> = {};
  let position = head.length;
  for (const [name, bytes] of parts) {
    position += bytes.length;
    places[name] = position;
  }
  // A placeholder stands at the end of its part: 16 bytes for a trace id, else 8.
  const at = (name: string, size: number): number =>
    places[name] === undefined ? 0 : places[name] - size;
  return {
    bytes: Uint8Array.from([...head, ...body]),
    traceId: at('traceId', 16),
    spanId: at('spanId', 8),
    parentId: at('parentId', 8),
    start: at('start', 8),
    end: at('end', 8),
    event: at('event', 8),
  };
}

const id8 = emptyId.subarray(0, 8);

/** trace.proto, message Span. */
function spanTemplate(span: SpanTemplate): Template {
  const status = span.statusCode === 0 ? [] : varintField(3, span.statusCode);
  return template(2, [
    ['traceId', delimited(1, emptyId)],
    ['spanId', delimited(2, id8)],
    ...(span.root ? [] : [['parentId', delimited(4, id8)] as const]),
    ['name', textField(5, textWith(span.name, span.secrets, 'spanName'))],
    ['kind', varintField(6, span.kind)],
    ['start', fixed64Field(7, 0n)],
    ['end', fixed64Field(8, 0n)],
    ['attributes', keyValues(9, span.attributes)],
    ...eventPart(span),
    ['links', linkBytes(span)],
    ['status', delimited(15, status)],
  ]);
}

/** Span.Event { 1: time, 2: name, 3: attributes }, where secrets are; its time stands last. */
function eventPart({ secrets }: SpanTemplate): (readonly [string, number[]])[] {
  const attributes = keyValues(3, attributesAt(secrets, 'event'));
  if (attributes.length === 0) return [];
  const head = [...textField(2, 'bench.event'), ...attributes];
  return [['event', delimited(11, [...head, ...fixed64Field(1, 0n)])]];
}

/** Span.Link { 1: trace id, 2: span id, 4: attributes }, of a span with secrets there. */
function linkBytes({ secrets }: SpanTemplate): number[] {
  const attributes = keyValues(4, attributesAt(secrets, 'link'));
  if (attributes.length === 0) return [];
  const ids = [...delimited(1, linkedId), ...delimited(2, linkedId.subarray(0, 8))];
  return delimited(13, [...ids, ...attributes]);
}

const severityInfo = 9;

/** logs.proto, message LogRecord; its time is the span's end. */
function logTemplate(span: SpanTemplate): Template {
  return template(2, [
    ['end', fixed64Field(1, 0n)],
    ['severity', varintField(2, severityInfo)],
    ['severityText', textField(3, 'INFO')],
    ['body', delimited(5, textField(1, textWith(`${span.name} done`, span.secrets, 'logBody')))],
    ['attributes', keyValues(6, logAttributes(span))],
    ['traceId', delimited(9, emptyId)],
    ['spanId', delimited(10, id8)],
  ]);
}

const logAttributes = ({ name, secrets }: SpanTemplate): Record<string, string> => ({
  'code.function.name': name,
  ...attributesAt(secrets, 'logAttribute'),
});
