import { cursor, readField, wire } from '../lib/otlp/wire.ts';

/** How one block ended: only an acked one can have lost its spans to the pipeline. */
export interface BlockOutcome {
  readonly block: number;
  readonly outcome: 'acked' | 'refused' | 'unknown';
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
  /** k6's error code (grafana.com/docs/k6, error codes); 0 where there was none. */
  readonly errorCode: number;
  /** What whoever refused it said, if it did. */
  readonly message?: string;
}

/** Dial errors of k6: the request never left. */
const notSent = { from: 1210, to: 1213 } as const;

/**
 * One console line of the load script:
 * `block <n> <sent> <answered> <status> <error> <body bytes> [<body in base64>]`.
 * Undefined for any other line.
 */
export function parseOutcome(line: string): BlockOutcome | undefined {
  const match = /^block (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(?: ([\w+/]+=*))?$/.exec(line.trim());
  if (!match) return undefined;
  const said = match[7];
  const [block, sentMs, answeredMs, status, errorCode, body] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    block,
    sentMs,
    answeredMs,
    status,
    errorCode,
    outcome: outcomeOf(status, errorCode, body),
    ...(said === undefined ? {} : { message: messageIn(Buffer.from(said, 'base64')) }),
  };
}

/**
 * The message of a `google.rpc.Status`, as an OTLP receiver answers with (OTLP specification,
 * "Failures"), or a body that is text. One that was cut off is told as far as it goes.
 */
function messageIn(body: Buffer): string {
  const at = cursor(body);
  try {
    for (let position = 0; position < body.length; position = at.end) {
      readField(at, position, Number.POSITIVE_INFINITY);
      if (at.number === 2 && at.wire === wire.delimited) return shown(body.subarray(at.value));
    }
  } catch {
    // No protobuf: what it is, it says itself.
  }
  return shown(body);
}

/** Text in one line. */
const shown = (text: Buffer): string =>
  text
    .toString('utf8')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** An empty message, or one that holds nothing but an empty partial_success (`0a 00`). */
const emptyAnswerBytes = 2;

/**
 * An answer of success that says no more is an ack; a longer one may be a partial success, which
 * says nothing certain about each span. An error status or a failed dial is a refusal; no answer
 * after the request may have left is unknown.
 */
function outcomeOf(status: number, errorCode: number, body: number): BlockOutcome['outcome'] {
  // 202 is how receivers of Zipkin's and Jaeger's say it (zipkin.io/zipkin-api, POST /spans).
  if (status === 200 || status === 202) return body <= emptyAnswerBytes ? 'acked' : 'unknown';
  if (status >= 400) return 'refused';
  return errorCode >= notSent.from && errorCode <= notSent.to ? 'refused' : 'unknown';
}
