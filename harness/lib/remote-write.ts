import { cursor, readField, WireError, wire } from './otlp/wire.ts';

/** One sample of one series. */
export interface RemoteSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly value: number;
}

/**
 * Walks the samples of a request of Prometheus' remote write, its compression undone. Version 1
 * (prompb/types.proto: WriteRequest { 1: series { 1: label { 1, 2 }, 2: sample } }) and version 2
 * (io/prometheus/write/v2: Request { 4: symbols, 5: series { 1: label refs, 2: sample } }) share no
 * field, so that what is there tells which it is.
 * @throws WireError where the bytes are no such request.
 */
export function scanRemoteWrite(bytes: Buffer, visit: (sample: RemoteSample) => void): void {
  const at = cursor(bytes);
  const symbols: string[] = [];
  const second: [number, number][] = [];
  for (let position = 0; position < bytes.length; position = at.end) {
    readField(at, position, bytes.length);
    const [from, to] = [at.value, at.end];
    if (at.wire === wire.delimited) {
      if (at.number === 1) scanSeries(bytes, from, to, undefined, visit);
      else if (at.number === 4) symbols.push(bytes.toString('utf8', from, to));
      else if (at.number === 5) second.push([from, to]);
    }
    at.end = to;
  }
  // Symbols may stand behind what refers to them.
  for (const [from, to] of second) scanSeries(bytes, from, to, symbols, visit);
}

/** @param symbols of version 2, in which labels are pairs of numbers */
function scanSeries(
  bytes: Buffer,
  start: number,
  end: number,
  symbols: readonly string[] | undefined,
  visit: (sample: RemoteSample) => void,
): void {
  const at = cursor(bytes);
  const labels: Record<string, string> = {};
  const samples: { readonly timeMs: number; readonly value: number }[] = [];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    const [from, to] = [at.value, at.end];
    if (at.wire === wire.delimited && at.number === 1) {
      if (symbols) readReferences(bytes, from, to, symbols, labels);
      else readLabel(bytes, from, to, labels);
    } else if (at.wire === wire.delimited && at.number === 2) {
      samples.push(readSample(bytes, from, to));
    }
    at.end = to;
  }
  for (const sample of samples) visit({ labels, ...sample });
}

function readLabel(bytes: Buffer, start: number, end: number, labels: Record<string, string>) {
  const at = cursor(bytes);
  const parts = ['', ''];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.wire === wire.delimited) parts[at.number - 1] = bytes.toString('utf8', at.value, at.end);
  }
  labels[parts[0] as string] = parts[1] as string;
}

/** Packed numbers: name, value, name, value. */
function readReferences(
  bytes: Buffer,
  start: number,
  end: number,
  symbols: readonly string[],
  labels: Record<string, string>,
): void {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] as number;
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte > 127) continue;
    numbers.push(value);
    [value, scale] = [0, 1];
  }
  for (let i = 0; i < numbers.length; i += 2) {
    const [name, text] = [symbols[numbers[i] ?? -1], symbols[numbers[i + 1] ?? -1]];
    if (name === undefined || text === undefined) {
      throw new WireError(`label reference beyond ${symbols.length} symbols`);
    }
    labels[name] = text;
  }
}

/** Sample { 1: value, 2: timestamp }. */
function readSample(bytes: Buffer, start: number, end: number) {
  const at = cursor(bytes);
  let [timeMs, value] = [0, 0];
  for (let position = start; position < end; position = at.end) {
    readField(at, position, end);
    if (at.number === 1 && at.wire === wire.fixed64) value = bytes.readDoubleLE(at.value);
    else if (at.number === 2 && at.wire === wire.varint) timeMs = at.varint;
  }
  return { timeMs, value };
}
