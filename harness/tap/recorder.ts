import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import {
  type AnswerOutcome,
  type ConnectionEvent,
  encodeRecord,
  type RequestRecord,
  type TapIdentity,
  type TapRecord,
} from './format.ts';
import { createHiding, type Hiding } from './hide.ts';
import { hideAnswer, hideRequest } from './hide-request.ts';

/** Epoch milliseconds with microseconds behind the point; never goes back within a process. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export interface TapCounts {
  requests: number;
  answers: number;
  unheard: number;
  followed: number;
  bytes: number;
  lastAtMs: number;
  /** When something was last sent that is no metrics, which who scrapes sends without an end. */
  lastOtherMs?: number;
  /**
   * When something was first and last not taken, by gRPC or HTTP status; -1 where nobody answered,
   * be it that a connection was refused.
   */
  failures: Record<string, { firstMs: number; lastMs: number }>;
  /** When a connection was first and last refused. */
  refusals?: { firstMs: number; lastMs: number };
}

/** Appends what passed to the tap's file. */
export interface Recorder {
  readonly counts: Readonly<TapCounts>;
  connection(event: ConnectionEvent, connection?: number): number;
  request(connection: number, meta: RequestRecord['meta'], payload: Buffer): number;
  answer(request: number, answer: Answer): void;
  /** The answer did not reach the sender. */
  unheard(request: number): void;
  /** What was answered to a request whose sender had given it up; nothing once this is closed. */
  followed(request: number, answer: Answer): void;
  /** Writes the end record and waits until all of it is on disk. */
  close(): Promise<void>;
}

export interface Answer {
  readonly outcome: AnswerOutcome;
  readonly code: number;
  readonly message?: string;
  readonly payload?: Buffer;
}

/** Paths of OTLP, by HTTP and gRPC, and of remote write. */
const ofMetrics = /\/v1\/metrics$|MetricsService\/|\/api\/v1\/(write|push)$/;
const nothing = Buffer.alloc(0);
const noAnswer = -1;

/**
 * @param identity stands first in the file
 * @param onError called once when the file can't be written: the evidence is lost, the run must end
 * @param hiding what must not be written down; nothing where it is left out
 * @param now the clock; another than the real one only for records that are made up
 */
export function createRecorder(
  file: string,
  identity: TapIdentity,
  onError: (error: Error) => void,
  hiding: Hiding = createHiding([]),
  now: () => number = nowMs,
): Recorder {
  const stream = createWriteStream(file, { flags: 'wx', highWaterMark: 1 << 20 });
  stream.once('error', onError);
  const counts: TapCounts = {
    requests: 0,
    answers: 0,
    unheard: 0,
    followed: 0,
    bytes: 0,
    lastAtMs: 0,
    failures: {},
  };
  const failed = (code: number, atMs: number): void => {
    const firstMs = counts.failures[code]?.firstMs ?? atMs;
    counts.failures[code] = { firstMs, lastMs: atMs };
  };
  let connections = 0;
  let closed = false;
  const write = (record: TapRecord): void => {
    if (closed) return;
    counts.lastAtMs = record.atMs;
    for (const piece of encodeRecord(record)) {
      if (piece.length > 0) stream.write(piece);
      counts.bytes += piece.length;
    }
  };
  const hidden = (message: string, payload: Buffer) => ({
    message: hiding.text(message),
    payload: hideAnswer(payload, hiding),
  });
  write({ type: 'identity', atMs: now(), identity });
  return {
    counts,
    connection: (event, connection = ++connections) => {
      const atMs = now();
      if (event === 'refused') {
        failed(noAnswer, atMs);
        counts.refusals = { firstMs: counts.refusals?.firstMs ?? atMs, lastMs: atMs };
      }
      write({ type: 'connection', atMs, connection, event });
      return connection;
    },
    request: (connection, meta, payload) => {
      const request = ++counts.requests;
      const content = hideRequest({ meta, payload }, hiding);
      write({ type: 'request', atMs: now(), request, connection, ...content });
      if (!ofMetrics.test(meta.path)) counts.lastOtherMs = counts.lastAtMs;
      return request;
    },
    answer: (request, { outcome, code, message = '', payload = nothing }) => {
      counts.answers++;
      const atMs = now();
      if (outcome !== 'ok') failed(outcome === 'error' ? code : noAnswer, atMs);
      write({ type: 'answer', atMs, request, outcome, code, ...hidden(message, payload) });
    },
    unheard: (request) => {
      counts.unheard++;
      const atMs = now();
      failed(noAnswer, atMs);
      write({ type: 'unheard', atMs, request });
    },
    followed: (request, { outcome, code, message = '', payload = nothing }) => {
      if (closed) return;
      counts.followed++;
      const content = hidden(message, payload);
      write({ type: 'followed', atMs: now(), request, outcome, code, ...content });
    },
    close: async () => {
      const { requests, answers, followed } = counts;
      write({ type: 'end', atMs: now(), requests, answers, followed });
      closed = true;
      stream.end();
      await finished(stream);
    },
  };
}
