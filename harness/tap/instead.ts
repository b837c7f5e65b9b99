/** What a tap answers in the real endpoint's stead. Plain data. */
export interface Instead {
  readonly status: 'unavailable' | 'resource-exhausted';
  /** When the sender may come again; it is not told where this is left out. */
  readonly retryAfterMs?: number | undefined;
}

const codes = {
  unavailable: { http: 503, grpc: 14 },
  'resource-exhausted': { http: 429, grpc: 8 },
} as const;

const message = 'answered by the bench';

/** The same over HTTP: a status, and `Retry-After` in whole seconds (RFC 9110, 10.2.3). */
export function answerHttp({ status, retryAfterMs }: Instead) {
  const seconds = retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1_000));
  return {
    code: codes[status].http,
    message,
    headers: {
      'content-type': 'text/plain',
      ...(seconds === undefined ? {} : { 'retry-after': seconds }),
    },
  };
}

/** Over gRPC: a status alone, with `RetryInfo` in its details (google/rpc/error_details.proto). */
export function answerGrpc({ status, retryAfterMs }: Instead) {
  const code = codes[status].grpc;
  const details = retryAfterMs === undefined ? undefined : statusDetails(code, retryAfterMs);
  return {
    code,
    message,
    headers: {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(code),
      'grpc-message': message,
      ...(details === undefined ? {} : { 'grpc-status-details-bin': details }),
    },
  };
}

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
