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

/** Items that are joined or sorted at a time: memory hangs on them, not on how many there are. */
export const sliceItems = 1_000_000;

/** Ids while they are tabled: numbers, which DuckDB takes many times faster than texts. */
export const idColumns = { trace_high: 'id', trace_low: 'id', span: 'id' } as const;
/** The columns that join planned with seen items. */
export const idKeys = Object.keys(idColumns).join(', ');
/** Ids as everybody writes them, for the tables that are kept. */
export const idTexts =
  "format('{:016x}{:016x}', trace_high, trace_low) AS trace_id, format('{:016x}', span) AS span_id";

/** Where the ids of an item are tabled. */
export type IdCells = Readonly<Record<keyof typeof idColumns, Uint32Array>>;

/** Tables the eight bytes of an id that stand at a position; zeros where it is negative. */
function setIdAt(cells: Uint32Array, row: number, bytes: Buffer, position: number): void {
  cells[2 * row] = position < 0 ? 0 : bytes.readUInt32BE(position + 4);
  cells[2 * row + 1] = position < 0 ? 0 : bytes.readUInt32BE(position);
}

/** Where the ids of an item stand; -1 for one that it has not. */
export interface IdPlaces {
  readonly bytes: Buffer;
  readonly traceId: number;
  readonly spanId: number;
}

/** Tables ids; zeros for those that are not there. */
export function setIds(cells: IdCells, row: number, { bytes, traceId, spanId }: IdPlaces): void {
  setIdAt(cells.trace_high, row, bytes, traceId);
  setIdAt(cells.trace_low, row, bytes, traceId < 0 ? -1 : traceId + 8);
  setIdAt(cells.span, row, bytes, spanId);
}

export const hexAt = (bytes: Buffer, position: number, length: number): string =>
  position < 0 ? '' : bytes.toString('hex', position, position + length);

/**
 * The ids that an item has. A log record out of a file has those that its line says, wherever its
 * pipeline put them: in the body, as a text or taken apart, or among the attributes.
 */
export function idsOf(bytes: Buffer, met: MetItem, signal: 'traces' | 'logs'): IdPlaces {
  const { traceId, spanId } = met.scanned;
  if (signal === 'traces' || (traceId >= 0 && spanId >= 0)) return { bytes, traceId, spanId };
  const { body, attributes } = decodeLog(bytes, met.start, met.end);
  const said = typeof body === 'string' ? body : JSON.stringify(body);
  const of = (key: string, length: number): string => {
    const text = String(attributes[key] ?? new RegExp(`"${key}":"([0-9a-f]+)"`).exec(said)?.[1]);
    return text.length === length && /^[0-9a-f]+$/.test(text) ? text : '0'.repeat(length);
  };
  return {
    bytes: Buffer.from(of('trace_id', 32) + of('span_id', 16), 'hex'),
    traceId: 0,
    spanId: 16,
  };
}
