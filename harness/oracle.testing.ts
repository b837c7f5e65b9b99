import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf, signalOfPath } from './evidence/payload.ts';
import { logLayout, scanItem, scannedItem, spanLayout } from './lib/otlp/scan.ts';
import { cursor, readField, wire } from './lib/otlp/wire.ts';
import { delimited } from './plan/protobuf.ts';
import type { Random } from './plan/random.ts';
import {
  type AnswerRecord,
  decodeRecord,
  encodeRecord,
  type RequestRecord,
  recordLength,
  type TapRecord,
} from './tap/format.ts';

/** Edits of recorded evidence, for the test that the oracle names each of them. */

/** A request taken apart down to its items, each as its own bytes. */
interface Parts {
  readonly signal: 'traces' | 'logs';
  readonly resources: {
    readonly head: Buffer;
    readonly scopes: { readonly head: Buffer; items: Buffer[] }[];
  }[];
}

export interface Identity {
  readonly traceId: string;
  readonly spanId: string;
}

export function readRecords(file: string): TapRecord[] {
  const bytes = readFileSync(file);
  const records: TapRecord[] = [];
  for (
    let offset = 0;
    offset < bytes.length;
    offset += recordLength(bytes, offset) ?? bytes.length
  ) {
    records.push(decodeRecord(bytes, offset));
  }
  return records;
}

/** Writes records with an end record that counts them right: the edit must show by identity. */
export function writeRecords(file: string, records: readonly TapRecord[]): void {
  const body = records.filter((r) => r.type !== 'end');
  const end: TapRecord = {
    type: 'end',
    atMs: records.at(-1)?.atMs ?? 0,
    requests: body.filter((r) => r.type === 'request').length,
    answers: body.filter((r) => r.type === 'answer').length,
    followed: body.filter((r) => r.type === 'followed').length,
  };
  writeFileSync(file, Buffer.concat([...body, end].flatMap(encodeRecord)));
}

/** Requests of a record that carry spans or log records. */
export const carriers = (records: readonly TapRecord[]): RequestRecord[] =>
  records.filter((r): r is RequestRecord => {
    if (r.type !== 'request') return false;
    const signal = signalOfPath(r.meta.path);
    return (signal === 'traces' || signal === 'logs') && itemsOf(r).length > 0;
  });

function split(
  bytes: Buffer,
  start: number,
  end: number,
): { head: Buffer; children: [number, number][] } {
  const at = cursor(bytes);
  const rest: Buffer[] = [];
  const children: [number, number][] = [];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 2 && at.wire === wire.delimited) children.push([at.value, at.end]);
    else rest.push(bytes.subarray(position, at.end));
  }
  return { head: Buffer.concat(rest), children };
}

function takeApart(record: RequestRecord): Parts {
  const bytes = messageOf(record);
  const at = cursor(bytes);
  const resources: Parts['resources'] = [];
  for (let position = 0; position < bytes.length; position = at.end) {
    readField(at, position, bytes.length);
    const { head, children } = split(bytes, at.value, at.end);
    const scopes = children.map(([from, to]) => {
      const scope = split(bytes, from, to);
      return {
        head: scope.head,
        items: scope.children.map(([a, b]) => Buffer.from(bytes.subarray(a, b))),
      };
    });
    resources.push({ head, scopes });
  }
  return { signal: signalOfPath(record.meta.path) as Parts['signal'], resources };
}

function putTogether(record: RequestRecord, { resources }: Parts): RequestRecord {
  const message = Buffer.from(
    resources.flatMap(({ head, scopes }) =>
      delimited(1, [
        ...head,
        ...scopes.flatMap((scope) =>
          delimited(2, [...scope.head, ...scope.items.flatMap((item) => delimited(2, item))]),
        ),
      ]),
    ),
  );
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  const payload = record.meta.grpc ? Buffer.concat([frame, message]) : message;
  return { ...record, meta: { ...record.meta, encoding: 'identity' }, payload };
}

/** Identities of a request's items, in order. */
export function itemsOf(record: RequestRecord): Identity[] {
  const { signal, resources } = takeApart(record);
  return resources.flatMap(({ scopes }) =>
    scopes.flatMap(({ items }) => items.map((item) => identityOf(item, signal))),
  );
}

function identityOf(item: Buffer, signal: Parts['signal']): Identity {
  const scanned = scannedItem();
  scanItem(item, 0, item.length, signal === 'traces' ? spanLayout : logLayout, scanned);
  return {
    traceId: item.toString('hex', scanned.traceId, scanned.traceId + 16),
    spanId: item.toString('hex', scanned.spanId, scanned.spanId + 8),
  };
}

/** Drops the nth item of a request, or doubles it, or turns one letter of a text in it. */
export function editItem(
  record: RequestRecord,
  nth: number,
  how: 'drop' | 'double' | 'alter',
): { readonly record: RequestRecord; readonly identity: Identity } {
  const parts = takeApart(record);
  let index = nth;
  for (const { scopes } of parts.resources) {
    for (const scope of scopes) {
      const item = scope.items[index];
      if (item === undefined || index < 0) {
        index -= scope.items.length;
        continue;
      }
      const identity = identityOf(item, parts.signal);
      if (how === 'drop') scope.items.splice(index, 1);
      else if (how === 'double') scope.items.push(item);
      else alter(item);
      return { record: putTogether(record, parts), identity };
    }
  }
  throw new Error(`no item ${nth}`);
}

/** Turns a letter of the name (a span) or the body's text (a log record). */
function alter(item: Buffer): void {
  const at = cursor(item);
  for (let position = 0; position < item.length; position = at.end) {
    readField(at, position, item.length);
    if (at.number !== 5) continue;
    const last = at.end - 1;
    item[last] = (item[last] ?? 0) ^ 1;
    return;
  }
}

/** Swaps the span ids, or the trace ids, of two items of one request. */
export function swapIds(
  record: RequestRecord,
  what: 'traceId' | 'spanId',
  stream: Random,
): { readonly record: RequestRecord; readonly identity: Identity } | undefined {
  const parts = takeApart(record);
  const layout = parts.signal === 'traces' ? spanLayout : logLayout;
  const items = parts.resources.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.items));
  const a = items[stream.below(items.length)] as Buffer;
  const others = items.filter(
    (item) => identityOf(item, parts.signal)[what] !== identityOf(a, parts.signal)[what],
  );
  const b = others[stream.below(Math.max(1, others.length))];
  if (!b) return undefined;
  const identity = identityOf(a, parts.signal);
  const [sa, sb] = [scannedItem(), scannedItem()];
  scanItem(a, 0, a.length, layout, sa);
  scanItem(b, 0, b.length, layout, sb);
  const size = what === 'traceId' ? 16 : 8;
  const kept = Buffer.from(a.subarray(sa[what], sa[what] + size));
  b.copy(a, sa[what], sb[what], sb[what] + size);
  kept.copy(b, sb[what]);
  return { record: putTogether(record, parts), identity };
}

export const isAnswer = (record: TapRecord): record is AnswerRecord => record.type === 'answer';
