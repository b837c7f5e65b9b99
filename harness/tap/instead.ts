import { frameOf } from './message.ts';

/** How a tap meets requests, other than by passing them and their answers on. Plain data. */
export type Instead = InStead | OnTheWayBack;

/** It answers in the real endpoint's stead, which gets nothing of it. */
export interface InStead {
  /** `partial-success`: it is taken, it says, but for all items that are in it. */
  readonly status: 'unavailable' | 'resource-exhausted' | 'partial-success';
  /** When the sender may come again; it is not told where this is left out. */
  readonly retryAfterMs?: number | undefined;
  /** So many requests are met so, and all behind them pass; all are where it is left out. */
  readonly first?: number | undefined;
}

/** The real endpoint takes the request; its answer does not come back as it was given. */
export type OnTheWayBack =
  /** The connection is reset in its place. */
  | { readonly status: 'reset'; readonly first?: number | undefined }
  /** It waits for so long. */
  | { readonly status: 'slow'; readonly byMs: number };

export const isInStead = (instead: Instead): instead is InStead =>
  instead.status !== 'reset' && instead.status !== 'slow';

const codes = {
  unavailable: { http: 503, grpc: 14 },
  'resource-exhausted': { http: 429, grpc: 8 },
} as const;

const message = 'answered by the bench';

/** An answer as it goes out and as it is recorded. */
export interface InsteadAnswer {
  readonly outcome: 'ok' | 'error';
  readonly code: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Empty where headers say it all. */
  readonly payload: Buffer;
}

const nothing = Buffer.alloc(0);

/**
 * Over HTTP: a status, and `Retry-After` in whole seconds (RFC 9110, 10.2.3).
 * @param items how many the request has
 */
export function answerHttp({ status, retryAfterMs }: InStead, items: number): InsteadAnswer {
  if (status === 'partial-success') {
    const headers = { 'content-type': 'application/x-protobuf' };
    return { outcome: 'ok', code: 200, message: '', headers, payload: partialSuccess(items) };
  }
  const seconds = retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1_000));
  return {
    outcome: 'error',
    code: codes[status].http,
    message,
    headers: {
      'content-type': 'text/plain',
      ...(seconds === undefined ? {} : { 'retry-after': seconds }),
    },
    payload: nothing,
  };
}

/**
 * Over gRPC: a status alone, with `RetryInfo` in its details (google/rpc/error_details.proto), or a
 * message in a frame.
 * @param items how many the request has
 */
export function answerGrpc({ status, retryAfterMs }: InStead, items: number): InsteadAnswer {
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (status === 'partial-success') {
    const payload = frameOf(partialSuccess(items));
    return { outcome: 'ok', code: 0, message: '', headers: head, payload };
  }
  const code = codes[status].grpc;
  const details = retryAfterMs === undefined ? undefined : statusDetails(code, retryAfterMs);
  return {
    outcome: 'error',
    code,
    message,
    headers: {
      ...head,
      'grpc-status': String(code),
      'grpc-message': message,
      ...(details === undefined ? {} : { 'grpc-status-details-bin': details }),
    },
    payload: nothing,
  };
}

/** Export...ServiceResponse { 1: partial_success { 1: rejected_..., 2: error_message } } */
const partialSuccess = (items: number): Buffer =>
  Buffer.from(bytes(1, [...number(1, items), ...bytes(2, Buffer.from(message))]));

const retryInfo = 'type.googleapis.com/google.rpc.RetryInfo';

/** google.rpc.Status { 1: code, 2: message, 3: Any { 1: type_url, 2: RetryInfo { 1: delay } } } */
function statusDetails(code: number, retryAfterMs: number): string {
  const nanos = (retryAfterMs % 1_000) * 1_000_000;
  const duration = [...number(1, Math.floor(retryAfterMs / 1_000)), ...number(2, nanos)];
  const any = [...bytes(1, Buffer.from(retryInfo)), ...bytes(2, bytes(1, duration))];
  const whole = [...number(1, code), ...bytes(2, Buffer.from(message)), ...bytes(3, any)];
  return Buffer.from(whole).toString('base64');
}

/** A varint field of protobuf. */
const number = (field: number, value: number): number[] => [field << 3, ...varint(value)];

/** A field with a length. */
const bytes = (field: number, value: Iterable<number>): number[] => {
  const content = [...value];
  return [(field << 3) | 2, ...varint(content.length), ...content];
};

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
