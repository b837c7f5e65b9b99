import type { ShownSpan, Tag } from '../../grafana/types.ts';
import { decodeCore } from '../../lib/otlp/decode.ts';
import { cursor, readField, wire } from '../../lib/otlp/wire.ts';
import { createDictionaries } from '../dictionary.ts';
import { hexAt, walkItems } from '../items.ts';
import type { Attributes } from '../types.ts';

/**
 * The spans of a trace as Tempo answers with them (tempo.proto): a Trace has the layout of an
 * export request; the second version of its API wraps it in a TraceByIDResponse, as field 1.
 * @throws WireError where the bytes are neither
 */
export function spansOf(body: Buffer, path: string): ShownSpan[] {
  const dictionaries = createDictionaries();
  const spans: ShownSpan[] = [];
  for (const [from, to] of path.startsWith('/api/v2/') ? wrapped(body) : [[0, body.length]]) {
    walkItems(body, from ?? 0, to ?? 0, 'traces', dictionaries, (met) => {
      const { scanned, start, end } = met;
      const core = decodeCore(body, start, end, 'traces');
      spans.push({
        traceId: hexAt(body, scanned.traceId, 16),
        spanId: hexAt(body, scanned.spanId, 8),
        name: core.name ?? '',
        startNanos: BigInt(core.startTimeUnixNano ?? 0),
        endNanos: BigInt(core.endTimeUnixNano ?? 0),
        resource: tagsOf(dictionaries.resources.get(met.resourceId)),
        attributes: tagsOf(dictionaries.attributes.get(met.attributesId)),
      });
    });
  }
  return spans;
}

function wrapped(body: Buffer): [number, number][] {
  const at = cursor(body);
  const ranges: [number, number][] = [];
  for (let position = 0; position < body.length; position = at.end) {
    readField(at, position, body.length);
    if (at.number === 1 && at.wire === wire.delimited) ranges.push([at.value, at.end]);
  }
  return ranges;
}

/** What is no plain value is shown as JSON, as Grafana's backend does. */
const tagsOf = (attributes: Attributes): Tag[] =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'object' ? JSON.stringify(value) : value,
  }));
