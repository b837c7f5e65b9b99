import { readBucket } from '../lib/bbolt.ts';
import { logLayout, scanItem, scannedItem, scanRequest, spanLayout } from '../lib/otlp/scan.ts';
import { cursor, readField, wire } from '../lib/otlp/wire.ts';
import type { QueuedRequest } from './types.ts';

/**
 * A persistent sending_queue as its file_storage holds it (exporterhelper v0.152.0,
 * internal/queue/persistent_queue.go and meta.proto; filestorage v0.152.0, client.go): bucket
 * `default`, the queue's state under `qmv0`, each request under its number.
 */
const bucket = 'default';
const stateKey = 'qmv0';

interface QueueState {
  readonly readIndex: number;
  readonly writeIndex: number;
  /** Being sent when the file was left: they wait as well. */
  readonly dispatched: readonly number[];
}

/**
 * What waits in a queue. Items are known by trace and span id; those of metrics by nothing.
 * @throws where the file is cut off, damaged, or lacks what its state says is in it
 */
export function readPersistentQueue(
  file: Buffer,
  signal: 'traces' | 'logs' | 'metrics',
): QueuedRequest[] {
  const entries = readBucket(file, bucket);
  const stored = entries.get(stateKey);
  if (!stored) {
    if (entries.size === 0) return [];
    throw new Error(`its state is not under "${stateKey}": another version wrote it`);
  }
  const { readIndex, writeIndex, dispatched } = readState(stored);
  const waiting = writeIndex - readIndex;
  if (waiting < 0 || waiting > entries.size) {
    throw new Error(`its state says ${waiting} requests, it has ${entries.size - 1}`);
  }
  const indexes = [...dispatched, ...Array.from({ length: waiting }, (_, i) => readIndex + i)];
  return indexes.map((index, i) => {
    const value = entries.get(String(index));
    if (!value) throw new Error(`request ${index} is not in it`);
    const items = signal === 'metrics' ? [] : itemsOf(value, signal);
    return { index, dispatched: i < dispatched.length, items };
  });
}

function readState(bytes: Buffer): QueueState {
  const at = cursor(bytes);
  const indexes = { 3: 0, 4: 0 };
  const dispatched: number[] = [];
  for (let position = 0; position < bytes.length; position = at.end) {
    readField(at, position, bytes.length);
    const { number, value, end } = at;
    if (number === 3 || number === 4) indexes[number] = indexAt(bytes, value);
    // Packed or one by one: a reader must take both.
    if (number === 5) {
      for (let one = value; one + 8 <= end; one += 8) dispatched.push(indexAt(bytes, one));
    }
  }
  return { readIndex: indexes[3], writeIndex: indexes[4], dispatched };
}

function indexAt(bytes: Buffer, at: number): number {
  const index = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(index)) throw new Error('its state has an index beyond all bounds');
  return index;
}

function itemsOf(request: Buffer, signal: 'traces' | 'logs'): string[] {
  const layout = signal === 'traces' ? spanLayout : logLayout;
  const [from, to] = dataOf(request);
  const item = scannedItem();
  const ids: string[] = [];
  scanRequest(request, from, to, {
    resource: () => undefined,
    scope: () => undefined,
    item: (start, end) => {
      scanItem(request, start, end, layout, item);
      const { traceId, spanId } = item;
      if (traceId < 0 || spanId < 0) return;
      const trace = request.toString('hex', traceId, traceId + 16);
      ids.push(trace + request.toString('hex', spanId, spanId + 8));
    },
  });
  return ids;
}

const wrapperTag = 0x0d;
const wrapperVersion = 1;

/**
 * The range of the OTLP data: all of a request, or field 3 of one that is kept with its context
 * (pdata/xpdata v0.152.0, request/version_check.go and traces_request.go).
 */
function dataOf(request: Buffer): [number, number] {
  const isWrapped =
    request.length >= 5 && request[0] === wrapperTag && request.readUInt32LE(1) === wrapperVersion;
  if (!isWrapped) return [0, request.length];
  const at = cursor(request);
  for (let position = 0; position < request.length; position = at.end) {
    readField(at, position, request.length);
    if (at.number === 3 && at.wire === wire.delimited) return [at.value, at.end];
  }
  return [0, 0];
}
