import { isDeepStrictEqual } from 'node:util';
import { decodeRecord, encodeRecord, recordLength, type TapRecord } from '../tap/format.ts';

/** Evidence as a tree of values, whatever its file is: what can be edited follows from it. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** How a kind of evidence file is taken apart and put together again. */
interface Format {
  readonly files: RegExp;
  read(bytes: Buffer): Value;
  /** @throws where the format can't hold such a value */
  write(value: Value): Buffer;
}

const lines = (text: string): string[] => text.split('\n');

const formats: readonly Format[] = [
  {
    files: /\.json$/,
    read: (bytes) => JSON.parse(bytes.toString()) as Value,
    write: (value) => Buffer.from(JSON.stringify(value)),
  },
  {
    files: /\.jsonl$/,
    read: (bytes) => lines(bytes.toString().trimEnd()).map((line) => JSON.parse(line) as Value),
    write: (value) =>
      Buffer.from(
        listOf(value)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      ),
  },
  {
    files: /outcomes\.log$/,
    read: (bytes) =>
      lines(bytes.toString()).map((line) =>
        line.split(' ').map((word) => (/^\d+$/.test(word) ? Number(word) : word)),
      ),
    write: (value) =>
      Buffer.from(
        listOf(value)
          .map((line) => (Array.isArray(line) ? line.join(' ') : String(line)))
          .join('\n'),
      ),
  },
  {
    files: /\.log$/,
    read: (bytes) => lines(bytes.toString()),
    write: (value) => Buffer.from(listOf(value).map(String).join('\n')),
  },
  { files: /\.tap$/, read: readTap, write: writeTap },
];

const listOf = (value: Value): Value[] => {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
};

export const formatOf = (file: string): Format | undefined =>
  formats.find(({ files }) => files.test(file));

/** Payloads are texts of bytes: so they are edited as any text is. */
function readTap(bytes: Buffer): Value {
  const records: Value[] = [];
  for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? bytes.length) {
    const record = decodeRecord(bytes, at);
    records.push(
      'payload' in record
        ? ({ ...record, payload: record.payload.toString('latin1') } as unknown as Value)
        : ({ ...record } as unknown as Value),
    );
  }
  return records;
}

function writeTap(value: Value): Buffer {
  const records = listOf(value) as unknown as (TapRecord & { payload?: unknown })[];
  return Buffer.concat(
    records.flatMap((record) => {
      const whole =
        'payload' in record
          ? { ...record, payload: Buffer.from(String(record.payload), 'latin1') }
          : record;
      const pieces = encodeRecord(whole as TapRecord);
      // What its own format rounds or drops is no edit.
      const back = decodeRecord(Buffer.concat(pieces), 0);
      if (!isDeepStrictEqual({ ...back }, { ...whole })) throw new Error('not held by the format');
      return pieces;
    }),
  );
}
