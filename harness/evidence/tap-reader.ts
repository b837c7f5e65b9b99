import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../lib/errors.ts';
import { isFile } from '../shell/digest.ts';
import { decodeRecord, recordLength, type TapRecord } from '../tap/format.ts';
import type { FollowedAnswer } from './types.ts';

export interface TapReading {
  /** The file ends with its end record and the counts in it are right. */
  readonly complete: boolean;
  /** What is wrong, for the verdict; undefined for a complete file. */
  readonly defect: string | undefined;
  readonly requests: number;
}

export interface TapIngest extends TapReading {
  readonly unanswered: readonly number[];
  /** Requests whose answer did not reach the sender. */
  readonly unheard: readonly number[];
  /** What was answered to requests that their senders had given up. */
  readonly followed: readonly FollowedAnswer[];
  /** Requests of metrics whose points can't be read. */
  readonly unreadPoints: readonly number[];
  /** Moments of its first and last record. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** As much as stays in a processor's cache. */
const pieceBytes = 1 << 20;

/**
 * Reads a tap's file record by record, in bounded memory. `position` is where the record begins.
 * A file that is cut off is read as far as it goes.
 * @param visit is lent a record's payload: what comes next is read into the same memory
 */
export function readTap(
  file: string,
  visit: (record: TapRecord, position: number) => void,
): TapReading {
  if (!isFile(file)) return { complete: false, defect: 'the record is missing', requests: 0 };
  const handle = openSync(file, 'r');
  const counts = { requests: 0, answers: 0 };
  let followed = 0;
  let end: TapRecord | undefined;
  try {
    const rest = eachRecord(handle, (record, position) => {
      if (record.type === 'request') counts.requests++;
      else if (record.type === 'answer') counts.answers++;
      else if (record.type === 'followed') followed++;
      else if (record.type === 'end') end = record;
      visit(record, position);
    });
    if (typeof rest === 'string')
      return { complete: false, defect: rest, requests: counts.requests };
    if (rest > 0)
      return {
        complete: false,
        defect: `cut off: ${rest} bytes of a record`,
        requests: counts.requests,
      };
  } finally {
    closeSync(handle);
  }
  if (end?.type !== 'end')
    return { complete: false, defect: 'cut off: no end record', requests: counts.requests };
  if (end.requests !== counts.requests || end.answers !== counts.answers) {
    const defect = `the end record counts ${end.requests} requests and ${end.answers} answers, found ${counts.requests} and ${counts.answers}`;
    return { complete: false, defect, requests: counts.requests };
  }
  if (end.followed !== followed) {
    const defect = `the end record counts ${end.followed} followed answers, found ${followed}`;
    return { complete: false, defect, requests: counts.requests };
  }
  return { complete: true, defect: undefined, requests: counts.requests };
}

/** Calls back for each whole record; returns how many bytes were left, or what is no record. */
function eachRecord(
  handle: number,
  visit: (record: TapRecord, position: number) => void,
): number | string {
  let buffer = Buffer.allocUnsafe(pieceBytes);
  let known = buffer.subarray(0, 0);
  let filePosition = 0;
  for (;;) {
    let offset = 0;
    let length = recordLength(known, offset);
    while (length !== undefined && offset + length <= known.length) {
      const position = filePosition + offset;
      let record: TapRecord;
      try {
        record = decodeRecord(known, offset);
      } catch (error) {
        return `no record at byte ${position}: ${messageOf(error)}`;
      }
      visit(record, position);
      offset += length;
      length = recordLength(known, offset);
    }
    const rest = known.subarray(offset);
    // Fresh memory for each piece would cost more than what is read into it.
    if (rest.length === buffer.length) buffer = Buffer.allocUnsafe(2 * buffer.length);
    rest.copy(buffer);
    filePosition += offset;
    const from = filePosition + rest.length;
    const read = readSync(handle, buffer, rest.length, buffer.length - rest.length, from);
    known = buffer.subarray(0, rest.length + read);
    if (read === 0) return rest.length;
  }
}

/** Reads the one record that begins at `position`. */
export function readRecordAt(file: string, position: number): TapRecord {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(16);
    readSync(handle, head, 0, head.length, position);
    const bytes = Buffer.alloc(recordLength(head, 0) ?? 0);
    readSync(handle, bytes, 0, bytes.length, position);
    return decodeRecord(bytes, 0);
  } finally {
    closeSync(handle);
  }
}
