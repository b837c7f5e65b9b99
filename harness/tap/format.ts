/**
 * The file that a tap writes: records in the order of their moments, each a fixed head and a body.
 * head: u32 length of the body, u8 type, 3 unused bytes, f64 moment (epoch milliseconds).
 * Little endian throughout. Nothing here looks into a request's payload.
 */

export const recordTypes = {
  request: 1,
  answer: 2,
  connection: 3,
  end: 4,
  unheard: 5,
  identity: 6,
  followed: 7,
} as const;
const headLength = 16;

/** How a request ended, as the tap saw it. */
export const outcomes = ['ok', 'error', 'broken', 'cancelled'] as const;
export type AnswerOutcome = (typeof outcomes)[number];

export const connectionEvents = ['opened', 'closed', 'refused'] as const;
export type ConnectionEvent = (typeof connectionEvents)[number];

/** Path, and the encoding of the payload as the sender named it. */
export interface RequestMeta {
  readonly path: string;
  readonly encoding: string;
  readonly grpc: boolean;
  /** Address of the sender, where it matters who asks: at a target that is scraped. */
  readonly peer?: string;
}

export interface RequestRecord {
  readonly type: 'request';
  readonly atMs: number;
  readonly request: number;
  readonly connection: number;
  readonly meta: RequestMeta;
  readonly payload: Buffer;
}

export interface AnswerRecord {
  readonly type: 'answer';
  readonly atMs: number;
  readonly request: number;
  readonly outcome: AnswerOutcome;
  /** gRPC status or HTTP status; -1 where there was none. */
  readonly code: number;
  readonly message: string;
  /** The answer's payload, in which a partial success would stand. */
  readonly payload: Buffer;
}

export interface ConnectionRecord {
  readonly type: 'connection';
  readonly atMs: number;
  readonly connection: number;
  readonly event: ConnectionEvent;
}

/** An answer that could not be handed to the sender any more: it may send the request again. */
export interface UnheardRecord {
  readonly type: 'unheard';
  readonly atMs: number;
  readonly request: number;
}

/**
 * What the real endpoint answered to a request that its sender had given up (its answer record says
 * `cancelled`). None where it was not waited for, or the record ended first.
 */
export interface FollowedRecord extends Omit<AnswerRecord, 'type'> {
  readonly type: 'followed';
}

/** Written when the tap was asked to stop: without it the file was cut off. */
export interface EndRecord {
  readonly type: 'end';
  readonly atMs: number;
  readonly requests: number;
  readonly answers: number;
  /** 0 in files from before requests were followed. */
  readonly followed: number;
}

/**
 * What a recorder stands in front of: a tier's pods, a backend, what writes the log files that a
 * tier tails, or a target that is scraped, by its `host:port`.
 */
export type RecordedHop =
  | { readonly tier: string }
  | { readonly backend: string }
  | { readonly files: string }
  | { readonly target: string };

/** Whose record a file is: a copy under another's name says so itself. */
export interface TapIdentity {
  readonly run: string;
  readonly name: string;
  readonly hop: RecordedHop;
  readonly pod?: string | undefined;
}

/** What the record of a hop says of itself. @param run its id */
export const identityOf = (
  run: string,
  { name, hop, pod }: Omit<TapIdentity, 'run'>,
): TapIdentity => ({ run, name, hop, ...(pod === undefined ? {} : { pod }) });

/** The first of a file. */
export interface IdentityRecord {
  readonly type: 'identity';
  readonly atMs: number;
  readonly identity: TapIdentity;
}

export type TapRecord =
  | RequestRecord
  | AnswerRecord
  | ConnectionRecord
  | UnheardRecord
  | FollowedRecord
  | EndRecord
  | IdentityRecord;

function head(type: number, atMs: number, bodyLength: number, extra: number): Buffer {
  const bytes = Buffer.alloc(headLength + extra);
  bytes.writeUInt32LE(bodyLength, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeDoubleLE(atMs, 8);
  return bytes;
}

/** Encodes a record as the pieces to be written one after another (the payload is not copied). */
export function encodeRecord(record: TapRecord): Buffer[] {
  switch (record.type) {
    case 'request': {
      const meta = Buffer.from(JSON.stringify(record.meta));
      const fixed = 10 + meta.length;
      const bytes = head(recordTypes.request, record.atMs, fixed + record.payload.length, fixed);
      bytes.writeUInt32LE(record.request, headLength);
      bytes.writeUInt32LE(record.connection, headLength + 4);
      bytes.writeUInt16LE(meta.length, headLength + 8);
      meta.copy(bytes, headLength + 10);
      return [bytes, record.payload];
    }
    case 'answer':
    case 'followed': {
      const message = Buffer.from(record.message).subarray(0, 4096);
      const fixed = 12 + message.length;
      const bytes = head(
        recordTypes[record.type],
        record.atMs,
        fixed + record.payload.length,
        fixed,
      );
      bytes.writeUInt32LE(record.request, headLength);
      bytes.writeInt32LE(record.code, headLength + 4);
      bytes.writeUInt16LE(outcomes.indexOf(record.outcome), headLength + 8);
      bytes.writeUInt16LE(message.length, headLength + 10);
      message.copy(bytes, headLength + 12);
      return [bytes, record.payload];
    }
    case 'connection': {
      const bytes = head(recordTypes.connection, record.atMs, 8, 8);
      bytes.writeUInt32LE(record.connection, headLength);
      bytes.writeUInt32LE(connectionEvents.indexOf(record.event), headLength + 4);
      return [bytes];
    }
    case 'unheard': {
      const bytes = head(recordTypes.unheard, record.atMs, 4, 4);
      bytes.writeUInt32LE(record.request, headLength);
      return [bytes];
    }
    case 'identity': {
      const body = Buffer.from(JSON.stringify(record.identity));
      return [head(recordTypes.identity, record.atMs, body.length, 0), body];
    }
    case 'end': {
      const bytes = head(recordTypes.end, record.atMs, 12, 12);
      bytes.writeUInt32LE(record.requests, headLength);
      bytes.writeUInt32LE(record.answers, headLength + 4);
      bytes.writeUInt32LE(record.followed, headLength + 8);
      return [bytes];
    }
  }
}

/** Length of the whole record that begins at `offset`; undefined where the head is cut off. */
export function recordLength(bytes: Buffer, offset: number): number | undefined {
  if (offset + headLength > bytes.length) return undefined;
  return headLength + bytes.readUInt32LE(offset);
}

/** Most requests say the same as the one before. */
let lastMeta: { readonly text: string; readonly meta: RequestMeta } | undefined;

function decodeMeta(text: string): RequestMeta {
  if (lastMeta?.text === text) return lastMeta.meta;
  const meta = readMeta(text);
  lastMeta = { text, meta };
  return meta;
}

function readMeta(text: string): RequestMeta {
  const meta = JSON.parse(text) as RequestMeta;
  const { path, encoding, grpc, peer = '' } = meta;
  const areTexts = [path, encoding, peer].every((own) => typeof own === 'string');
  if (areTexts && typeof grpc === 'boolean') return meta;
  throw new Error(`a request's head says ${text.slice(0, 100)}`);
}

/**
 * Decodes the record at `offset`, which must be there as a whole. Payloads are views, not copies.
 */
export function decodeRecord(bytes: Buffer, offset: number): TapRecord {
  const end = offset + headLength + bytes.readUInt32LE(offset);
  const atMs = bytes.readDoubleLE(offset + 8);
  const body = offset + headLength;
  const first = bytes.readUInt32LE(body);
  const type = bytes.readUInt8(offset + 4);
  switch (type) {
    case recordTypes.request: {
      const metaEnd = body + 10 + bytes.readUInt16LE(body + 8);
      return {
        type: 'request',
        atMs,
        request: first,
        connection: bytes.readUInt32LE(body + 4),
        meta: decodeMeta(bytes.toString('utf8', body + 10, metaEnd)),
        payload: bytes.subarray(metaEnd, end),
      };
    }
    case recordTypes.answer:
    case recordTypes.followed: {
      const messageEnd = body + 12 + bytes.readUInt16LE(body + 10);
      return {
        type: type === recordTypes.answer ? 'answer' : 'followed',
        atMs,
        request: first,
        code: bytes.readInt32LE(body + 4),
        outcome: outcomes[bytes.readUInt16LE(body + 8)] ?? 'broken',
        message: bytes.toString('utf8', body + 12, messageEnd),
        payload: bytes.subarray(messageEnd, end),
      };
    }
    case recordTypes.connection: {
      const event = connectionEvents[bytes.readUInt32LE(body + 4)] ?? 'closed';
      return { type: 'connection', atMs, connection: first, event };
    }
    case recordTypes.unheard:
      return { type: 'unheard', atMs, request: first };
    case recordTypes.identity: {
      const identity = JSON.parse(bytes.toString('utf8', body, end)) as TapIdentity;
      return { type: 'identity', atMs, identity };
    }
    case recordTypes.end:
      return {
        type: 'end',
        atMs,
        requests: first,
        answers: bytes.readUInt32LE(body + 4),
        followed: body + 12 <= end ? bytes.readUInt32LE(body + 8) : 0,
      };
    default:
      throw new Error(`tap record of unknown type at byte ${offset}`);
  }
}
