/** How one block ended: only an acked one can have lost its spans to the pipeline. */
export interface BlockOutcome {
  readonly block: number;
  readonly outcome: 'acked' | 'refused' | 'unknown';
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
  /** k6's error code (grafana.com/docs/k6, error codes); 0 where there was none. */
  readonly errorCode: number;
}

/** Dial errors of k6: the request never left. */
const notSent = { from: 1210, to: 1213 } as const;

/**
 * One console line of the load script: `block <n> <sent> <answered> <status> <error> <body>`.
 * Undefined for any other line.
 */
export function parseOutcome(line: string): BlockOutcome | undefined {
  const match = /^block (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line.trim());
  if (!match) return undefined;
  const [block, sentMs, answeredMs, status, errorCode, body] = match.slice(1).map(Number) as [
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
  };
}

/** An empty message, or one that holds nothing but an empty partial_success (`0a 00`). */
const emptyAnswerBytes = 2;

/**
 * An answer of success that says no more is an ack; a longer one may be a partial success, which
 * says nothing certain about each span. An error status or a failed dial is a refusal; no answer
 * after the request may have left is unknown.
 */
function outcomeOf(status: number, errorCode: number, body: number): BlockOutcome['outcome'] {
  if (status === 200) return body <= emptyAnswerBytes ? 'acked' : 'unknown';
  if (status >= 400) return 'refused';
  return errorCode >= notSent.from && errorCode <= notSent.to ? 'refused' : 'unknown';
}
