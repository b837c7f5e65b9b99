import { decodeAttributes, decodeResource, decodeScope } from '../lib/otlp/decode.ts';
import { decodeLog } from '../lib/otlp/logs.ts';
import {
  type ItemLayout,
  logLayout,
  type ScannedItem,
  scanItem,
  scannedItem,
  scanRequest,
  spanLayout,
} from '../lib/otlp/scan.ts';
import type { Dictionaries } from './dictionary.ts';

export const layoutOf: Readonly<Record<'traces' | 'logs', ItemLayout>> = {
  traces: spanLayout,
  logs: logLayout,
};

/** What is kept of one item that was met in a request. */
export interface MetItem {
  readonly scanned: ScannedItem;
  readonly start: number;
  readonly end: number;
  readonly attributesId: number;
  readonly resourceId: number;
  readonly scopeId: number;
}

/**
 * Walks a request's items with their attributes, resource and scope numbered.
 * The object handed to `visit` is reused.
 * @throws WireError where the bytes are no OTLP request.
 */
export function walkItems(
  bytes: Buffer,
  start: number,
  end: number,
  signal: 'traces' | 'logs',
  dictionaries: Dictionaries,
  visit: (item: MetItem) => void,
): void {
  const layout = layoutOf[signal];
  const scanned = scannedItem();
  const met = { scanned, start: 0, end: 0, attributesId: 0, resourceId: 0, scopeId: 0 };
  scanRequest(bytes, start, end, {
    resource: (from, to) => {
      met.resourceId = dictionaries.resources.intern(bytes, from, to, () =>
        decodeResource(bytes, from, to),
      );
    },
    scope: (from, to) => {
      met.scopeId = dictionaries.scopes.intern(bytes, from, to, () => decodeScope(bytes, from, to));
    },
    item: (from, to) => {
      scanItem(bytes, from, to, layout, scanned);
      met.start = from;
      met.end = to;
      const { attributesStart, attributesEnd } = scanned;
      met.attributesId = dictionaries.attributes.intern(bytes, attributesStart, attributesEnd, () =>
        decodeAttributes(bytes, attributesStart, attributesEnd, layout.attributes),
      );
      visit(met);
    },
  });
}

/** Ids while they are tabled: numbers, which DuckDB takes many times faster than texts. */
export const idColumns = { trace_high: 'id', trace_low: 'id', span: 'id' } as const;
/** The columns that join planned with seen items. */
export const idKeys = Object.keys(idColumns).join(', ');
/** Ids as everybody writes them, for the tables that are kept. */
export const idTexts =
  "format('{:016x}{:016x}', trace_high, trace_low) AS trace_id, format('{:016x}', span) AS span_id";

export const idAt = (bytes: Buffer, position: number): bigint =>
  position < 0 ? 0n : bytes.readBigUInt64BE(position);

export const hexAt = (bytes: Buffer, position: number, length: number): string =>
  position < 0 ? '' : bytes.toString('hex', position, position + length);

/** Whose an item is, as numbers; 0 where it does not say. */
export interface ItemIds {
  readonly traceHigh: bigint;
  readonly traceLow: bigint;
  readonly span: bigint;
}

/**
 * The ids that an item has. A log record out of a file has those that its line says, wherever its
 * pipeline put them: in the body, as a text or taken apart, or among the attributes.
 */
export function idsOf(bytes: Buffer, met: MetItem, signal: 'traces' | 'logs'): ItemIds {
  const { traceId, spanId } = met.scanned;
  if (signal === 'traces' || (traceId >= 0 && spanId >= 0)) {
    const traceLow = idAt(bytes, traceId < 0 ? -1 : traceId + 8);
    return { traceHigh: idAt(bytes, traceId), traceLow, span: idAt(bytes, spanId) };
  }
  const { body, attributes } = decodeLog(bytes, met.start, met.end);
  const said = typeof body === 'string' ? body : JSON.stringify(body);
  const of = (key: string): string =>
    String(attributes[key] ?? new RegExp(`"${key}":"([0-9a-f]+)"`).exec(said)?.[1] ?? '');
  const trace = /^[0-9a-f]{32}$/.exec(of('trace_id'))?.[0] ?? '0'.repeat(32);
  const span = /^[0-9a-f]{16}$/.exec(of('span_id'))?.[0] ?? '0';
  return {
    traceHigh: BigInt(`0x${trace.slice(0, 16)}`),
    traceLow: BigInt(`0x${trace.slice(16)}`),
    span: BigInt(`0x${span}`),
  };
}
